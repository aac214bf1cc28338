"""Lines that are cut off: scrolling sideways, and the signs at both sides."""

from pathlib import Path

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import LINES_ONLY, Clock, Shown, shown

COLUMNS = "".join(f"{column:<10}" for column in range(0, 300, 10))  # each word begins in the column that it names


def opened(base: Path, *lines: str) -> Path:
    log = Log().start().tier(0, "a", "b").step("a").step("b").says("b", "other").says("a", *lines)
    return write_log(base, log, "1", modified=BEGAN)


def texts(screen: Shown) -> list[str]:
    """The rows of the output without the signs of stderr and the names of steps."""
    return [text[1:] for _, text in screen.reported]


async def test_left_and_right_scroll_to_both_ends_of_a_line(base: Path) -> None:
    path = opened(base, "short", COLUMNS)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.choose(2)
        await screen.press("w", "tab")
        assert texts(screen)[0] == " short"
        assert texts(screen)[1].startswith(" 0         10")
        assert texts(screen)[1].endswith("›")
        await screen.press("right")
        assert texts(screen)[0] == "‹"
        assert texts(screen)[1].startswith("‹")
        assert texts(screen)[1].endswith("›")
        await screen.press(*["right"] * 30)
        assert "290" in texts(screen)[1]
        assert not texts(screen)[1].endswith("›")
        await screen.press(*["left"] * 30)
        assert texts(screen)[0] == " short"
        assert texts(screen)[1].startswith(" 0         10")


async def test_shift_and_the_wheel_scroll_sideways(base: Path) -> None:
    path = opened(base, COLUMNS)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.choose(2)
        await screen.press("w")
        turn = screen.pilot._post_mouse_events
        await turn([MouseScrollDown], screen.output, offset=(5, 5), button=0, shift=True)
        await screen.pilot.pause()
        assert texts(screen)[0].startswith("‹    10 ")
        await turn([MouseScrollUp], screen.output, offset=(5, 5), button=0, shift=True)
        await screen.pilot.pause()
        assert texts(screen)[0].startswith(" 0  ")


async def test_the_position_survives_new_lines_other_rows_and_frames(base: Path) -> None:
    path = opened(base, COLUMNS)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.choose(2)
        await screen.press("w", "tab", "right")
        before = texts(screen)[0]
        append(path, Log().says("a", COLUMNS, "new").data, BEGAN)
        await screen.changed()
        assert texts(screen) == [before, before, "‹"]
        await screen.choose(3)
        assert texts(screen) == ["‹"]
        await screen.choose(2)
        assert texts(screen) == [before, before, "‹"]


async def test_wrapped_lines_do_not_scroll_sideways(base: Path) -> None:
    path = opened(base, COLUMNS)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        before = screen.output_lines
        await screen.press("tab", "right", "right")
        assert screen.output_lines == before


@pytest.mark.parametrize(
    "text", ["漢字" * 100, "a" + "漢字" * 100, "👩‍👩‍👧‍👦e\u0301x" * 60], ids=["wide", "odd", "joined"]
)
async def test_characters_of_two_cells_are_never_divided(base: Path, text: str) -> None:
    path = opened(base, text)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.choose(2)
        screen.output.wrap = False
        for _ in range(20):
            screen.output.scroll_cells(1)
            await screen.pilot.pause()
            strip = screen.output.render_line(0)
            assert sum(segment.cell_length for segment in strip) == screen.output.size.width
            shown_text = texts(screen)[0].strip("‹› ")
            assert shown_text
            assert shown_text in text


async def test_a_match_beyond_the_edge_is_displayed(base: Path) -> None:
    path = opened(base, "needle first", *["x"] * 5, COLUMNS)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.choose(2)
        await screen.press("w")
        await screen.search("250")
        assert screen.matches == [("250", True)]
        await screen.press("escape")
        await screen.search("needle")
        assert screen.matches == [("needle", True)]
        assert texts(screen)[0] == " needle first"


@pytest.mark.parametrize("keys", [":1\r", ":50%\r", ":12:00:05\r", "e"])
async def test_the_beginning_of_the_line_that_the_user_goes_to_is_displayed(base: Path, keys: str) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", COLUMNS, "short", COLUMNS).fails("a").says("a", "again")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("w", "tab", "right")
        assert texts(screen)[0].startswith("‹")
        await screen.press(*["colon" if key == ":" else "enter" if key == "\r" else key for key in keys])
        await screen.pilot.pause()
        assert not any(text.startswith("‹") for text in texts(screen))


async def test_text_scrolled_sideways_is_selected_where_it_is(base: Path) -> None:
    path = opened(base, COLUMNS)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.choose(2)
        await screen.press("w", "tab", "right")
        row = texts(screen)[0]
        at = row.index("50")
        await screen.pilot.double_click(screen.output, offset=(at + 1, 0))
        assert screen.selected == "50"
