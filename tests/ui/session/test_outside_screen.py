"""The output in a pager, in an editor and in files, in a real terminal."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.support.bases import write_log
from tests.support.clipboards import copied_texts
from tests.support.job_shell import JOB_SHELL
from tests.support.logs import Log
from tests.support.processes import zigtui_command
from tests.support.programs import program, raw_program, report_of
from tests.support.screens import Shown, shown
from tests.support.terminal import Terminal
from tests.support.waiting import DEADLINE_SECS, wait_until
from zigtui.commands.export.registry import format_names
from zigtui.ui.session.saving_screen import EXPORT_FORMATS
from zigtui.ui.widgets.key_bar import KeyBar
from zigtui.ui.widgets.menu import Menu
from zigtui.ui.widgets.notices import Notices

NAME = "flow-0b5c3d52-build.txt"
"""The name that is suggested for the output of the step."""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    events = Log().start(cwd=str(tmp_path)).tier(0, "build").step("build")
    events.says("build", "one", "\x1b[31mred\x1b[0m\x1b]0;title\x07", "three", "src/a.py:12: oops")
    return write_log(tmp_path / "base", events.done("build").end())


def terminal(log: Path, home: Path, *arguments: str, **environment: str) -> Terminal:
    (home / "tmp").mkdir(exist_ok=True)
    environment["TMPDIR"] = str(home / "tmp")
    return Terminal(log, *arguments, home=home, environment=environment)


def test_the_pager_has_the_output_from_the_line_on_with_its_colours(log: Path, tmp_path: Path) -> None:
    less = program(tmp_path, "less")
    with terminal(log, tmp_path, "--step", "build", "--at", "2", PAGER=str(less)) as shell:
        shell.wait_for("three")
        shell.press("o")
        shell.wait_for("PROGRAM RUNS")
        arguments, content, mode = report_of(tmp_path)
        assert arguments[:-1] == ["-R", "-+F", "+2"]
        assert content.splitlines() == ["one", "\x1b[38;5;1mred\x1b[0m", "three", "src/a.py:12: oops"]
        assert mode == ["0o600", "0o700"]
        shell.press("\n")
        shell.wait_for("keys")
        shell.wait_for("three")
        wait_until(lambda: not list((tmp_path / "tmp").iterdir()))
        shell.press("q")
        assert shell.wait_for_exit() == 0
        assert shell.written.count(b"\x1b[?1049h") == shell.written.count(b"\x1b[?1049l") == 2
        assert shell.has_settings_of_the_start


def test_the_editor_opens_the_output_and_its_exit_code_is_noted(log: Path, tmp_path: Path) -> None:
    vi = program(tmp_path, "vi")
    with terminal(log, tmp_path, "--step", "build", "--at", "3", EDITOR=str(vi)) as shell:
        shell.wait_for("three")
        shell.press("O")
        shell.wait_for("PROGRAM RUNS")
        arguments, content, _ = report_of(tmp_path)
        assert arguments[0] == "+3"
        assert content.splitlines()[:2] == ["one", "red"]
        shell.press("3\n")
        shell.wait_for("vi ended with exit code 3")


def test_the_editor_opens_the_file_that_a_line_names(log: Path, tmp_path: Path) -> None:
    vi = program(tmp_path, "vi")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("x = 1\n")
    with terminal(log, tmp_path, "--at", "4", EDITOR=str(vi)) as shell:
        shell.wait_for("oops")
        shell.press("O")
        shell.wait_for("PROGRAM RUNS")
        assert report_of(tmp_path)[0] == ["+12", str(tmp_path / "src" / "a.py")]
        shell.press("\n")
        shell.wait_for("oops")


@pytest.mark.parametrize(("error", "expected"), [("no luck\n  at src/b.py:7", "+7 {}/src/b.py"), ("no luck", "+2 ")])
def test_the_editor_opens_the_file_that_an_error_names(tmp_path: Path, error: str, expected: str) -> None:
    events = Log().start(cwd=str(tmp_path)).tier(0, "build").step("build").says("build", "one", "src/a.py:12: oops")
    events.event("step_failed", step_name="build", exit_code=1, attempt=1, error=error)
    log = write_log(tmp_path / "base", events.end("failure"))
    vi = program(tmp_path, "vi")
    (tmp_path / "src").mkdir()
    for name in ("a.py", "b.py"):
        (tmp_path / "src" / name).write_text("x = 1\n")
    with terminal(log, tmp_path, EDITOR=str(vi)) as shell:  # at the failure
        shell.wait_for("▶─")
        shell.press("O")
        shell.wait_for("PROGRAM RUNS")
        assert " ".join(report_of(tmp_path)[0]).startswith(expected.format(tmp_path))
        shell.press("\n")
        shell.wait_for("no luck")


@pytest.mark.parametrize(("key", "variable"), [("o", "PAGER"), ("O", "EDITOR")])
def test_a_program_that_is_missing(log: Path, tmp_path: Path, key: str, variable: str) -> None:
    with terminal(log, tmp_path, "--at", "1", **{variable: "/no/such/program"}) as shell:
        shell.wait_for("three")
        shell.press(key)
        shell.wait_for("there is no program '/no/such/program'")
        assert not list((tmp_path / "tmp").iterdir())


def test_control_z_in_a_program_stops_both_until_the_shell_continues_them(log: Path, tmp_path: Path) -> None:
    less = program(tmp_path, "less")
    environment = {"PAGER": str(less), "TMPDIR": str(tmp_path)}
    with Terminal(log, home=tmp_path, environment=environment, shell=JOB_SHELL) as shell:
        shell.wait_for("three")
        shell.press("o")
        shell.wait_for("PROGRAM RUNS")
        shell.press("stop\n")
        shell.wait_for("[stopped]")
        shell.press("fg\n")
        shell.wait_for("PROGRAM GOES ON")
        shell.press("\x03")  # is for the program alone
        shell.wait_for("less ended by signal 2")
        shell.press("q")
        shell.wait_for("[exit 0]")


def test_a_signal_ends_zigtui_and_the_program(log: Path, tmp_path: Path) -> None:
    less = program(tmp_path, "less")
    with terminal(log, tmp_path, PAGER=str(less)) as shell:
        shell.wait_for("three")
        shell.press("o")
        shell.wait_for("PROGRAM RUNS")
        shell.process.send_signal(signal.SIGTERM)
        assert shell.wait_for_exit() == 128 + signal.SIGTERM
        assert not list((tmp_path / "tmp").iterdir())
        assert shell.has_settings_of_the_start


@pytest.mark.parametrize("tidies_up", [True, False])
def test_a_signal_restores_the_terminal_from_a_program(log: Path, tmp_path: Path, tidies_up: bool) -> None:
    environment = {"PAGER": str(raw_program(tmp_path, "less", tidies_up=tidies_up))}
    with Terminal(log, home=tmp_path, environment=environment, shell=JOB_SHELL) as shell:
        shell.wait_for("three")
        shell.press("o")
        shell.wait_for("PROGRAM RUNS")
        (zigtui_id,) = re.findall(rb"\[pid (\d+)]", shell.written)
        os.kill(int(zigtui_id), signal.SIGQUIT)
        shell.wait_until(lambda: b"[exit 131]" in shell.written)
        assert shell.has_settings_of_the_start
        assert shell.written.rfind(b"\x1b[?1049l") > shell.written.rfind(b"\x1b[?1049h")
        assert shell.written.rfind(b"\x1b[?25h") > shell.written.rfind(b"\x1b[?25l")
        assert shell.written.rfind(b"\x1b[?1l") > shell.written.rfind(b"\x1b[?1h")
        assert shell.written.rfind(b"\x1b>") > shell.written.rfind(b"\x1b=")
        assert (b"PROGRAM ENDS" in shell.written) == tidies_up


def test_a_program_that_is_killed_leaves_the_terminal_as_it_was(log: Path, tmp_path: Path) -> None:
    environment = {"PAGER": str(raw_program(tmp_path, "less", tidies_up=False))}
    with Terminal(log, home=tmp_path, environment=environment) as shell:
        shell.wait_for("three")
        shell.press("o")
        shell.wait_until(lambda: re.search(rb"\[program \d+ ]", shell.written))
        (program_id,) = re.findall(rb"\[program (\d+) ]", shell.written)
        os.kill(int(program_id), signal.SIGKILL)
        shell.wait_for("less ended by signal 9")
        shell.press("q")
        assert shell.wait_for_exit() == 0
        assert shell.has_settings_of_the_start


async def saved(screen: Shown, path: Path | str) -> str:
    """Save the output under a name, and return the note about it."""
    await screen.press("greater_than_sign")
    before = noted(screen)
    screen.app.screen.query_one("Prompt Input", Input).value = str(path)
    await screen.press("enter")
    await screen.wait_until(lambda: isinstance(screen.app.screen, Menu) or noted(screen) != before)
    if isinstance(screen.app.screen, Menu):
        assert f"{path} exists" in screen.text
        await screen.press("n" if "keep" in str(path) else "y")
        if "keep" in str(path):
            return noted(screen)
        await screen.wait_until(lambda: noted(screen) != before)
    return noted(screen)


def noted(screen: Shown) -> str:
    """The note on the screen."""
    keys = "".join(bar.note for bar in screen.app.screen.query(KeyBar))
    return keys + "".join(str(notices.content) for notices in screen.app.screen.query(Notices))


async def test_the_output_is_saved(tmp_path: Path, log: Path) -> None:
    (tmp_path / "older.txt").write_text("old")
    async with shown(tmp_path / "base", opened=log, size=(200, 30)) as screen:
        await screen.choose(2)
        for name in ("new.txt", "older.txt", "~/tilde.txt"):
            await screen.press("greater_than_sign")
            assert screen.prompt == NAME
            await screen.press("escape")
            assert "Saved as" in await saved(screen, name if name[0] == "~" else tmp_path / name)
            assert (tmp_path / name.removeprefix("~/")).read_text() == "one\nred\nthree\nsrc/a.py:12: oops\n"


async def test_a_name_that_is_typed_replaces_the_suggested_one(tmp_path: Path, log: Path) -> None:
    async with shown(tmp_path / "base", opened=log) as screen:
        await screen.choose(2)
        for keys, name in {"n x": "nx", "end x": f"{NAME}x", "left x": f"x{NAME}", "backspace": ""}.items():
            await screen.press("greater_than_sign", *keys.split())
            assert screen.prompt == name
            await screen.press("escape")


async def test_a_file_is_not_replaced_without_a_yes(tmp_path: Path, log: Path) -> None:
    (tmp_path / "keep.txt").write_text("old")
    async with shown(tmp_path / "base", opened=log, size=(200, 30)) as screen:
        await screen.choose(2)
        assert await saved(screen, tmp_path / "keep.txt") == ""
    assert (tmp_path / "keep.txt").read_text() == "old"


async def test_what_cannot_be_saved(tmp_path: Path, log: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reasons = {
        tmp_path: "Is a directory",
        tmp_path / "gone" / "x.txt": "No such file or directory",
        tmp_path / "pipe": "not a regular file",
        log: "a file that runners write",
        tmp_path / ("x" * 300): "File name too long",
        Path("/dev/full"): "not a regular file",
    }
    async with shown(tmp_path / "base", opened=log, size=(200, 30)) as screen:
        await screen.choose(2)
        for path, reason in reasons.items():
            assert (await saved(screen, path)).startswith(f"Not saved: {reason}"), path


async def test_a_path_that_could_not_be_used_is_suggested_again(tmp_path: Path, log: Path) -> None:
    wrong = tmp_path / "gone" / "x.txt"
    async with shown(tmp_path / "base", opened=log, size=(200, 30)) as screen:
        await screen.choose(2)
        await saved(screen, wrong)
        await screen.press("greater_than_sign")
        assert screen.prompt == str(wrong)
        await screen.press("escape")
        await screen.choose(0)
        await screen.press("greater_than_sign")
        for _ in range(2):
            await screen.press("escape", "greater_than_sign")
            assert screen.prompt == "flow-0b5c3d52-output.txt"  # that of another output
        await screen.press("escape")
        await screen.choose(2)
        await saved(screen, tmp_path / "x.txt")
        await screen.press("greater_than_sign")
        assert screen.prompt == NAME


async def test_the_session_is_exported(tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown(tmp_path / "base", opened=log, size=(200, 30)) as screen:
        for name in ("flow-0b5c3d52.md", "flow-0b5c3d52-2.md"):
            await screen.press("x")
            await screen.wait_for("export as")
            await screen.press("m")
            await screen.wait_for(f"Exported as {tmp_path / name}")
            assert "flow" in (tmp_path / name).read_text()


async def test_files_of_a_workflow_with_a_long_name_have_the_id(tmp_path: Path) -> None:
    log = write_log(tmp_path / "base", Log().start().end(), workflow="a b" * 200)
    async with shown(tmp_path / "base", opened=log, size=(200, 30)) as screen:
        await screen.press("greater_than_sign")
        assert screen.prompt is not None
        assert screen.prompt.startswith("a-ba-b")
        assert screen.prompt.endswith("-0b5c3d52-output.txt")
        assert len(screen.prompt) < 100


async def test_the_working_directory_was_removed(tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    async with shown(tmp_path / "base", opened=log, size=(200, 30)) as screen:
        monkeypatch.chdir(gone)
        gone.rmdir()
        await screen.press("x")
        await screen.wait_for("export as")
        await screen.press("m")
        await screen.wait_for("The session was not exported: the working directory has been removed")
        await screen.press("greater_than_sign")
        await screen.press("enter")
        await screen.wait_for("Not saved: the working directory has been removed")


def test_a_private_file_is_gone_at_the_end_of_the_process(tmp_path: Path) -> None:
    code = "from zigtui.ui.outside.private_file import PrivateFile; PrivateFile('x.txt').open().close()"
    subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)}, check=True, timeout=DEADLINE_SECS
    )
    assert not list(tmp_path.iterdir())


def test_all_formats_are_offered() -> None:
    assert sorted(name for name, _ in EXPORT_FORMATS.values()) == format_names()


def test_the_bytes_of_a_copy_and_of_a_drag(log: Path, tmp_path: Path) -> None:
    with terminal(log, tmp_path, "--step", "build", "--at", "1") as shell:
        shell.wait_for("three")
        shell.press("yi")
        shell.wait_for("Copied the id")
        rows = shell.text.splitlines()
        y = next(number for number, row in enumerate(rows) if row.endswith(" one")) + 1
        x = rows[y - 1].index(" one") + 2
        shell.press(f"\x1b[<0;{x};{y}M\x1b[<32;{x + 1};{y + 1}M\x1b[<0;{x + 1};{y + 1}m")
        shell.wait_for("Copied the selection")
        assert copied_texts(shell.written.decode()) == [log.stem, "one\nre"]
        shell.press(f"\x1b[<0;{x};{y}M\x1b[<32;{x + 1};{y}M\x1b[<0;{x + 1};{y}m")
        shell.wait_for("Copied the selection: 2 characters")
        shell.press("\x03")
        shell.wait_until(lambda: copied_texts(shell.written.decode())[2:] == ["on", "on"])
        shell.press("\x03")
        assert shell.wait_for_exit() == 130


@pytest.mark.parametrize(("setting", "linked"), [("on", True), ("off", False), ("auto", False)])
def test_the_bytes_of_links(log: Path, tmp_path: Path, setting: str, linked: bool) -> None:
    (tmp_path / "config" / "zigtui").mkdir(parents=True)
    (tmp_path / "config" / "zigtui" / "config.toml").write_text(f'links = "{setting}"\n')
    with terminal(log, tmp_path, "--at", "1", XDG_CONFIG_HOME=str(tmp_path / "config")) as shell:
        shell.wait_for("oops")
        links = re.findall(rb"\x1b\]8;id=\d+;([^\x1b]*)\x1b\\", shell.written)
        assert [link.rpartition(b"/tmp")[2].endswith(b"/src/a.py") for link in links] == [True] * linked * len(links)
        assert bool(links) is linked


@pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux")
def test_copying_in_tmux(log: Path, tmp_path: Path) -> None:
    socket = str(tmp_path / "socket")

    def tmux(*words: str) -> str:
        command = zigtui_command(log, home=tmp_path)
        return subprocess.run(
            ["tmux", "-S", socket, "-f", "/dev/null", *words],
            env=command["env"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=DEADLINE_SECS,
        ).stdout  # fmt: skip

    try:
        tmux("new-session", "-d", "-x", "100", "-y", "30", *map(str, zigtui_command(log, home=tmp_path)["args"]))
        wait_until(lambda: "three" in tmux("capture-pane", "-p"))
        tmux("send-keys", "y", "i")
        wait_until(lambda: tmux("show-buffer") == log.stem)
    finally:
        tmux("kill-server")
