"""The search in the output, as its user sees it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import LINES_ONLY, NOW, Clock, Shown, shown
from tests.support.waiting import DEADLINE_SECS
from tests.ui.test_sizes import assert_fits
from zigtui.reader.search import search as search_module
from zigtui.reader.search.search import Search
from zigtui.ui.output.view.view import OutputView
from zigtui.ui.session.screen import SessionScreen
from zigtui.ui.session.tree.step_tree import StepTree
from zigtui.ui.sessions.screen import SessionsScreen


def fruit(lines: int = 200) -> Log:
    """Two steps; every tenth line of the first names an apple, one of the second a pear in colours."""
    log = Log().start().tier(0, "a", "b").step("a").step("b")
    log.says("a", *(f"{number} {'Apple' if number % 10 == 5 else 'nut'}" for number in range(lines)))
    return log.says("b", "a \x1b[31mpe\x1b[32mar\x1b[0m and an apple", "nothing")


async def test_enter_goes_to_the_first_match_below_the_top_and_n_and_N_go_on(base: Path) -> None:
    path = write_log(base, fruit(), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        screen.output.action_scroll_to_start()
        await screen.search("apple")
        assert screen.found.startswith("match 1 of 21  apple")
        assert "n next  N previous  esc end" in screen.found
        assert screen.matches[0] == ("Apple", True)
        assert not any(is_current for _, is_current in screen.matches[1:])
        assert not screen.output.follow
        for key, number in [("n", 2), ("n", 3), ("N", 2), ("N", 1), ("N", 21), ("n", 1), ("n", 2)]:
            await screen.press(key)
            await screen.wait_until(lambda number=number: screen.found.startswith(f"match {number} of 21 "))  # type: ignore[misc]
            assert ("Apple" if number < 21 else "apple", True) in screen.matches
        await screen.press("N", "N")
        await screen.wait_until(lambda: screen.found.startswith("match 21 of 21 · from the end"))


async def test_the_first_match_is_sought_from_what_is_in_sight_and_round_the_end(base: Path) -> None:
    path = write_log(base, fruit(), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("tab", "pageup", "pageup")
        top = screen.output.top_line
        await screen.search("Apple")
        assert screen.found.startswith(f"match {(top + 4) // 10 + 1} of 20")
        await screen.press("G")
        await screen.search("15 Apple")
        assert screen.found.startswith("match 1 of 2 · from the start")
        assert ("15 Apple", True) in screen.matches


async def test_after_scrolling_away_the_next_match_is_that_below_the_top(base: Path) -> None:
    path = write_log(base, fruit(), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        screen.output.action_scroll_to_start()
        await screen.search("apple")
        await screen.press("pagedown", "pagedown", "pagedown")
        top = screen.output.top_line
        await screen.press("n")
        await screen.searched()
        assert screen.found.startswith(f"match {(top + 4) // 10 + 1} of 21")
        await screen.press("g", "pagedown", "N")
        await screen.searched()
        assert screen.found.startswith("match 1 of 21") or screen.found.startswith("match 2 of 21")


async def test_a_match_in_sight_does_not_move_the_view(base: Path) -> None:
    path = write_log(base, fruit(), "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        screen.output.action_scroll_to_start()
        before = screen.output_lines[:-1]
        await screen.search("5 apple")
        await screen.press("n")
        await screen.searched()
        assert screen.output_lines == before
        assert screen.matches == [("5 Apple", False), ("5 Apple", True)]


async def test_escape_closes_the_prompt_then_ends_the_search_then_goes_back(base: Path) -> None:
    path = write_log(base, fruit(), "1", modified=NOW)
    async with shown(base) as screen:
        await screen.open(path)
        await screen.search("apple")
        await screen.press("slash")
        assert screen.prompt == ""
        await screen.press("q", "n", "f", "slash", "colon")
        assert screen.prompt == "qnf/:"
        await screen.press("escape")
        assert screen.prompt is None
        await screen.searched()  # for apple again
        assert screen.found.startswith("match")
        await screen.press("escape")
        assert screen.found == ""
        assert screen.matches == []
        assert isinstance(screen.app.screen, SessionScreen)
        await screen.press("escape")
        assert isinstance(screen.app.screen, SessionsScreen)


async def test_a_text_without_matches_and_a_wrong_pattern_are_reported(base: Path) -> None:
    path = write_log(base, fruit(), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("n")
        assert screen.found == "nothing is searched for yet: / asks"
        await screen.search("kiwi")
        assert screen.found.startswith("no matches")
        assert screen.output.follow
        await screen.answer("/", "/[a/")
        assert screen.found == "wrong pattern: unterminated character set (at 3)"
        assert screen.prompt == "/[a/"
        await screen.search("/^5.a/")
        assert screen.prompt is None
        assert screen.found.startswith("match 1 of 1 ")
        await screen.answer("/", "")
        assert screen.prompt is None
        assert screen.found.startswith("match 1 of 1 ")


async def test_text_is_found_and_marked_as_it_is_shown(base: Path) -> None:
    path = write_log(base, fruit(), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.search("a pear an")
        assert screen.found.startswith("match 1 of 1 ")
        assert "".join(text for text, is_current in screen.matches if is_current) == "a pear an"


async def test_what_is_chosen_in_the_tree_is_what_is_searched(base: Path) -> None:
    log = fruit().done("a").done("b").tier(0, "a").step("a").says("a", "the last apple")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.search("apple")
        for row, matches in [(1, "21"), (2, "20"), (3, "1"), (4, "1"), (5, "1"), (0, "22")]:
            await screen.choose(row)
            await screen.searched()
            assert screen.found.startswith(f"{matches} match"), screen.rows[row]
            assert screen.output.follow
            await screen.press("n")
            await screen.searched()
            assert screen.found.split("  ")[0].split(" · ")[0].removesuffix(" …").endswith(f"of {matches}")


async def test_lines_that_are_printed_later_are_found_and_nothing_moves(base: Path) -> None:
    path = write_log(base, fruit(), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        screen.output.action_scroll_to_start()
        await screen.search("apple")
        before = screen.output_lines[:-1]
        append(path, Log().says("a", "another apple", "and a nut").data, BEGAN)
        await screen.changed()
        await screen.searched()
        assert screen.found.startswith("match 1 of 22")
        assert screen.output_lines[:-1] == before
        append(path, Log().tier(0, "c").step("c").says("c", "an apple for c").data, BEGAN)
        await screen.changed()
        await screen.searched()
        assert screen.found.startswith("match 1 of 23")
        await screen.choose(1)
        await screen.searched()
        assert screen.found.startswith("22 matches")


async def test_going_to_a_match_opens_the_row_of_a_long_line_that_it_is_on(base: Path) -> None:
    log = Log().start().tier(0, "a").says("a", "word " * 3000 + "needle " + "word " * 3000, "and " * 8000 + "needle")
    path = write_log(base, log.says("a", *["end"] * 50), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        screen.output.action_scroll_to_start()
        await screen.search("needle")
        assert screen.matches == [("needle", True)]
        await screen.press("w")
        assert screen.matches == [("›", True)]
        await screen.press("n")
        await screen.searched()
        assert screen.found.startswith("match 2 of 2")
        assert_fits(screen)


async def test_a_log_that_is_written_anew_is_searched_anew(base: Path) -> None:
    path = write_log(base, fruit(), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.search("apple")
        path.write_bytes(Log().start().tier(0, "x").step("x").says("x", "one apple").data)
        await screen.changed()
        await screen.searched()
        assert screen.found.startswith("1 match ")
        assert screen.matches == [("apple", False)]
        path.write_bytes(b"")
        await screen.changed()
        await screen.searched()
        assert screen.found.startswith("no matches")
        path.unlink()
        await screen.changed()
        await screen.searched()
        await screen.press("n", "N", "escape")


class Held:
    """Holds every search after its first piece until it is let go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, piece: int = 4096) -> None:
        self.go_on = threading.Event()
        self.searches: list[Search] = []
        search_piece = Search._search_piece

        def held(search: Search, *arguments: object) -> bool:
            if search in self.searches and not search.is_over:
                self.go_on.wait(DEADLINE_SECS)
            self.searches.append(search)
            return search_piece(search, *arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(search_module, "_PIECE_BYTES", piece)
        monkeypatch.setattr(Search, "_search_piece", held)


async def at_work(screen: Shown, held: Held) -> None:
    """Wait until the first piece has been searched."""
    await screen.show_changes()
    await screen.wait_until(lambda: bool(held.searches) and held.searches[-1].position > 0)
    await screen.show_changes()


async def test_during_a_search_its_matches_are_displayed_and_keys_answer(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    path = write_log(base, fruit(2000), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        screen.output.action_scroll_to_start()
        await screen.answer("/", "apple")
        await at_work(screen, held)
        assert screen.found.startswith("searching ")
        assert " · match 1 of " in screen.found
        await screen.press("N")
        await screen.show_changes()
        assert " · match 1 of " in screen.found
        await screen.press("tab", "tab", "w", "t", "w", "t")
        held.go_on.set()
        await screen.searched()
        assert screen.found.startswith("match 201 of 201 · from the end")


async def test_who_scrolls_on_is_not_taken_elsewhere(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    path = write_log(base, fruit(2000), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        screen.output.action_scroll_to_start()
        await screen.answer("/", "pear")
        await at_work(screen, held)
        assert "match" not in screen.found.split("pear")[0]  # nothing is known yet
        await screen.press("j")
        before = screen.output_lines
        held.go_on.set()
        await screen.searched()
        assert screen.found.startswith("1 match ")
        assert screen.output_lines == before
        await screen.press("n")
        await screen.searched()
        assert screen.found.startswith("match 1 of 1 ")


@pytest.mark.parametrize("how", ["escape", "another", "leave", "quit"])
async def test_a_search_is_cancelled_at_once(base: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    held = Held(monkeypatch)
    path = write_log(base, fruit(2000), "1", modified=BEGAN)
    async with shown(base, clock=Clock(BEGAN)) as screen:
        await screen.open(path)
        await screen.answer("/", "apple")
        await at_work(screen, held)
        first = held.searches[0]
        match how:
            case "escape":
                await screen.press("escape")
                assert screen.found == ""
                assert screen.matches == []
            case "another":
                await screen.answer("/", "nut")
            case "leave":
                await screen.press("escape", "escape")
            case _:
                screen.app.exit()
                await screen.wait_until(lambda: first.is_over or not screen.app.is_running)
                first.cancel()
        assert first.is_over
        held.go_on.set()


async def test_the_log_is_truncated_while_it_is_searched(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    path = write_log(base, fruit(2000), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.answer("/", "apple")
        await at_work(screen, held)
        path.write_bytes(Log().start().tier(0, "x").step("x").says("x", "one apple").data)
        await screen.changed()
        held.go_on.set()
        await screen.searched()
        assert screen.found.startswith("1 match ")
        assert "one apple" in screen.text


async def test_a_match_that_is_not_indexed_yet_is_waited_for(base: Path) -> None:
    lines = [f"line {number:05} " + "x" * 200 for number in range(15_000)]
    log = Log().start().tier(0, "a").step("a").says("a", *lines[:-3000], "the needle", *lines[-3000:]).done("a").end()
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, clock=Clock(BEGAN)) as screen:
        row = screen.sessions.find(
            next(s.location for s in screen.app.catalog.sessions() if s.location.path == str(path))
        )
        screen.sessions.move_cursor(row or 0)
        await screen.press("enter")
        await screen.wait_until(lambda: isinstance(screen.app.screen, SessionScreen))
        await screen.app.workers.wait_for_complete()
        await screen.show_changes()
        assert "line 14999" in screen.text
        await screen.search("needle")
        assert screen.found.startswith("match 1 of 1 · still reading, ")
        assert screen.output.follow
        assert "line 14999" in screen.text
        await screen.changed()
        await screen.wait_until(lambda: ("needle", True) in screen.matches)
        assert screen.found.startswith("match 1 of 1 ")
        assert not screen.output.follow


HOSTILE_QUERIES = ["[/oops]", "\u202ehidden", "漢", "e\u0301", "👩‍👩‍👧", "x" * 900, "/(a|aa)+$/", "/.*/"]


@pytest.mark.slow
async def test_hostile_queries_over_hostile_lines_fit(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zigtui.reader.search.search._PIECE_TIMEOUT_SECS", 0.05)
    lines = [
        "[/oops] \u202ehidden",
        "漢字 e\u0301e\u0301 👩‍👩‍👧‍👦 👍🏽",
        "a" * 60 + "!",
        "x" * 2000,
        "\x1b[7mreversed\x1b[0m",
    ]
    path = write_log(base, Log().start().tier(0, "a").says("a", *lines * 3), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        for size in [(80, 24), (20, 8)]:
            await screen.resize(*size)
            for asked in HOSTILE_QUERIES:
                await screen.answer("/", asked)
                await screen.searched()
                assert_fits(screen)
                await screen.press("w", "t", "n", "N")
                assert_fits(screen)
                await screen.press("slash")
                assert_fits(screen)
                await screen.press("escape")


async def test_keys_lead_from_the_prompt_to_the_output_and_the_tree(base: Path) -> None:
    path = write_log(base, fruit(), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        assert isinstance(screen.app.focused, StepTree)
        await screen.press("slash", "tab", "shift+tab", "a")
        assert screen.prompt == "a"
        await screen.press("enter")
        assert isinstance(screen.app.focused, OutputView)
        await screen.press("tab")
        assert isinstance(screen.app.focused, StepTree)


async def test_a_search_begins_at_the_line_that_was_clicked_while_it_is_on_the_screen(base: Path) -> None:
    log = Log().start().tier(0, "a").says("a", *(f"line {number}" for number in range(200)))
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("tab", "g")
        await screen.pilot.click(OutputView, offset=(12, 5))
        await screen.search("line")
        assert screen.found.startswith("match 6 of 200")
        await screen.press("escape", "g", "pagedown", "pagedown")
        top = screen.output.top_line
        assert top > 5
        await screen.search("line")
        assert screen.found.startswith(f"match {top + 1} of 200")


async def test_a_search_begins_at_the_line_that_was_gone_to(base: Path) -> None:
    path = write_log(base, fruit(), "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("tab", "g")
        await screen.search("8 nut")
        await screen.search("Apple")
        assert ("Apple", True) in screen.matches
        assert screen.found.startswith("match 2 of 20")


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_a_long_query_does_not_cut_off_the_number_of_the_match(base: Path, size: tuple[int, int]) -> None:
    text = "long " * 40
    log = Log().start().tier(0, "a").says("a", *[text] * 3)
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=size) as screen:
        screen.output.action_scroll_to_start()
        await screen.search(text)
        await screen.press("n")
        await screen.wait_until(lambda: screen.found.startswith("match 2 of 3  long"))


async def test_a_search_that_is_complete_leaves_the_processor_alone(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log().start(3)
    for number, name in enumerate("ab"):
        log.tier(number, name).step(name).says(name, "needle", "hay").done(name)
    path = write_log(base, log, "1", modified=BEGAN)
    runs: list[Search] = []
    run = Search.run

    def counted(search: Search, on_progress: Callable[[], object]) -> None:
        runs.append(search)
        run(search, on_progress)

    monkeypatch.setattr(Search, "run", counted)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        for row in (0, 1, 2, 5):
            await screen.choose(row)
            for ask in ("/", "&"):
                await screen.answer(ask, "needle")
                await screen.searched()
                await screen.filtered()
                before = len(runs)
                for _ in range(3):
                    await screen.show_changes()
                    await screen.filtered()
                assert len(runs) == before, (row, ask)
                await screen.press("escape")
