"""Selecting text in the output with the mouse."""

import threading
from pathlib import Path

import pytest
from textual.events import Click, MouseDown, MouseMove, MouseUp

from tests.support.bases import write_log
from tests.support.clipboards import clipboard
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import LINES_ONLY, Clock, Shown, shown
from zigtui.settings import Settings
from zigtui.ui.output.view import selection
from zigtui.ui.output.view.selection import Point
from zigtui.ui.output.view.view import OutputView
from zigtui.ui.output.view.viewport import Spot


@pytest.fixture(autouse=True)
def outside_tmux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


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
            await drag(screen, at_text(screen, "failed, attempt 1"), at_text(screen, "with 1", 30))
        assert copied[0] == "before\nlater"
        assert copied[1].startswith("failed, attempt 1")
        assert copied[1].endswith("no luck with 1")
        assert "──" not in copied[1]


def long_error() -> tuple[Log, str]:
    words = " ".join(f"word{number}" for number in range(40))
    error = f"\x1b[1mrefused\x1b[0m: 漢字 by host\n{words}\n\n" + "\n".join(
        f"detail {number}" for number in range(3000)
    )
    log = Log().start().tier(0, "a").step("a")
    return log.event("step_failed", step_name="a", exit_code=1, attempt=1, error=error).end("failure"), error


async def test_a_drag_within_an_error_copies_what_it_went_over(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, error = long_error()
    async with shown(base, opened=write_log(base, log), size=(80, 30)) as screen:
        await screen.wait_for("more lines")
        await screen.press("tab")
        words = error.split("\n")[1]
        with clipboard(screen, monkeypatch) as copied:
            await drag(screen, at_text(screen, "漢字", 2), at_text(screen, "host", 3))
            await drag(screen, at_text(screen, "word39", 5), at_text(screen, "word0"))
            await drag(screen, at_text(screen, "host", 2), at_text(screen, "detail 0", 40))
            assert screen.selected == f"host\n{words}\n\ndetail 0"
        assert copied == ["字 by ho", words, f"host\n{words}\n\ndetail 0"]


async def test_clicks_within_an_error_copy_a_word_or_all_of_it(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, error = long_error()
    async with shown(base, opened=write_log(base, log), size=(80, 30)) as screen:
        await screen.wait_for("more lines")
        at = at_text(screen, "word3 ", 2)
        with clipboard(screen, monkeypatch) as copied:
            await screen.pilot.double_click(screen.output, offset=at)
            await screen.pilot.triple_click(screen.output, offset=at)
            await screen.pilot.pause()
        assert copied[0] == "word3"
        assert copied[-1].endswith("\ndetail 2999")
        assert error.split("\n")[1] in copied[-1]


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
    log = Log().start().tier(0, "a").step("a").says("a", "compiling").done("a").end()
    path = write_log(base, log)
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
