"""The tree of a listener: its passes, folded and unfolded, filtered, and what choosing one of them shows."""

import threading
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.listeners import handled, listener
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import LINES_ONLY, Clock, Shown, shown
from tests.support.waiting import DEADLINE_SECS
from zigtui.reader.session.past_pages import PastPages


def written(base: Path, log: Log) -> tuple[Path, Clock]:
    """A listener that lives: its log, and a clock that shows the time of the last event."""
    now = BEGAN + log.second
    return write_log(base, log, modified=now), Clock(now)


def row_of(screen: Shown, text: str) -> int:
    """The number of the only row on the screen with a text."""
    (number,) = [number for number, row in enumerate(screen.rows) if text in row]
    return number + screen.tree.scroll_offset.y


def words(rows: list[str]) -> list[str]:
    """Rows with a single space between their words, without the bars of a wide tree."""
    return [" ".join(row[:38].split()) for row in rows]


async def test_old_passes_are_folded_until_a_key_unfolds_them(base: Path) -> None:
    path, clock = written(base, listener(100))
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        assert words(screen.rows[:6]) == [
            "≡ All output 200",
            "▾✔ Pass 100 order 100 7.0s",
            "✔ Tier 1 3.0s",
            "✔ receive 1.5s",
            "✔ Tier 2 3.0s",
            "✔ answer 1.5s",
        ]
        assert screen.rows[-1] == "▸ 90 earlier passes · 12 failed"
        await screen.press("end", "space")
        assert screen.tree.row_count() == 6 + 9 + 1 + 90
        assert "▾ 90 earlier passes · 12 failed" in screen.rows
        await screen.press("end", "up", "right")
        assert words(screen.rows[-5:]) == [
            "▾✔ Pass 2 order 2 7.0s",
            "✔ Tier 1 3.0s",
            "✔ receive 1.5s",
            "✔ Tier 2 3.0s",
            "✔ answer 1.5s",
        ]
        await screen.press("right", "right", "left", "left", "left")
        await screen.press("down")
        await screen.press("left")
        assert screen.tree.row_count() == 6 + 9 + 1 + 90
        assert screen.rows[screen.tree.cursor - screen.tree.scroll_offset.y] == "▾ 90 earlier passes · 12 failed"
        await screen.press("enter")
        assert screen.rows[-1] == "▸ 90 earlier passes · 12 failed"


async def test_the_sign_of_a_fold_can_be_clicked(base: Path) -> None:
    path, clock = written(base, listener(100))
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.pilot.click(screen.tree, offset=(0, 1))
        await screen.pilot.pause()
        assert words(screen.rows[1:3]) == ["▸✔ Pass 100 order 100 7.0s", "▸✔ Pass 99 order 99 7.0s"]


async def test_failures_among_old_passes_are_never_hidden(base: Path) -> None:
    path, clock = written(base, listener(5000))
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        for size in [(120, 40), (80, 24), (60, 20), (40, 10)]:
            await screen.resize(*size)
            await screen.press("end")
            assert "4,990 earlier" in screen.rows[-1], size
            assert "· 712 failed" in screen.rows[-1], size


async def test_choosing_a_pass_shows_its_output(base: Path) -> None:
    path, clock = written(base, listener(100))
    async with shown(base, settings=LINES_ONLY, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.choose(row_of(screen, "Pass 98 "))
        assert screen.title.startswith("Pass 98 ✘ failed 7.0s · 2 steps · 2 lines")
        assert screen.about == "1 failed attempt"
        assert [text.strip() for _, text in screen.reported if text.strip()][:2] == ["received 98", "answering 98"]
        await screen.press("end", "space", "end")
        assert screen.title.startswith("Pass 1 ✔ succeeded 7.0s")
        assert [text.strip() for _, text in screen.reported if text.strip()] == ["received 1", "answering 1"]
        await screen.press("right", "right", "down", "down", "down")
        assert screen.title.startswith("answer ✔ succeeded · 1 line")
        assert "answering 1" in screen.output_lines[0]
        await screen.press("up")
        assert screen.title.startswith("Tier 2 ✔ succeeded")
        assert "answering 1" in screen.output_lines[0]
        await screen.press("right")
        assert screen.title.startswith("Tier 2")


@pytest.mark.parametrize("text", ["Pass 30 ", "answer ", "Pass 27 ", "Pass 21 ", "earlier"])
async def test_the_row_under_the_cursor_stays_where_it_is_when_passes_begin(base: Path, text: str) -> None:
    log = listener(30)
    path, clock = written(base, log)
    async with shown(base, opened=path, clock=clock, size=(120, 20)) as screen:
        await screen.choose(row_of(screen, text))
        line, title = screen.tree.cursor - screen.tree.scroll_offset.y, screen.title
        row = screen.rows[line].split()[:-1]
        for number in range(12):
            append(path, _another(log, number))
            await screen.changed()
        assert screen.tree.cursor - screen.tree.scroll_offset.y == line
        if text == "earlier":
            assert screen.rows[line] == "▸ 32 earlier passes · 4 failed"
        else:
            assert screen.rows[line].split()[:-1] == row
            assert screen.title == title


def _another(log: Log, number: int) -> bytes:
    """The bytes of another pass."""
    before = len(log.lines)
    handled(log.wait(600), number)
    return b"".join(line + b"\n" for line in log.lines[before:])


async def test_the_newest_pass_stays_in_sight_while_all_output_is_followed(base: Path) -> None:
    log = listener(30)
    path, clock = written(base, log)
    async with shown(base, opened=path, clock=clock, size=(120, 20)) as screen:
        for number in range(5):
            append(path, _another(log, number))
            await screen.changed()
            assert screen.rows[0].startswith(" ≡ All output")
            assert screen.rows[1].startswith(f"▾✔ Pass {31 + number}")


async def test_only_failed_passes_and_steps_are_shown_until_escape(base: Path) -> None:
    path, clock = written(base, listener(100))
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.press("F")
        assert "failed only" in screen.lines[0]
        assert [row[2:].split(" order")[0] for row in screen.rows[1:]] == [f" Pass {n}" for n in range(98, 0, -7)]
        await screen.press("down", "space")
        assert [row.split()[1] for row in screen.rows[1:4]] == ["Pass", "Tier", "answer"]
        await screen.press("escape")
        assert "failed only" not in screen.lines[0]
        assert len(screen.rows) == 20
        assert screen.rows[screen.tree.cursor].startswith("▾✘ Pass 98")
        await screen.press("F", "F")
        assert "failed only" not in screen.lines[0]


@pytest.mark.parametrize(
    ("log", "note"),
    [
        (
            Log().start(1).tier(0, "a").step("a").fails("a").done("a").end(),
            "nothing failed for good: e goes to 1 failure",
        ),
        (Log().start(1).tier(0, "a").step("a").done("a").end(), "no failure"),
    ],
    ids=["retried", "none"],
)
async def test_a_tree_without_anything_that_failed_says_so(base: Path, log: Log, note: str) -> None:
    path, clock = written(base, log)
    async with shown(base, opened=path, clock=clock) as screen:
        for key in ("F", "escape"):
            await screen.press("F")
            assert len(screen.rows) == 1
            assert "failed only: none" in screen.lines[0]
            assert note in screen.found
            await screen.press(key)
            assert "failed only" not in screen.lines[0]
            assert screen.found == ""


async def test_the_note_that_nothing_failed_goes_once_something_does(base: Path) -> None:
    path, clock = written(base, Log().start(1).tier(0, "a").step("a"))
    async with shown(base, opened=path, clock=clock) as screen:
        await screen.press("F")
        assert screen.found == "no failure"
        append(path, Log().wait(9).fails("a").end("failure").data)
        await screen.changed()
        assert "failed only: none" not in screen.lines[0]
        assert "failed only" in screen.lines[0]
        assert screen.found == ""


async def test_failed_steps_of_a_plain_session_can_be_filtered(base: Path) -> None:
    log = Log().start(2).tier(0, "a", "b").step("a").fails("a").says("a", "x").done("a").step("b").done("b")
    path, clock = written(base, log.tier(1, "c", "d").step("c").fails("c").step("d").done("d").end("failure"))
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.press("F")
        assert [row.split()[1] for row in screen.rows] == ["All", "Tier", "c"]
        await screen.press("escape")
        names = [row.split()[1] for row in screen.rows]
        assert names == ["All", "Tier", "a", "attempt", "attempt", "b", "Tier", "c", "d"]


async def test_all_failures_are_gone_through_those_of_old_passes_too(base: Path) -> None:
    path, clock = written(base, listener(100))
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        failed = list(range(7, 100, 7))
        for number in [failed[-1], *failed, failed[0]]:
            await screen.press("e")
            assert screen.title.startswith("answer ✘ failed")
            assert f"answering {number}" in "\n".join(screen.output_lines)
            at = screen.tree.cursor - screen.tree.scroll_offset.y
            assert screen.rows[at].strip().startswith("✘ answer")
        await screen.press("E")
        assert f"answering {failed[-1]}" in "\n".join(screen.output_lines)


async def test_a_failure_that_is_filtered_out_shows_all_rows_again(base: Path) -> None:
    log = listener(20)
    log.tier(0, "receive").step("receive").fails("receive").says("receive", "again").done("receive")
    path, clock = written(base, log.tier(1, "answer").step("answer", 1).done("answer"))
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.press("F", "e")
        assert screen.title.startswith("receive ✔ succeeded")
        assert "retried · failure 3 of 3" in screen.title
        assert "failed only" not in screen.lines[0]
        assert screen.rows[screen.tree.cursor].strip().startswith("▾✔ receive ↻2")


async def test_a_disk_that_is_slow_holds_up_no_row(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, clock = written(base, listener(100))
    answers = threading.Event()
    read = PastPages.preview

    def late(pages: PastPages, *arguments: object) -> str:
        answers.wait(DEADLINE_SECS)
        return read(pages, *arguments)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(PastPages, "preview", late)
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.press("end", "space", "end")
        assert screen.rows[-1].startswith("▸✔ Pass 1 ")
        assert "order" not in screen.rows[-1]
        answers.set()
        await screen.wait_until(lambda: "Pass 1 order 1" in screen.rows[-1])


async def test_a_log_that_is_replaced_has_its_own_passes(base: Path) -> None:
    path, clock = written(base, listener(100))
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.press("end", "space", "end", "right")
        path.write_bytes(listener(40, failing=3).data)
        await screen.changed()
        assert screen.rows[-1] == "▸ 30 earlier passes · 10 failed"
        path.write_bytes(Log().start().tier(0, "only").step("only").data)
        await screen.changed()
        assert [row.split()[1] for row in screen.rows] == ["All", "Tier", "only"]


@pytest.mark.parametrize("number", [90, 85, None])
async def test_the_row_of_earlier_passes_stays_where_it_is_while_new_passes_begin(
    base: Path, number: int | None
) -> None:
    log = listener(100)
    path, clock = written(base, log)
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.press("end", "space")
        if number is not None:
            await screen.choose(screen.tree.find(("pass", number)) or 0)
        for new in range(101, 104):
            before = screen.rows[screen.tree.cursor - screen.tree.scroll_offset.y - 2 :]
            at = screen.tree.cursor - screen.tree.scroll_offset.y
            events = len(log.lines)
            handled(log.wait(600), new)
            for line in log.lines[events:]:
                append(path, line + b"\n", BEGAN + log.second)
                clock.now = BEGAN + log.second
                await screen.changed()
                assert screen.tree.cursor - screen.tree.scroll_offset.y == at
                assert screen.rows[at - 2 :] == before
        await screen.choose(0)
        await screen.changed()
        assert "▾ 93 earlier passes · 13 failed" in screen.rows
