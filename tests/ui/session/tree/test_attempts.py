"""The attempts of a step in the tree: rows of their own, folded and unfolded, and what choosing one shows."""

from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.listeners import listener
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import Clock, Shown, shown


def retried(attempts: int = 3) -> Log:
    """A step that fails in all attempts but the last, beside one that succeeds at once."""
    log = Log().start().tier(0, "build", "lint").step("build").step("lint")
    for number in range(1, attempts):
        log.says("build", f"line {number}").fails("build", number, exit_code=number)
    return log.says("build", "line last").says("lint", "fine").done("build").done("lint").end()


def written(base: Path, log: Log) -> tuple[Path, Clock]:
    now = BEGAN + log.second
    return write_log(base, log, "1", modified=now), Clock(now)


def words(rows: list[str]) -> list[str]:
    """Rows with a single space between their words, without the bars of a wide tree."""
    return [" ".join(row[:38].split()) for row in rows]


def printed(screen: Shown) -> list[str]:
    """What the output shows, without empty rows and dividers."""
    return [row.strip() for row in screen.output_lines if row.strip() and not row.startswith("──")]


def dividers(screen: Shown) -> list[str]:
    return [row.split(" ", 2)[2].rstrip(" ─") for row in screen.output_lines if row.startswith("──")]


async def test_a_step_with_several_attempts_has_a_row_for_each(base: Path) -> None:
    path, clock = written(base, retried())
    async with shown(base, opened=path, clock=clock, size=(120, 30)) as screen:
        assert words(screen.rows[2:]) == [
            "▾✔ build ↻3 6.0s·1.5s",
            "✘ attempt 1 exit code 1 3.0s",
            "✘ attempt 2 exit code 2 2.0s",
            "✔ attempt 3 3.0s",
            "✔ lint 6.0s·1.5s",
        ]


async def test_an_exit_code_is_whole_or_left_out(base: Path) -> None:
    log = Log().start().tier(0, "build").step("build").fails("build", 1, exit_code=1)
    log.wait(7).fails("build", 2, exit_code=137).wait(8000).fails("build", 3, exit_code=137)
    path, clock = written(base, log)
    async with shown(base, opened=path, clock=clock, size=(80, 24)) as screen:
        assert words(screen.rows[3:6]) == ["✘ attempt 1 1.0s", "✘ attempt 2 7.0s", "✘ attempt 3 2h13m"]
        await screen.press("T")  # with a wider tree
        assert words(screen.rows[3:6]) == ["✘ attempt 1 exit 1 1.0s", "✘ attempt 2 7.0s", "✘ attempt 3 2h13m"]
        await screen.press("T")
        await screen.resize(120, 24)
        assert words(screen.rows[5:6]) == ["✘ attempt 3 exit code 137 2h13m"]


@pytest.mark.parametrize("size", [(120, 30), (80, 24), (60, 20)])
async def test_choosing_an_attempt_shows_only_its_output_and_its_error(base: Path, size: tuple[int, int]) -> None:
    path, clock = written(base, retried())
    async with shown(base, opened=path, clock=clock, size=size) as screen:
        await screen.choose(3)
        assert screen.title.startswith("build · attempt 1 ✘ failed 3.0s")
        lines = "\n".join(printed(screen))
        assert "line 1" in lines
        assert "no luck with 1" in lines
        assert not any(other in lines for other in ("line 2", "line last", "no luck with 2"))
        if size[0] > 80:
            assert [row.split()[1] for row in dividers(screen)] == ["started", "build"]
            assert screen.failure == ["no luck with 1"]
            assert screen.about.endswith("exit code 1")
        await screen.choose(5)
        assert screen.title.startswith("build · attempt 3 ✔ succeeded 3.0s")
        assert printed(screen) == ["line last"]
        assert screen.failure == []


async def test_a_search_stays_within_an_attempt(base: Path) -> None:
    path, clock = written(base, retried())
    async with shown(base, opened=path, clock=clock, size=(120, 30)) as screen:
        await screen.choose(4)
        await screen.search("line")
        assert screen.found.startswith("match 1 of 1 ")
        await screen.press("n")
        assert printed(screen) == ["line 2", "no luck with 2"]


async def test_the_attempt_under_way_grows_and_becomes_a_failed_one(base: Path) -> None:
    log = Log().start().tier(0, "build").step("build").says("build", "one").fails("build").says("build", "two")
    path = write_log(base, log, "1", modified=BEGAN + 5)
    clock = Clock(BEGAN + 8)
    async with shown(base, opened=path, clock=clock, size=(120, 30)) as screen:
        assert words(screen.rows[3:]) == ["✘ attempt 1 2.0s", "↻ attempt 2 4s"]
        await screen.choose(4)
        append(path, Log().says("build", "three").data, BEGAN + 8)
        await screen.changed()
        assert printed(screen) == ["two", "three"]
        append(path, Log().fails("build", 2).says("build", "four").data, BEGAN + 8)
        await screen.changed()
        assert printed(screen) == ["two", "three", "no luck with 2"]
        assert "attempt 3" in screen.rows[5]
        assert screen.tree.cursor == 4


async def test_attempts_fold_and_many_of_them_are_folded_at_first(base: Path) -> None:
    path, clock = written(base, retried(4))
    async with shown(base, opened=path, clock=clock, size=(120, 30)) as screen:
        await screen.press("down", "down", "down", "down")
        assert screen.title.startswith("build · attempt 2")
        await screen.press("left", "space")
        assert words(screen.rows[2:]) == ["▸✔ build ↻4 8.0s·1.5s", "✔ lint 8.0s·1.5s"]
        await screen.press("right", "right")
        assert screen.title.startswith("build · attempt 1")
        await screen.pilot.click(screen.tree, offset=(2, 2))
        assert len(screen.rows) == 4
        assert screen.title.startswith("build ✔ succeeded")
        await screen.press("enter")
        assert screen.app.focused is screen.output
    path.write_bytes(retried(40).data)
    async with shown(base, opened=path, clock=clock, size=(120, 30)) as screen:
        assert len(screen.rows) == 4
        await screen.press("down", "down", "space")
        assert screen.tree.row_count() == 4 + 40


async def test_failures_are_gone_through_from_an_attempt_on(base: Path) -> None:
    log = Log().start(2).tier(0, "a", "b").step("a").step("b").fails("a").fails("b").fails("a", 2).fails("b", 2)
    path, clock = written(base, log.says("a", "x").says("b", "x").done("a").done("b").tier(1, "c").step("c").fails("c"))
    async with shown(base, opened=path, clock=clock, size=(120, 30)) as screen:
        for row, key, expected in [
            (3, "e", "failure 2 of 5"),
            (4, "e", "failure 4 of 5"),
            (4, "E", "failure 2 of 5"),
            (8, "E", "failure 3 of 5"),
            (9, "e", "failure 5 of 5"),
        ]:
            await screen.choose(row)
            assert "attempt" in screen.rows[row]
            await screen.press(key)
            assert expected in screen.lines[3]
            assert "attempt" not in screen.rows[screen.tree.cursor]


async def test_attempts_of_past_passes_have_rows_too(base: Path) -> None:
    log = listener(2)
    log.tier(0, "receive").step("receive").says("receive", "once").fails("receive").says("receive", "twice")
    log.done("receive").tier(1, "answer").step("answer", 1).done("answer")
    for _ in range(30):
        log.tier(0, "receive").step("receive").done("receive").tier(1, "answer").step("answer", 1).done("answer")
    path, clock = written(base, log)
    async with shown(base, opened=path, clock=clock, size=(120, 60)) as screen:
        await screen.press("end", "space", "end", "up", "up", "right", "right", "down", "right")
        assert screen.rows[screen.tree.cursor].strip().startswith("✘ attempt 1")
        assert printed(screen) == ["once", "no luck with 1"]
        await screen.press("down")
        assert printed(screen) == ["twice"]
        await screen.press("left")
        assert screen.title.startswith("receive ✔ succeeded · attempt 2")
