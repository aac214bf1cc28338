"""The keys e and E reach every failure, also one of which nothing is recorded but its consequences."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.listeners import handled, listener
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import NOW, Clock, Shown, shown
from tests.ui.output.test_large_log import half_read


def failure_in_title(screen: Shown) -> str:
    """The words for the displayed failure; empty if none is displayed."""
    found = re.search(r"failure [\d,]+ of [\d,]+.*", screen.title)
    return found[0].strip() if found is not None else ""


def is_in_title(screen: Shown, words: str) -> bool:
    return words in screen.title


def chosen(screen: Shown) -> str:
    """The row under the cursor of the tree."""
    return " ".join(screen.rows[screen.tree.cursor - screen.tree.scroll_offset.y].split())


def some_end_early(passes: int, early: set[int]) -> Log:
    """A listener of two tiers. Each seventh pass fails, and some end after the first tier without a failure."""
    log = Log().start(2)
    for number in range(1, passes + 1):
        if number in early:
            log.tier(0, "receive").step("receive", prompt_preview=f"order {number}").says("receive", f"got {number}")
        else:
            handled(log, number, fails=number % 7 == 0)
    return log


async def test_passes_that_ended_early_are_reached_too_however_old_they_are(base: Path) -> None:
    early = {3, 8, 90, 97}
    log = some_end_early(100, early)
    path, clock = write_log(base, log, modified=BEGAN + log.second), Clock(BEGAN + log.second)
    numbers = sorted({*range(7, 101, 7), *early})
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.press("E", "e")  # round to the first one
        for position, number in enumerate(numbers, 1):
            assert failure_in_title(screen) == f"failure {position} of {len(numbers)}"
            if number in early:
                assert f"Pass {number} ended early order {number}" in chosen(screen)
                assert screen.title.startswith(f"Pass {number} ✘ failed")
                assert screen.about == "ended early: no failure was recorded"
                assert f"got {number}" in "\n".join(screen.output_lines)
            else:
                assert chosen(screen).startswith("✘ answer")
                assert f"answering {number}" in "\n".join(screen.output_lines)
            await screen.press("e")
        for position, number in reversed([*enumerate(numbers, 1)]):
            await screen.press("E")
            assert failure_in_title(screen) == f"failure {position} of {len(numbers)}"
            assert (str(number) in screen.title) == (number in early)


async def test_from_a_row_the_next_failure_is_that_of_its_pass_or_of_a_later_one(base: Path) -> None:
    log = some_end_early(12, {5, 9})  # and pass 7 fails
    path, clock = write_log(base, log, modified=BEGAN + log.second), Clock(BEGAN + log.second)
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        for number, key, position in [(4, "e", 1), (6, "E", 1), (6, "e", 2), (8, "E", 2), (9, "e", 3), (5, "E", 1)]:
            await screen.choose(screen.tree.find(("pass", number)) or 0)
            await screen.press(key)
            assert failure_in_title(screen) == f"failure {position} of 3", (number, key)


def in_a_step() -> Log:
    return Log().start(2).tier(0, "a").step("a").says("a", "x").done("a").tier(1, "b", "c").step("b").says("b", "y")


def between_steps() -> Log:
    return (
        Log().start(3).tier(0, "a").step("a").says("a", "x").done("a").tier(1, "b").step("b").says("b", "y").done("b")
    )


def in_a_tier_without_steps() -> Log:
    return Log().start(2).tier(0, "a").step("a").says("a", "y").done("a").tier(1, "b")


def in_a_retry() -> Log:
    return Log().start(2).tier(0, "b").step("b").fails("b").says("b", "y")


@pytest.mark.parametrize(
    ("make", "row", "count"),
    [
        (in_a_step, "⊗ b", 1),
        (between_steps, "✔ Tier 2", 1),
        (in_a_tier_without_steps, "– Tier 2", 1),
        (in_a_retry, "▾⊗ b", 2),
    ],
)
@pytest.mark.parametrize("is_killed", [True, False])
async def test_a_session_that_failed_without_a_failed_step_has_its_end(
    base: Path, make: Callable[[], Log], row: str, count: int, is_killed: bool
) -> None:
    log = make() if is_killed else make().end("failure")
    path = write_log(base, log, "1", modified=BEGAN + 10)
    async with shown(base, opened=path, clock=Clock(NOW), size=(120, 40)) as screen:
        await screen.press("E")
        assert failure_in_title(screen) == f"failure {count} of {count}"
        assert chosen(screen).startswith(row)
        assert "▶─" in screen.text
        if row != "– Tier 2":
            assert "y" in "\n".join(screen.output_lines)


async def test_an_end_that_a_failed_step_explains_is_no_failure_of_its_own(base: Path) -> None:
    log = Log().start().tier(0, "a", "b").step("a").step("b").fails("a").end("failure")
    path = write_log(base, log, "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        assert failure_in_title(screen) == "failure 1 of 1"
        assert chosen(screen).startswith("✘ a")


@pytest.mark.parametrize("end", ["", "success"])
async def test_a_listener_that_waits_or_succeeded_has_no_failure_at_its_end(base: Path, end: str) -> None:
    log = listener(3, failing=99)
    path = write_log(base, log.end(end) if end else log, modified=BEGAN + log.second)
    async with shown(base, opened=path, clock=Clock(BEGAN + log.second + (900 if not end else 0))) as screen:
        await screen.press("e")
        assert screen.found == "no failure"


@pytest.mark.parametrize("key", ["e", "E"])
async def test_in_a_live_session_the_newest_failure_is_the_first_to_go_to(base: Path, key: str) -> None:
    log = Log().start(2).tier(0, "a").step("a").fails("a", 1).says("a", "again").fails("a", 2).says("a", "on it")
    path = write_log(base, log, "1", modified=BEGAN + 8)
    async with shown(base, opened=path, clock=Clock(BEGAN + 9)) as screen:
        await screen.press(key)
        assert failure_in_title(screen) == "failure 2 of 2"
        await screen.press("E")
        assert failure_in_title(screen) == "failure 1 of 2"
        append(path, Log().fails("a", 3).data, BEGAN + 9)
        await screen.changed()
        assert failure_in_title(screen) == "failure 1 of 3"
        await screen.choose(0)
        await screen.press(key)
        assert failure_in_title(screen) == "failure 3 of 3"


async def test_the_note_that_nothing_failed_so_far_is_brought_up_to_date(base: Path) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *(f"line {number:05}" for number in range(15_000)))
    path = write_log(base, log.done("a").end(), "1", modified=NOW)
    async with shown(base) as screen:
        await half_read(screen, path)
        await screen.press("F")
        assert screen.found.endswith("% that are read")
        await screen.changed()
        assert screen.found == "no failure"


async def test_while_the_log_is_being_read_the_failures_are_those_so_far(base: Path) -> None:
    log = Log().start().tier(0, "a").step("a").fails("a", 1)
    log.says("a", *(f"line {number:05}" for number in range(15_000))).fails("a", 2).says("a", "x").done("a").end()
    path = write_log(base, log, "1", modified=NOW)
    async with shown(base) as screen:
        await half_read(screen, path)
        await screen.press("e")
        assert failure_in_title(screen) == "failure 1 of 1 so far"
        await screen.changed()
        assert failure_in_title(screen) == "failure 1 of 2"


async def test_the_title_tells_which_failures_a_tree_with_failed_rows_only_lacks(base: Path) -> None:
    log = Log().start(2).tier(0, "a").step("a").fails("a", 1).says("a", "again").done("a")
    log.tier(1, "b").step("b").fails("b", 1).says("b", "again").fails("b", 2).end("failure")
    path = write_log(base, log, "1", modified=BEGAN + log.second)
    async with shown(base, opened=path, clock=Clock(BEGAN + log.second), size=(120, 30)) as screen:
        for number, note in ((1, "retried · "), (2, "retried · "), (3, "")):
            await screen.press("e")
            assert screen.title.endswith(f"{note}failure {number} of 3")
            assert ("retried" in screen.title) == bool(note)


@pytest.mark.parametrize("passes", [3, 200])
async def test_the_title_tells_which_failures_did_not_fail_their_pass(base: Path, passes: int) -> None:
    log = Log().start(2).tier(0, "receive").step("receive").fails("receive")
    log.tier(1, "answer").step("answer").fails("answer").says("answer", "again").done("answer")
    for number in range(passes):
        handled(log, number)
    handled(log, passes, fails=True)
    path = write_log(base, log.end(), "1", modified=BEGAN + log.second)
    async with shown(base, opened=path, clock=Clock(BEGAN + log.second), size=(120, 30)) as screen:
        for number, note in ((1, "tolerated · "), (2, "retried · "), (3, "")):
            await screen.press("e")
            await screen.wait_until(partial(is_in_title, screen, f"failure {number} of 3"))
            assert screen.title.endswith(f"{note}failure {number} of 3")
            assert ("retried" in screen.title or "tolerated" in screen.title) == bool(note)
