"""The search while it is typed, and what was searched for before."""

from pathlib import Path

from textual.widgets import Input

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import LINES_ONLY, Clock, Shown, shown
from zigtui.state.store import StateStore
from zigtui.ui.widgets.prompt import Prompt


def opened(base: Path) -> Path:
    log = (
        Log()
        .start()
        .tier(0, "a")
        .says("a", *(f"line {number:03} {'even' * (number % 2 == 0)}" for number in range(200)))
    )
    return write_log(base, log, "1", modified=BEGAN)


async def typed(screen: Shown, text: str) -> None:
    """Type a text, and wait until it is searched for."""
    await screen.press(*text)
    await screen.wait_until(lambda: (screen.prompt or "") in screen.found.split())
    await screen.searched()


async def test_the_first_match_is_displayed_while_it_is_typed(base: Path) -> None:
    path = opened(base)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("tab", "g", "slash")
        await typed(screen, "15")
        assert screen.prompt == "15"
        assert ("15", True) in screen.matches
        assert screen.found.startswith("match 1 of 12")
        await typed(screen, "7")
        assert screen.matches == [("157", True)]
        await screen.press("enter")
        await screen.searched()
        assert screen.prompt is None
        assert screen.found.startswith("match 1 of 1")


async def test_escape_displays_what_was_there_before(base: Path) -> None:
    path = opened(base)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.search("even")
        await screen.press("G")
        before = screen.output_lines
        await screen.press("slash")
        await typed(screen, "003")
        assert screen.output_lines != before
        await screen.press("escape")
        await screen.searched()
        assert screen.output_lines == before
        assert screen.output.follow
        assert "even" in screen.found


async def test_escape_resumes_the_earlier_search_also_if_what_was_typed_has_been_deleted(base: Path) -> None:
    path = opened(base)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.search("even")
        await screen.press("slash")
        await typed(screen, "3")
        await screen.press("backspace")
        await screen.wait_until(lambda: not screen.matches)
        await screen.press("escape")
        await screen.searched()
        assert "even" in screen.found
        assert screen.matches


async def test_escape_stays_at_the_end_of_an_output_that_was_chosen_in_the_meantime(base: Path) -> None:
    path = opened(base)
    append(path, Log().tier(1, "b").step("b").says("b", *(f"other {number}" for number in range(100))).data, BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("tab", "g", "slash")
        await typed(screen, "15")
        await screen.choose(4)
        assert "other 99" in screen.output_lines[-1]
        await screen.press("escape")
        await screen.searched()
        assert "other 99" in screen.output_lines[-1]
        assert screen.output.follow


async def test_up_brings_earlier_searches_back_after_a_restart_too(base: Path, tmp_path: Path) -> None:
    path = opened(base)
    for earlier in (["even", "003"], []):
        async with shown(
            base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN), store=StateStore(tmp_path)
        ) as screen:
            for text in earlier:
                await screen.search(text)
            await screen.press("slash", "up")
            assert screen.app.screen.query_one(Prompt).query_one(Input).value == "003"
            await screen.press("up")
            assert screen.prompt == "even"
            await screen.press("escape")
            screen.app.screen.context.store.close(5)  # type: ignore[attr-defined]
