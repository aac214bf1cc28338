"""Copying with ``y`` and with the mouse: what the clipboard is given, and the note about it."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.clipboards import clipboard
from tests.support.logs import BEGAN, SESSION_ID, Log
from tests.support.screens import LINES_ONLY, Clock, Shown, shown
from zigtui.settings import Settings
from zigtui.ui.widgets.menu import Menu

OTHER_ID = SESSION_ID[:8] + "-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def outside_tmux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def failed_log() -> Log:
    log = Log().start().tier(0, "build", "lint").step("build").says("build", "compiling", "\x1b[31mred\x1b[0m alert")
    log.step("lint").says("lint", "fine").done("lint")
    error = "exit code 2\n\x1b[1mboom\x1b[0m"
    return log.event("step_failed", step_name="build", exit_code=2, attempt=1, error=error).end("failed")


async def choose(screen: Shown, key: str) -> None:
    """Press ``y`` and a key, and wait until the line of choices has gone."""
    await screen.press("y")
    await screen.wait_until(lambda: isinstance(screen.app.screen, Menu))
    await screen.press(key)
    await screen.wait_until(lambda: not isinstance(screen.app.screen, Menu))


@pytest.mark.parametrize(
    ("key", "text", "note"),
    [
        ("y", "red alert", "Copied the line: 9 characters"),
        ("e", "exit code 2\nboom", "Copied the error: 2 lines, 16 characters"),
        ("o", "compiling\nred alert", "Copied the output: 2 lines, 19 characters"),
        ("i", SESSION_ID, "Copied the id: 36 characters"),
        ("c", f"zigtui {SESSION_ID[:8]} --step build --at 2", "Copied the command: "),
    ],
)
async def test_what_a_failed_step_has(
    base: Path, monkeypatch: pytest.MonkeyPatch, key: str, text: str, note: str
) -> None:
    path = write_log(base, failed_log())
    async with shown(base, opened=path, size=(120, 30)) as screen:  # which opens at the failure of the step
        with clipboard(screen, monkeypatch) as copied:
            await choose(screen, key)
            await screen.wait_for(note)
        assert copied == [text]


async def test_the_error_of_the_attempt_gone_to(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log().start().tier(0, "a").step("a").fails("a", 1).fails("a", 2).end("failure")
    async with shown(base, opened=write_log(base, log), size=(120, 30)) as screen:  # which opens at the last failure
        with clipboard(screen, monkeypatch) as copied:
            await choose(screen, "e")
            await screen.press("E")
            await choose(screen, "e")
        assert copied == ["no luck with 2", "no luck with 1"]


async def test_the_facts_of_a_session_in_the_list(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_log(base, failed_log())
    write_log(base, Log().start().end(), OTHER_ID)  # with the same beginning
    async with shown(base, size=(120, 30)) as screen:
        screen.sessions.move_cursor(next(row for row in (0, 1) if screen.sessions.row_key(row).path == str(path)))
        with clipboard(screen, monkeypatch) as copied:
            for key, name in (("p", "log path"), ("c", "command"), ("i", "id"), ("e", "error")):
                await choose(screen, key)
                await screen.wait_for(f"Copied the {name}")
        assert copied == [str(path), f"zigtui {SESSION_ID[:10]}", SESSION_ID, "exit code 2\nboom"]


async def test_other_keys_leave_the_choice(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_log(base, failed_log())
    async with shown(base, opened=path) as screen:
        with clipboard(screen, monkeypatch) as copied:
            for key in ("escape", "x", "q", "enter"):
                await choose(screen, key)
        assert copied == []
        assert screen.app.is_running


async def test_the_command_of_a_base_and_a_log_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = tmp_path / "an other"
    write_log(base, Log().start().end())
    async with shown(base, size=(120, 30)) as screen:
        with clipboard(screen, monkeypatch) as copied:
            await choose(screen, "c")
        assert copied == [f"zigtui {SESSION_ID[:8]} --base '{base}'"]


async def test_a_match(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_log(base, failed_log())
    async with shown(base, opened=path, settings=LINES_ONLY) as screen:
        await screen.search("/com\\w+/")
        with clipboard(screen, monkeypatch) as copied:
            await choose(screen, "m")
            await choose(screen, "y")
        assert copied == ["compiling", "compiling"]


async def test_text_that_terminals_do_not_take_is_not_copied(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *["x" * 99] * 20)
    path = write_log(base, log, modified=BEGAN)
    settings = Settings(longest_copy=1000)
    async with shown(base, opened=path, settings=settings, size=(120, 30), clock=Clock(BEGAN)) as screen:
        with clipboard(screen, monkeypatch) as copied:
            await choose(screen, "o")
            await screen.wait_for("The output was not copied: it has more than the 1 KB that terminals")
            await choose(screen, "y")
            await screen.wait_for("Copied the line")
        assert copied == ["x" * 99]


def program(tmp_path: Path, code: str) -> tuple[str, ...]:
    """A command that runs Python code."""
    script = tmp_path / "it's a script.py"
    script.write_text(code)
    return sys.executable, str(script)


async def test_a_command_of_the_user(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = tmp_path / "taken"
    code = f"import pathlib, sys; pathlib.Path({os.fspath(taken)!r}).write_bytes(sys.stdin.buffer.read())"
    path = write_log(base, failed_log())
    async with shown(base, opened=path, settings=Settings(copy_command=program(tmp_path, code))) as screen:
        with clipboard(screen, monkeypatch) as copied:
            await choose(screen, "o")
            await screen.wait_for("Copied the output")
        assert copied == []
        assert taken.read_text() == "compiling\nred alert"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("no-such-program", "-x"), "there is no program 'no-such-program'"),
        (("false",), "'false' ended with exit code 1"),
        (("sh", "-c", "kill -9 $$"), "'sh' ended by signal 9"),
    ],
)
async def test_a_command_that_fails(base: Path, command: tuple[str, ...], reason: str) -> None:
    path = write_log(base, failed_log())
    async with shown(base, opened=path, settings=Settings(copy_command=command), size=(120, 30)) as screen:
        await choose(screen, "i")
        await screen.wait_for(f"The id was not copied: {reason}")


async def test_hostile_text_is_copied_without_sequences(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "a\x1b]52;c;ZXZpbA==\x07b\x1b[2Jc\x1bP+q\x1b\\d\u202ee\ud800"
    log = Log().start().tier(0, "a").step("a")
    log.raw(json.dumps({"type": "step_output", "step_name": "a", "stream": "stdout", "line": hostile}).encode())
    path = write_log(base, log.done("a").end())
    async with shown(base, opened=path) as screen:
        with clipboard(screen, monkeypatch) as copied:
            await choose(screen, "o")
            await screen.wait_for("Copied the output")
        (text,) = copied
        assert text.isprintable()
        assert "evil" not in text
        assert text.startswith("abcd")
