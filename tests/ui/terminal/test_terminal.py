"""The screen in a real terminal, as a user sees it."""

import re
import signal
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import Log
from tests.support.processes import processes_that_name, user_environment
from tests.support.pseudo_terminal import PseudoTerminal
from tests.support.terminal import Terminal
from tests.support.waiting import DEADLINE_SECS, until

SEQUENCE = re.compile(rb"\x1b(?:\[[<-?]?[0-9;:]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[^\[\]PX^_])")
POINTER = b"\x1b]22;default\x07"  # the shape of the mouse pointer, which Textual sets
OWN_TITLE = re.compile("\x1b\\]2;(?:zigtui(?: [●✘] [0-9,]+)*)?\x1b\\\\".encode())
# Colours, places, one frame at a time, and the query at the end, which is left out if the start is unanswered
HARMLESS = re.compile(rb"\x1b\[[0-9;:]*[mH]|\x1b\[\?2026[hl]|\x1b\[\?25[hl]|\x1b\[c")


def sequences(written: bytes) -> list[bytes]:
    """The control sequences, those left out that only paint."""
    return [sequence for sequence in SEQUENCE.findall(written) if not HARMLESS.fullmatch(sequence)]


def look_at_everything(terminal: Terminal) -> None:
    """From the list, open the fourth session and look at all of its output."""
    terminal.wait_for("13 sessions")
    terminal.wait_for("weird")
    terminal.press("gjjj\r")
    terminal.wait_for("All output")
    terminal.press("gjj")
    terminal.wait_for("Do the step")
    terminal.press("\t")
    for keys in ("g", " ", " ", "w", "g", " ", "G"):
        terminal.press(keys)
        while terminal.read(0.15):
            pass


@pytest.mark.slow
def test_nothing_of_a_hostile_session_reaches_the_terminal(recorded: Path, tmp_path: Path) -> None:
    with Terminal("--base", recorded, home=tmp_path) as terminal:
        look_at_everything(terminal)
        assert "weird [bold]name[/bold]" in terminal.text
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        assert terminal.is_restored
    hostile = OWN_TITLE.sub(b"", terminal.written.replace(POINTER, b""))
    with Terminal("--base", recorded, home=tmp_path) as terminal:
        terminal.wait_for("think-hard")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
    harmless = OWN_TITLE.sub(b"", terminal.written.replace(POINTER, b""))
    assert set(sequences(hostile)) == set(sequences(harmless))
    for text in (
        "taken over",
        "cm0gLXJmIC8",
        "\x1b]",
        "\x9b",
        "\x9d",
        "\x07",
        "\x08",
        "\x00",
        "\u202e",
        "\u200b",
        "\u2028",
    ):
        assert text.encode() not in hostile


def test_a_session_appears_while_one_looks_and_control_c_quits(tmp_path: Path) -> None:
    base = tmp_path / "base"
    with Terminal("--base", base, home=tmp_path) as terminal:
        terminal.wait_for("No sessions yet")
        write_log(base, Log().start().tier(0, "a").step("a").says("a", "hello there"), "1")
        terminal.wait_for("flow")
        terminal.press("\r")
        terminal.wait_for("hello there")
        terminal.press("\x03")
        assert terminal.wait_for_exit() == 130
        assert terminal.is_restored


def test_file_names_do_no_harm(tmp_path: Path) -> None:
    base = tmp_path / "base"
    for name in ("caf\udce9", "\x1b]0;title\x07"):
        write_log(base, b"no log\n", name, project=name)
    with Terminal("--base", base, home=tmp_path) as terminal:
        for row in "gG":
            terminal.wait_until(lambda: terminal.text.count("unreadable") == 2)
            terminal.press(f"{row}\r")
            terminal.wait_for("All output")
            terminal.press("\x1b")
        terminal.wait_until(lambda: terminal.text.count("unreadable") == 2)
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        assert b"\x1b]0;" not in terminal.written


def test_two_enters_at_once_open_one_session(recorded: Path, tmp_path: Path) -> None:
    with Terminal("--base", recorded, home=tmp_path) as terminal:
        terminal.wait_for("think-hard")
        terminal.press("\r\r")
        terminal.wait_for("All output")
        terminal.press("\x1b")
        terminal.wait_for("13 sessions")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


def test_the_screen_follows_the_size_of_the_terminal(recorded: Path, tmp_path: Path) -> None:
    with Terminal("--base", recorded, home=tmp_path, size=(20, 5)) as terminal:
        terminal.wait_for("✔")
        terminal.press("\rq")
        assert terminal.wait_for_exit() == 0
        assert terminal.is_restored


@pytest.mark.parametrize(("keys", "says_so"), [("", True), (":", True), ("/word", False), ("q", False)])
def test_nothing_is_left_behind_when_the_terminal_is_closed(
    recorded: Path, tmp_path: Path, keys: str, says_so: bool
) -> None:
    with Terminal("--base", recorded, home=tmp_path) as terminal:
        terminal.wait_for("code-review")
        terminal.press("\r")
        terminal.wait_for("All output")
        terminal.press(keys)
        terminal.read(0.2)
        terminal.hang_up()
        if says_so:
            terminal.process.send_signal(signal.SIGHUP)
        code = terminal.process.wait(DEADLINE_SECS)
        assert code == 128 + signal.SIGHUP or (keys == "q" and code == 0)


@pytest.mark.parametrize(
    ("number", "is_early"),
    [(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGTERM, True), (signal.SIGHUP, False)],
    ids=str,
)
def test_a_signal_at_the_start_leaves_the_terminal_as_it_was(
    recorded: Path, tmp_path: Path, number: signal.Signals, is_early: bool
) -> None:
    opened, moment = ([], b"\x1b[?1049h") if is_early else (["code-review"], b"\x1b[?2004h")
    with Terminal("--base", recorded, *opened, home=tmp_path) as terminal:
        terminal.wait_until(lambda: moment in terminal.written)
        terminal.process.send_signal(number)
        assert terminal.wait_for_exit() == 128 + number
        assert terminal.is_restored
        assert b"Traceback" not in terminal.written


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_the_demo_as_it_ends_the_screen(tmp_path: Path, number: signal.Signals) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with Terminal("demo", home=tmp_path, environment={"TMPDIR": str(temporary)}) as terminal:
        terminal.wait_for("All output")
        terminal.process.send_signal(number)
        assert terminal.wait_for_exit() == 128 + number
        assert terminal.is_restored
        assert b"Traceback" not in terminal.written
    assert not list(temporary.glob("zigtui-demo-*"))
    assert not processes_that_name(temporary)


def test_what_is_typed_at_once_behind_a_slash_is_searched_for_and_no_command(tmp_path: Path) -> None:
    base = tmp_path / "base"
    path = write_log(base, Log().start().tier(0, "a").step("a").says("a", "please quit now").done("a").end(), "1")
    with Terminal(path, home=tmp_path) as terminal:
        terminal.wait_for("please quit now")
        for focus in ("", "\t"):  # the tree, the output
            terminal.press(f"{focus}/quit\r")
            terminal.wait_for("1 of 1")
            terminal.press("\x1b")
            terminal.wait_for("esc back")
        terminal.press(":1\r")
        terminal.wait_for("line 1")


def test_keys_do_what_they_do_in_the_order_in_which_they_are_typed(tmp_path: Path) -> None:
    lines = [f"{number} " + "x" * 200 for number in range(40)]
    path = write_log(tmp_path / "base", Log().start().tier(0, "a").step("a").says("a", *lines).done("a").end(), "1")
    with Terminal(path, home=tmp_path, size=(100, 30)) as terminal:
        terminal.wait_for("39 xxx")
        terminal.press("\tgw/2 x\r")  # to the output, its start, lines cut, a search
        terminal.wait_for("match 1 of 4")
        terminal.wait_for(" 18 xxx")  # which would be out of sight were lines wrapped
        terminal.press("\x1b")
        terminal.wait_for("esc back")
        terminal.press("?")
        terminal.wait_for("Keys ─")
        terminal.press("q")
        terminal.wait_until(lambda: "Keys ─" not in terminal.text)
        terminal.wait_for("esc back")


def test_n_pressed_quickly_goes_a_match_on_each_time(tmp_path: Path) -> None:
    lines = [f"{number} copied" for number in range(100)]
    path = write_log(tmp_path / "base", Log().start().tier(0, "a").step("a").says("a", *lines).done("a").end(), "1")
    with Terminal(path, home=tmp_path) as terminal:
        terminal.wait_for("99 copied")
        terminal.press("\t")
        terminal.wait_until(lambda: "read" not in terminal.text)
        terminal.press("g")
        terminal.wait_for(" 0 copied")
        terminal.press("/copied\r")
        terminal.wait_for("match 1 of 100")
        terminal.press("nnnnnnnnnn")
        terminal.wait_for("match 11 of 100")
        terminal.press("NNNN")
        terminal.wait_for("match 7 of 100")


@pytest.mark.parametrize("redirection", ["2>/dev/null", "2>&-"])
def test_a_standard_error_that_is_not_a_terminal_is_reported(tmp_path: Path, redirection: str) -> None:
    shell = ["sh", "-c", f'exec "$0" -m zigtui {redirection}', sys.executable]
    environment = user_environment(tmp_path)
    with PseudoTerminal(shell, directory=tmp_path, environment=environment, size=(80, 24)) as terminal:
        assert terminal.process.wait(DEADLINE_SECS) == 2
        assert "standard error, which is no terminal" in terminal.read(0).decode()


def test_in_a_smaller_window_every_frame_shows_the_end(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a").step("a")
    for number in range(60):
        log.says("a", f"line {number:02d}")
    write_log(tmp_path / "base", log, "1")
    with Terminal("--base", tmp_path / "base", "flow", home=tmp_path, size=(100, 40)) as terminal:
        terminal.wait_for("line 59")
        while terminal.read(0.3):
            pass
        terminal.resize(90, 20)
        terminal.wait_until(lambda: "line 59" in terminal.text and "line 30" not in terminal.text)
    shown = list(map(int, re.findall(rb"line (\d\d)", terminal.written)))
    assert {number for number, next_one in pairwise(shown) if next_one != number + 1} == {59}


def test_in_a_smaller_window_every_frame_shows_the_match_that_was_gone_to(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a").step("a")
    for number in range(200):
        log.says("a", f"line {number} " + "word " * (40 if number % 2 else 3))
    write_log(tmp_path / "base", log, "1")
    with Terminal("--base", tmp_path / "base", "flow", home=tmp_path, size=(120, 40)) as terminal:
        terminal.wait_for("line 199")
        terminal.press("/100 w\r")
        terminal.wait_for("match 1 of 1")
        while terminal.read(0.3):
            pass
        written = len(terminal.written)
        terminal.resize(70, 20)
        terminal.wait_until(lambda: "All output ·" in terminal.text and "q quit" in terminal.text)
    parts = SEQUENCE.sub(b"", terminal.written[written:]).split("flow  ●".encode())[1:]
    frames = [part for part in parts if b"q quit" in part]  # the last one may not be read to its end
    assert frames
    assert all(b"line 100" in frame for frame in frames)


HOSTILE_INPUT = {
    "Latin-1 key": b"\xe9",
    "X10 mouse report": b"\x1b[M \xc0\xff",
    "kitty key with an event": b"\x1b[106;1:1u\x1b[1;1:3A",
    "beyond Unicode": b"\x1b[1114112u\x1b[55296u",
    "pixels of a window without any": b"\x1b[48;0;0;0;0t\x1b[<0;3;3M",
    "mouse far away": b"\x1b[<0;9999;9999M\x1b[<0;9999;9999m\x1b[<64;9999;1M",
    "answers": b"\x1b]11;rgb:qqqq/qqqq/qqqq\x07\x1bP>|q\x1b\\\x1b[?62;22c\x1b[12;40R",
    "long sequence": b"\x1b[" + b"9" * 3000 + b"q",
    "paste that is cut": b"\x1b[200~caf\xe9 \xe6\xbc\x1b[201~",
    "paste of controls": b"\x1b[200~\x00\x03q\x1b[31m\x9b\x1b[201~",
}


@pytest.mark.slow
def test_input_that_nobody_understands_does_no_harm(recorded: Path, tmp_path: Path) -> None:
    with Terminal("--base", recorded, "code-review", home=tmp_path) as terminal:
        terminal.wait_for("All output ·")
        for keys in ("", "/", "\x1b\x10"):  # the screen, the search, the palette
            terminal.press(keys)
            for data in HOSTILE_INPUT.values():
                terminal.press(data)
                terminal.read(0.02)
        terminal.press("\x1b[200~a paste without an end")
        while terminal.read(0.3):
            pass
        terminal.press("\x03")
        assert terminal.wait_for_exit() == 130
        assert terminal.is_restored
        assert b"Traceback" not in terminal.written
    assert not list(tmp_path.rglob("zigtui.log"))


@pytest.mark.slow
def test_the_screen_can_be_quit_after_a_paste_without_an_end(recorded: Path, tmp_path: Path) -> None:
    with Terminal("--base", recorded, home=tmp_path) as terminal:
        terminal.wait_for("code-review")
        terminal.press("\x1b[200~cut off, quite early")
        while terminal.process.poll() is None:
            terminal.read(0.7)
            terminal.press("q")
        assert terminal.wait_for_exit() == 0
        assert terminal.is_restored


BROKEN_SCREEN = """
import sys
from zigtui.ui.sessions.list import SessionList

def parts_at(self, row, width):
    secret = "hunter2"
    raise OSError("no such \x1b]0;title\x07 row")

SessionList.parts_at = parts_at
from zigtui.cli import main
main(["--base", sys.argv[1]])
"""


def test_an_unexpected_exception_on_the_screen_is_one_line_and_exit_code_70(tmp_path: Path) -> None:
    base = tmp_path / "base"
    write_log(base, Log().start().end(), "1")
    command: list[str | Path] = [sys.executable, "-c", BROKEN_SCREEN, base]
    environment = user_environment(tmp_path)
    written = b""
    with PseudoTerminal(command, directory=tmp_path, environment=environment, size=(100, 30)) as terminal:
        for _ in until(lambda: terminal.process.poll() is not None):
            written += terminal.read(0.05)
        while data := terminal.read(0):
            written += data
        assert terminal.process.returncode == 70
        assert terminal.has_settings_of_the_start
    shown = written[written.rindex(b"\x1b[?1049l") :]
    (line,) = [line for line in shown.decode().splitlines() if "zigtui" in line]
    assert "internal error" in line
    assert "OSError on the screen" in line
    assert b"\x1b]0;title" not in shown
    assert b"hunter2" not in written
    (log,) = tmp_path.rglob("zigtui.log")
    assert "in parts_at" in log.read_text()


PANIC = """
import sys
from zigtui.ui.app import ZigtuiApp

{change}
from zigtui.cli import main
main(["--base", sys.argv[1]])
"""
PANICS = {
    "of the application": "ZigtuiApp.action_leave = lambda self: self.panic('torn \x1b]0;title\x07 in two')",
    "of the thread for input": (
        "from zigtui.ui.terminal.driver import TerminalDriver\n"
        "def fail(self): raise ValueError('torn in two')\n"
        "TerminalDriver._read = fail"
    ),
}


@pytest.mark.parametrize("kind", PANICS)
def test_a_panic_of_textual_is_exit_code_70(tmp_path: Path, kind: str) -> None:
    base = tmp_path / "base"
    write_log(base, Log().start().end(), "1")
    command: list[str | Path] = [sys.executable, "-c", PANIC.format(change=PANICS[kind]), base]
    written = b""
    with PseudoTerminal(
        command, directory=tmp_path, environment=user_environment(tmp_path), size=(100, 30)
    ) as terminal:
        while b"\x1b[?2004h" not in written:
            written += terminal.read(DEADLINE_SECS)
        for _ in until(lambda: terminal.process.poll() is not None):
            terminal.press("q")
            written += terminal.read(0.05)
        while data := terminal.read(0):
            written += data
        assert terminal.process.returncode == 70
        assert terminal.has_settings_of_the_start
    assert b"torn" in written
    assert b"Traceback" not in written
