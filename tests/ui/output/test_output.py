"""The output: live growth, following or not, wrapping, the dividers between attempts."""

from pathlib import Path

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from tests.support.bases import log_of, write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import LINES_ONLY, NOW, Clock, Shown, shown


def live(lines: int = 0) -> Log:
    """A session with a running step that has printed this many lines."""
    return Log().start().tier(0, "a").step("a").says("a", *(f"line {number}" for number in range(lines)))


async def say(screen: Shown, path: Path, *lines: str) -> None:
    """Have the step print lines, and the screen show them."""
    append(path, Log().says("a", *lines).data, BEGAN)
    await screen.changed()


def last_line(screen: Shown) -> str:
    """The last row of the output that is not empty."""
    return next(row for row in reversed(screen.output_lines) if row).removeprefix("a").strip()


async def test_the_end_is_shown_and_followed(base: Path) -> None:
    path = write_log(base, live(100), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        assert last_line(screen) == "line 99"
        assert screen.title.endswith("following")
        await say(screen, path, "new")
        assert last_line(screen) == "new"
        await say(screen, path, *(f"more {number}" for number in range(300)))
        assert last_line(screen) == "more 299"
        assert screen.title.startswith("All output · 401 lines")


async def test_output_that_does_not_fill_the_screen_begins_at_the_top(base: Path) -> None:
    path = write_log(base, live(), "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await say(screen, path, "one", "two")
        assert screen.reported == [("a", "  one"), ("a", "  two")]


async def test_scrolling_back_ends_following(base: Path) -> None:
    path = write_log(base, live(100), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("tab")
        for key in ("up", "k", "pageup", "ctrl+b", "g", "home", "f"):
            await screen.press(key)
            assert not screen.output.follow
            assert screen.title.endswith("not following")
            await screen.press("G")
            assert screen.output.follow


async def test_what_is_all_on_the_screen_is_followed_although_the_user_scrolls(base: Path) -> None:
    path = write_log(base, live(3), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("tab")
        for key in ("up", "k", "pageup"):
            await screen.press(key)
            assert screen.output.follow, key
        for turn in (MouseScrollUp, MouseScrollDown):
            await screen.pilot._post_mouse_events([turn], screen.output, offset=(5, 5), button=0)
            await screen.pilot.pause()
            assert screen.output.follow, turn
        await say(screen, path, *(f"more {number}" for number in range(300)))
        assert last_line(screen) == "more 299"


async def test_scrolled_back_nothing_moves_and_a_note_counts_what_is_new(base: Path) -> None:
    path = write_log(base, live(100), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("tab", "k", "k", "k")
        before = screen.output_lines
        assert last_line(screen) == "line 96"
        for number in range(3):
            await say(screen, path, f"new {number}")
        assert screen.output_lines[:-1] == before[:-1]
        assert screen.output_lines[-1].endswith(" ▼ 3 new")
        assert screen.title.endswith("not following")
        await say(screen, path, *["new"] * 1997)
        assert screen.output_lines[:-1] == before[:-1]
        assert screen.output_lines[-1].endswith(" ▼ 2,000 new")


async def test_the_first_screen_stays_while_lines_come(base: Path) -> None:
    path = write_log(base, live(100), "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("tab", "g")
        before = screen.output_lines
        assert before[0].split() == ["a", "line", "0"]
        await say(screen, path, "new")
        assert screen.output_lines[:-1] == before[:-1]


async def test_following_is_taken_up_again(base: Path) -> None:
    path = write_log(base, live(100), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("tab")
        for key in ("f", "G", "end"):
            await screen.press("g")
            await say(screen, path, f"new before {key}")
            assert "▼ 1 new" in screen.text
            await screen.press(key)
            assert last_line(screen) == f"new before {key}"
            assert "▼" not in screen.text
            await say(screen, path, f"new after {key}")
            assert last_line(screen) == f"new after {key}"


async def test_f_works_from_the_tree_too(base: Path) -> None:
    path = write_log(base, live(100), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("f")
        await say(screen, path, "new")
        assert "▼ 1 new" in screen.output_lines[-1]
        await screen.press("f")
        assert last_line(screen) == "new"


async def test_lines_are_scrolled_one_by_one_and_page_by_page_to_the_ends(recorded: Path) -> None:
    path = log_of(recorded, "sequential-success")
    async with shown(recorded, opened=path) as screen:
        await screen.choose(6)
        await screen.press("tab", "g")
        first = screen.output_lines
        await screen.press("k")
        assert screen.output_lines == first
        await screen.press("j", "j", "down")
        assert screen.output_lines[:-3] == first[3:]
        await screen.press("up", "k", "k", "pagedown")
        height = screen.output.size.height
        assert screen.output_lines[0] == first[height - 1]
        await screen.press(*["pagedown"] * 10)
        end = screen.output_lines
        await screen.press("j", "pagedown")
        assert screen.output_lines == end
        await screen.press("G")
        assert screen.output_lines == end


async def test_the_wheel_scrolls(base: Path) -> None:
    path = write_log(base, live(100), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.pilot._post_mouse_events([MouseScrollUp], screen.output, offset=(5, 5), button=0)
        await screen.pilot.pause()
        assert last_line(screen) == "line 96"
        await screen.pilot._post_mouse_events([MouseScrollDown], screen.output, offset=(5, 5), button=0)
        await screen.pilot.pause()
        assert last_line(screen) == "line 99"


async def test_long_lines_wrap_at_words_and_w_cuts_them(base: Path) -> None:
    words = " ".join(f"word{number:03}" for number in range(40))
    path = write_log(base, live().says("a", "before", words, "after"), "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        rows = [row.removeprefix("a").strip() for row in screen.output_lines if row]
        assert rows[0] == "before"
        assert " ".join(rows[1:-1]) == words
        assert rows[-1] == "after"
        await screen.press("w")
        rows = [row.removeprefix("a").strip() for row in screen.output_lines if row]
        assert len(rows) == 3
        assert rows[1].endswith("›")
        assert words.startswith(rows[1].removesuffix("›"))
        await screen.press("w")
        assert len([row for row in screen.output_lines if row]) > 3


async def test_wide_and_joined_characters_wrap_without_a_loss(base: Path) -> None:
    texts = ["漢字" * 400, "👩‍👩‍👧‍👦" * 200, "1️⃣❤️" * 200, "👍🏽" * 200, "🇸🇪" * 200, "e\u0301" * 800, "가나다 " * 100]
    log = Log().start().tier(0, *(f"step {number}" for number in range(len(texts))))
    for number, text in enumerate(texts):
        log.says(f"step {number}", text)
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(80, 60)) as screen:
        for number, text in enumerate(texts):
            await screen.choose(2 + number)
            assert "".join("".join(screen.output_lines).split()) == "".join(text.split())


async def test_a_very_long_line_is_cut_off_with_a_note(base: Path) -> None:
    path = write_log(base, live().says("a", "x" * 50_000), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.choose(2)
        assert " ".join("".join(screen.output_lines[-2:]).split()).endswith("… 30,000 more characters")


@pytest.mark.parametrize("wraps", [True, False])
async def test_a_match_in_the_cut_off_part_of_a_very_long_line_highlights_the_note(base: Path, wraps: bool) -> None:
    log = live().says("a", "head " + "x" * 50_000 + " tail", *(str(number) for number in range(30)))
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        screen.output.wrap = wraps
        await screen.search("tail")
        assert screen.found.startswith("match 1 of 1")
        assert screen.matches == [("… 30,010 more characters", True)]


async def test_standard_error_is_marked(base: Path) -> None:
    log = live().says("a", "fine").says("a", "not fine", stream="stderr")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        assert screen.reported == [("a", "  fine"), ("a", "! not fine")]
        assert "1 line on stderr (!)" in screen.about


async def test_a_failure_while_scrolled_back_does_not_move_the_view(base: Path) -> None:
    path = write_log(base, live(100), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.choose(2)
        await screen.press("tab", "k", "k", "k", "k", "k")
        before = screen.output_lines
        append(path, Log().fails("a", 1).says("a", "again").data, BEGAN)
        await screen.changed()
        assert screen.output_lines[:-1] == before[:-1]


async def test_labels_make_room_for_longer_names_that_come_later(base: Path) -> None:
    path = write_log(base, live(3), "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        append(path, Log().tier(0, "much-longer").step("much-longer").says("much-longer", "hello").data, BEGAN)
        await screen.changed()
        lines = [("a", f"  line {number}") for number in range(3)]
        assert screen.reported == [*lines, ("much-longer", "  hello")]


async def test_output_keeps_the_colours_of_the_theme_that_is_chosen_later(base: Path) -> None:
    path = write_log(base, live(3), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        screen.app.theme = "textual-light"
        await screen.pilot.pause()
        _, background = screen.output.background_colors
        await screen.wait_until(
            lambda: (
                {
                    segment.style.bgcolor
                    for y in range(screen.output.size.height)
                    for segment in screen.output.render_line(y)
                    if segment.style is not None
                }
                == {background.rich_color}
            )
        )


@pytest.mark.slow
async def test_a_session_of_50_000_lines_opens_and_its_ends_are_at_hand(base: Path) -> None:
    path = write_log(base, live(50_000).done("a").end(), "1", modified=NOW)
    async with shown(base, settings=LINES_ONLY, opened=path) as screen:
        assert screen.title.startswith("All output · 50,000 lines")
        assert last_line(screen) == "line 49999"
        await screen.press("tab", "g")
        assert screen.output_lines[0].split() == ["a", "line", "0"]
        await screen.press("pagedown", "G")
        assert last_line(screen) == "line 49999"
        await screen.press("k")
        assert last_line(screen) == "line 49998"
