"""The title and the progress of the terminal, and that both are gone afterwards."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.cases import each_case
from tests.support.job_shell import JOB_SHELL
from tests.support.logs import BEGAN, Log, append, read_log
from tests.support.processes import user_environment
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.settings import Settings
from zigtui.ui.terminal.kind import has_progress, has_title
from zigtui.ui.terminal.status import Progress, ProgressKind, TerminalStatus
from zigtui.ui.terminal.summary import progress_of, title_of

PUSH, POP = "\x1b[22;2t", "\x1b[23;2t"
CLEARED = "\x1b]9;4;0;0\x1b\\"
XTERM = {"TERM": "xterm-256color"}
NORMAL = ProgressKind.NORMAL


@each_case(
    ("environment", "expected"),
    [
        (XTERM, False),
        ({"WT_SESSION": "x"}, True),
        ({"ConEmuANSI": "ON"}, True),
        ({"ConEmuANSI": "OFF"}, False),
        ({"TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.2.0"}, True),
        ({"TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.1.3"}, False),
        ({"TERM_PROGRAM": "ghostty"}, False),
        ({"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.6.6"}, True),
        ({"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.5.14beta1"}, False),
        ({"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.10.0"}, True),
        ({"TERM_PROGRAM": "WezTerm", "TERM_PROGRAM_VERSION": "20240203-110809-5046fc22"}, False),
        ({"TERM_PROGRAM": "WezTerm", "TERM_PROGRAM_VERSION": "20250510-000000-abc"}, True),
        ({"VTE_VERSION": "7600"}, False),
        ({"VTE_VERSION": "8000"}, True),
        ({"VTE_VERSION": "9" * 5000}, False),
        ({"KONSOLE_VERSION": "251203"}, False),
        ({"KONSOLE_VERSION": "260400"}, True),
        ({"WT_SESSION": "x", "TMUX": "/tmp/tmux"}, False),
    ],
)
def test_progress_is_for_terminals_that_are_known_to_show_it(environment: dict[str, str], expected: bool) -> None:
    assert has_progress(environment) is expected


def test_consoles_have_no_title() -> None:
    assert [has_title({"TERM": term}) for term in ("linux", "vt220", "xterm", "tmux-256color", "")] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_only_changes_are_written() -> None:
    status = TerminalStatus(Settings(progress="on"), XTERM)
    assert status.show("zigtui", None) == ""  # the terminal is not taken yet
    assert status.begin() == f"{PUSH}\x1b]2;zigtui\x1b\\"
    assert status.show("zigtui", None) == ""
    assert status.show("zigtui ● 1", Progress(NORMAL, 50)) == "\x1b]2;zigtui ● 1\x1b\\\x1b]9;4;1;50\x1b\\"
    assert status.show("zigtui ● 1", Progress(ProgressKind.ERROR, 50)) == "\x1b]9;4;2;50\x1b\\"
    assert status.begin() == "\x1b]2;zigtui ● 1\x1b\\\x1b]9;4;2;50\x1b\\"  # another program has used the terminal
    assert status.end() == f"{CLEARED}\x1b]2;\x1b\\{POP}"
    assert status.end() == ""
    assert status.show("zigtui", None) == ""  # while it is suspended
    assert status.begin() == f"{PUSH}\x1b]2;zigtui\x1b\\"
    assert status.end() == f"\x1b]2;\x1b\\{POP}"


@pytest.mark.parametrize("settings", [None, Settings(shows_title=False, progress="off"), Settings(shows_title=False)])
def test_nothing_is_written_that_the_user_does_not_want(settings: Settings | None) -> None:
    status = TerminalStatus(settings, XTERM)
    assert status.begin() + status.show("zigtui", Progress(NORMAL, 1)) + status.end() == ""


def test_the_title_has_what_is_live_and_what_has_failed() -> None:
    assert title_of(0, 0) == "zigtui"
    assert title_of(2, 1) == "zigtui ● 2 ✘ 1"
    assert title_of(0, 1000) == "zigtui ✘ 1,000"


def test_the_progress_is_that_of_the_displayed_session_or_of_all(base: Path) -> None:
    def live(number: int, tiers: int, done: int) -> Path:
        log = Log().start(tiers)
        for index in range(done):
            log.tier(index, "a").step("a", index).done("a").event("tier_completed", tier_index=index)
        return write_log(base, log.tier(done, "a").step("a", done), session_id(number), modified=BEGAN)

    def known(snapshot: SessionSnapshot) -> tuple[SessionSnapshot, SessionState]:
        return snapshot, snapshot.state

    one, two = (known(read_log(live(number, 4, done)).snapshot(BEGAN + 20)) for number, done in ((1, 1), (2, 3)))
    shown = two[0].location
    assert progress_of([], None, 0) is None
    assert progress_of([], None, 1) == Progress(ProgressKind.ERROR, 100)
    assert progress_of([one, two], None, 0) == Progress(NORMAL, 50)
    assert progress_of([one, two], shown, 0) == Progress(NORMAL, 75)
    assert progress_of([one, two], shown, 1) == Progress(ProgressKind.ERROR, 75)
    stalled = known(read_log(Path(one[0].location.path)).snapshot(BEGAN + 20, stall_secs=1.0))
    assert progress_of([stalled, two], None, 0) == Progress(ProgressKind.WARNING, 50)


# In a terminal


@pytest.fixture
def running(tmp_path: Path) -> Path:
    """The log of a session that runs, in a home whose user wants progress."""
    log = Log().start(2).tier(0, "a").step("a").done("a").event("tier_completed", tier_index=0).tier(1, "b").step("b")
    config = tmp_path / ".config" / "zigtui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('progress = "on"\nnotify = "all"\nnotify_desktop = "osc9"\n')
    return write_log(tmp_path / ".zig", live_now(log), session_id(1))


def live_now(log: Log) -> bytes:
    """The log with times of the present, so that its session is live."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()
    return re.sub(rb'"ts":"[^"]*"', b'"ts":"' + now + b'"', log.data)


def shown_title(terminal: Terminal) -> str:
    titles = re.findall(rb"\x1b\]2;([^\x07\x1b]*)", terminal.written)
    return titles[-1].decode() if titles else ""


def assert_is_reset(written: bytes) -> None:
    text = written.decode(errors="replace")
    assert text.rfind(CLEARED) > max(text.rfind(f"\x1b]9;4;{kind}") for kind in (1, 2, 3, 4))
    assert text.count(PUSH) == text.count(POP)
    assert text.rfind(POP) > text.rfind("\x1b]2;") > text.rfind(PUSH)


def wait_for_status(terminal: Terminal) -> None:
    terminal.wait_until(lambda: shown_title(terminal) == "zigtui ● 1" and b"\x1b]9;4;1;50\x1b\\" in terminal.written)


@pytest.mark.parametrize("way", ["q", "\x03", signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT], ids=str)
def test_both_are_gone_after_each_way_out(running: Path, tmp_path: Path, way: str | signal.Signals) -> None:
    with Terminal(home=tmp_path) as terminal:
        wait_for_status(terminal)
        if isinstance(way, str):
            terminal.press(way)
        else:
            terminal.process.send_signal(way)
        terminal.wait_for_exit()
        assert terminal.is_restored
        assert_is_reset(terminal.written)


def test_both_are_gone_while_zigtui_is_stopped_and_return(running: Path, tmp_path: Path) -> None:
    with Terminal(home=tmp_path, shell=JOB_SHELL) as terminal:
        wait_for_status(terminal)
        terminal.press("\x1a")
        terminal.wait_until(lambda: b"[stopped]" in terminal.written)
        assert_is_reset(terminal.written)
        start = len(terminal.written)
        terminal.press("fg\n")
        terminal.wait_until(lambda: "\x1b]2;zigtui ● 1".encode() in terminal.written[start:])
        terminal.wait_until(lambda: b"\x1b]9;4;1;50\x1b\\" in terminal.written[start:])
        terminal.press("q")
        terminal.wait_until(lambda: b"[exit 0]" in terminal.written)
        assert_is_reset(terminal.written)


FAILING = """
import sys
from zigtui.ui.app import ZigtuiApp
def fail(self): raise LookupError("torn")
ZigtuiApp.action_leave = fail
from zigtui.cli import main
main()
"""


def test_both_are_gone_after_a_defect(running: Path, tmp_path: Path) -> None:
    shell = [sys.executable, "-c", f"import sys; sys.argv = ['zigtui']\n{FAILING}"]
    with Terminal(home=tmp_path, shell=shell) as terminal:
        wait_for_status(terminal)
        terminal.press("q")
        assert terminal.wait_for_exit() == 70
        assert_is_reset(terminal.written)


def test_a_session_that_ends_is_reported_while_the_terminal_is_out_of_focus(running: Path, tmp_path: Path) -> None:
    with Terminal(home=tmp_path, size=(100, 20)) as terminal:
        wait_for_status(terminal)
        assert b"\x1b[?1004h" in terminal.written
        terminal.press(b"\x1b[O")
        append(running, live_now(Log().end("failure")))
        terminal.wait_until(lambda: b"\x1b]9;\xe2\x9c\x98 flow (src-shop) failed" in terminal.written)
        assert terminal.written.count(b"\x07\x1b]9;\xe2\x9c\x98") == 1
        terminal.wait_for("✘ flow (src-shop) failed after")
        terminal.wait_until(lambda: shown_title(terminal) == "zigtui ✘ 1")
        terminal.press("\r")  # which opens the session
        terminal.wait_until(lambda: shown_title(terminal) == "zigtui")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        assert terminal.written.count(b"\x1b]9;\xe2\x9c\x98") == 1


# In tmux


class Tmux:
    """A server of tmux of its own, with one window of 100 by 30."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._environment = {**user_environment(directory), "TMUX_TMPDIR": str(directory)}

    def run(self, *arguments: str) -> str:
        command = ["tmux", "-L", "zigtui-test", "-f", os.devnull, *arguments]
        return subprocess.run(
            command, env=self._environment, cwd=self._directory, capture_output=True, text=True, check=True
        ).stdout

    @property
    def title(self) -> str:
        """The title of the window."""
        return self.run("display-message", "-p", "#{pane_title}").strip()

    @property
    def text(self) -> str:
        """The screen of the window."""
        return self.run("capture-pane", "-p")


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    server = Tmux(tmp_path)
    server.run("new-session", "-d", "-x", "100", "-y", "30", "sh")
    yield server
    server.run("kill-server")


def test_tmux_has_its_own_title_again(running: Path, tmp_path: Path, tmux: Tmux) -> None:
    tmux.run("select-pane", "-T", "mine")
    tmux.run("send-keys", f"{sys.executable} -m zigtui; echo ended\n")
    wait_until(lambda: tmux.title == "zigtui ● 1", lambda: tmux.text)
    tmux.run("send-keys", "q")
    wait_until(lambda: "\nended" in tmux.text, lambda: tmux.text)
    assert tmux.title == "mine"
