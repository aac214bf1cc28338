"""Copying with ``y`` and with the mouse: what the clipboard is given, and the note about it."""

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.events import Click, MouseDown, MouseMove, MouseUp

from tests.support.bases import write_log
from tests.support.clipboards import copied_texts
from tests.support.logs import BEGAN, SESSION_ID, Log, append
from tests.support.screens import LINES_ONLY, Clock, Shown, shown
from zigtui.settings import Settings
from zigtui.ui.output.view import selection
from zigtui.ui.output.view.selection import Point
from zigtui.ui.output.view.view import OutputView
from zigtui.ui.output.view.viewport import Spot
from zigtui.ui.widgets.menu import Menu

OTHER_ID = SESSION_ID[:8] + "-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def outside_tmux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@contextmanager
def clipboard(screen: Shown, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The texts that are copied in the block."""
    written: list[str] = []
    copied: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(screen.app._driver, "write", written.append)
        yield copied
        copied += copied_texts("".join(written))


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
    ],
)
async def test_a_command_that_fails(base: Path, command: tuple[str, ...], reason: str) -> None:
    path = write_log(base, failed_log())
    async with shown(base, opened=path, settings=Settings(copy_command=command), size=(120, 30)) as screen:
        await choose(screen, "i")
        await screen.wait_for(f"The id was not copied: {reason}")


# Selecting with the mouse


def at_text(screen: Shown, text: str, offset: int = 0) -> tuple[int, int]:
    """The cell of the view in which a character of a text is."""
    output = screen.output
    for y in range(output.size.height):
        if text in (row := output.render_line(y).text):
            return row.index(text) + offset, y
    raise AssertionError(f"{text!r} is not in the output:\n{screen.text}")


async def drag(screen: Shown, *cells: tuple[int, int], release: bool = True) -> None:
    """Drag the mouse from cell to cell of the output."""
    origin = screen.output.content_region
    kinds = [MouseDown, *[MouseMove] * (len(cells) - 1), *([MouseUp] if release else [])]
    for kind, (x, y) in zip(kinds, [*cells, cells[-1]], strict=False):
        x, y = x + origin.x, y + origin.y
        button = 0 if kind is MouseMove else 1
        screen.app.screen._forward_event(kind(None, x, y, 0, 0, button, False, False, False, screen_x=x, screen_y=y))
        await screen.pilot.pause()


async def release(screen: Shown) -> None:
    """Release the button of the mouse."""
    screen.app.screen._forward_event(MouseUp(None, 0, 0, 0, 0, 1, False, False, False))
    await screen.pilot.pause()


async def test_a_drag_selects_text_alone(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = " ".join(f"word{number}" for number in range(40))
    log = Log().start().tier(0, "a").step("a").says("a", "first \x1b[32mgreen\x1b[0m 漢字", words, "last one")
    path = write_log(base, log.done("a").end())
    async with shown(base, opened=path) as screen:
        await screen.press("t")
        with clipboard(screen, monkeypatch) as copied:
            await drag(screen, at_text(screen, "green"), at_text(screen, "last one", 3))
            await drag(screen, at_text(screen, "last one", 3), at_text(screen, "漢字", 2))
            await drag(screen, at_text(screen, "word1"), (0, at_text(screen, "word1")[1]))
        assert copied == [f"green 漢字\n{words}\nlast", f"字\n{words}\nlast", "word0 w"]
        assert screen.output.selection.exists


async def test_a_divider_is_left_out_unless_it_is_all(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", "before").fails("a").says("a", "later").done("a").end()
    path = write_log(base, log)
    async with shown(base, opened=path) as screen:
        with clipboard(screen, monkeypatch) as copied:
            await drag(screen, at_text(screen, "before"), at_text(screen, "later", 9))
            x, y = at_text(screen, "failed, attempt 1")
            await drag(screen, (x, y), (x + 3, y))
        assert copied[0] == "before\nlater"
        assert "failed, attempt 1" in copied[1]
        assert "no luck with 1" in copied[1]
        assert "──" not in copied[1]


async def test_a_selection_stays_on_its_text_while_lines_are_added(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *(f"line {number}" for number in range(100)))
    path = write_log(base, log, modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        with clipboard(screen, monkeypatch) as copied:
            start = at_text(screen, "line 95")
            await drag(screen, start, at_text(screen, "line 98", 6), release=False)
            append(path, Log().says("a", *["new"] * 5).data, BEGAN)
            await screen.changed()
            assert not screen.output.follow
            assert at_text(screen, "line 95") == start
            await release(screen)
            assert screen.output.follow
        assert copied == ["line 95\nline 96\nline 97\nline 98"]


async def test_a_drag_beyond_the_edge_scrolls(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *(f"line {number}" for number in range(100)))
    path = write_log(base, log.done("a").end())
    async with shown(base, opened=path, settings=LINES_ONLY) as screen:
        with clipboard(screen, monkeypatch) as copied:
            x, y = at_text(screen, "line 99", 6)
            await drag(screen, (x, y), (0, -3), release=False)
            await screen.wait_until(lambda: "line 0\n" in screen.selected)
            await release(screen)
        assert copied == ["\n".join(f"line {number}" for number in range(100))]


async def test_clicks_select_a_word_and_a_line(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", 'open "src/a.py:12", please').done("a").end()
    path = write_log(base, log)
    async with shown(base, opened=path) as screen:
        x, y = at_text(screen, "a.py")
        with clipboard(screen, monkeypatch) as copied:
            await screen.pilot.click(screen.output, offset=(x, y))
            await screen.pilot.pause()
            assert not screen.output.selection.exists
            await screen.pilot.double_click(screen.output, offset=(x, y))
            await screen.pilot.triple_click(screen.output, offset=(x, y))
            await screen.pilot.pause()
        assert copied[0] == "src/a.py:12"
        assert copied[-1] == 'open "src/a.py:12", please'


async def test_the_note_about_a_copied_word_does_not_change_which_line_a_third_click_selects(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *(f"some line {number}." for number in range(100)))
    path = write_log(base, log, modified=BEGAN + log.second)
    settings = Settings(shows_dividers=False, note_secs=float("inf"))
    async with shown(base, opened=path, clock=Clock(BEGAN + log.second), settings=settings, size=(34, 26)) as screen:
        x, y = at_text(screen, "line 90.")
        with clipboard(screen, monkeypatch) as copied:
            await screen.pilot.double_click(screen.output, offset=(x, y))
            await screen.wait_for("Copied")
            await screen.wait_until(lambda: at_text(screen, "line 90.")[1] < y)  # to make room for the note
            await screen.pilot._post_mouse_events([MouseDown, MouseUp], screen.output, offset=(x, y), button=1)
            screen.output.post_message(Click(screen.output, x, y, 0, 0, 1, False, False, False, chain=3))
            await screen.pilot.pause()
            assert screen.selected == "some line 90."
        assert copied == ["line", "some line 90."]


async def test_control_c_copies_what_is_selected_and_else_quits(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_log(base, failed_log())
    async with shown(base, opened=path) as screen:
        with clipboard(screen, monkeypatch) as copied:
            await drag(screen, at_text(screen, "compiling"), at_text(screen, "compiling", 3))
            await screen.press("ctrl+c")
            assert not screen.output.selection.exists
            await drag(screen, at_text(screen, "compiling"), at_text(screen, "compiling", 3))
            await screen.press("escape")
            assert not screen.output.selection.exists
            await screen.press("ctrl+c")
        assert copied == ["comp", "comp", "comp"]
        assert screen.app.return_code == 130


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


@pytest.mark.parametrize("condition", ["", "even"])
async def test_a_selection_is_read_no_further_than_it_is_copied_and_not_on_the_thread_of_the_screen(
    base: Path, condition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log().start().tier(0, "a").step("a")
    log.says("a", *(f"{number:05} {'odd' if number % 2 else 'even'}" for number in range(20_000)))
    path = write_log(base, log.done("a").end())
    readers: list[str] = []

    def counted(text: str) -> str:
        readers.append(threading.current_thread().name)
        return text

    async with shown(base, opened=path, settings=Settings(longest_copy=1000, shows_dividers=False)) as screen:
        if condition:
            await screen.filter_lines(condition)
        await screen.press("tab", "g")
        view = screen.output
        monkeypatch.setattr(selection, "plain_line", counted)
        for last, expected in [(4_999, "The selection was not copied"), (2, "Copied the selection: 3 lines")]:
            readers.clear()
            view.selection.begin(Point(Spot(0), 2, 2))
            view.selection.extend(Point(Spot(last), 0, 5))
            with clipboard(screen, monkeypatch) as copied:
                screen.app.screen.post_message(OutputView.Selected())
                await screen.wait_for(expected)
            assert set(readers) == {"copy"}
            assert len(readers) < 200
    assert copied == ["000 even\n00002 even\n00004" if condition else "000 even\n00001 odd\n00002"]
