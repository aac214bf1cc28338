"""Passes of a listener that are only counted are as if all of their events had been folded."""

from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.damage import log_on_disk
from tests.support.examples import examples
from tests.support.folded import everything, folded
from tests.support.logs import Log, append, log_at, log_file, read_log
from zigtui.reader.session.folding.runs import Runs
from zigtui.reader.session.folding.usual_passes import UsualPass
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.usage import Usage

PASSES = st.sampled_from(
    [
        *("usual", "skips", "races", "retries", "fails", "ends early", "loops", "says late", "grows", "first tier"),
        *("tolerates", "fails at once", "starts again", "mixes", "goes back", "announces nothing"),
        *("leaves d open", "d says late", "d fails late", "d ends late", "d skips late", "d starts late"),
    ]
)


LATE: dict[str, Callable[[Log, int], Log]] = {
    "d says late": lambda log, number: log.says("d", "tokens: 10 in / 2 out, cost=$0.01"),
    "d fails late": lambda log, number: log.fails("d", number),
    "d ends late": lambda log, number: log.done("d"),
    "d skips late": lambda log, number: log.skips("d"),
    "d starts late": lambda log, number: log.step("d", 1),
}


def add_pass(log: Log, kind: str, number: int) -> None:
    """A pass of two tiers, the first one with two steps side by side."""
    log.tier(0, "a", "b").step("a", prompt_preview=f"event {number}")
    if kind == "fails at once":
        log.fails("a", 1 + number % 3)
        return
    log.step("b")
    log.says("b", "tokens: 10 in / 2 out, cost=$0.01", stream="stderr").beat(7).says("a", "\N{SNOWMAN}")
    if kind == "mixes":
        for line in range(number % 7):
            log.says("ab"[(number >> line) % 2], f"{line}")
    if kind == "fails":
        log.fails("a").done("b")
        return
    if kind in ("retries", "tolerates"):
        log.fails("b", 1 + number % 4).says("b", "again")
    if kind == "starts again":
        log.fails("a").step("a").says("a", "anew").fails("a", 2).step("a")
    log.done("a")
    if kind == "tolerates":
        log.fails("b", 5)
    elif kind != "races":
        log.done("b")
    if kind in ("ends early", "first tier"):
        return
    if kind == "announces nothing":
        log.tier(1).step("c", 1).done("c")
        return
    log.tier(1, "c", *(["d"] if kind in ("grows", "leaves d open") else []))
    if kind == "leaves d open":
        log.step("d", 1)
    if kind == "skips":
        log.skips("c")
    else:
        log.step("c", 1).says("c", f"{number}").done("c")
    if kind == "goes back":
        log.tier(1, "a", "b").step("a").done("a").skips("b")
    if kind == "loops":
        log.tier(0, "b").step("b").done("b")
    if kind == "says late":
        log.says("a", "late")
    if kind in LATE:
        LATE[kind](log, 1 + number % 3)


@examples(40)
@given(
    st.lists(st.tuples(PASSES, st.sampled_from([1, 1, 2, 5, 12, 60])), min_size=1, max_size=16),
    st.integers(1, 3),
    st.lists(st.integers(0, 300_000), max_size=4),
)
def test_passes_that_are_only_counted_are_as_if_they_had_been_folded(
    kinds: list[tuple[str, int]], tier_count: int, cuts: list[int]
) -> None:
    log = Log().start(tier_count)
    number = 0
    while number < 300:
        for kind, times in kinds:
            for _ in range(times):
                add_pass(log, kind, number)
                number += 1
    log.tier(0, "a", "b").says("d", "late").fails("c", 3).says("b", "late")
    with log_on_disk(log.data) as path:
        assert read_in_pieces(log.data, cuts) == folded(path, at_once=False)


def read_in_pieces(data: bytes, cuts: list[int]) -> object:
    """What a log folds to that grows in pieces, which end at these positions."""
    with log_on_disk() as path:
        log = log_at(path)
        start = 0
        for end in [*sorted(cuts), len(data)]:
            append(path, data[start:end])
            start = max(start, end)
            log.read_all()
        return everything(log)


def counted_passes(path: Path) -> list[UsualPass]:
    """The passes of a log that are only counted."""
    counted: list[UsualPass] = []

    def pass_over(runs: Runs, passes: Sequence[UsualPass], usages: Sequence[Usage], line: int) -> None:
        counted.extend(passes)
        original(runs, passes, usages, line)

    original = Runs.pass_over
    with patch.object(Runs, "pass_over", pass_over):
        log_at(path).read_all()
    return counted


def test_most_passes_of_a_listener_are_only_counted(tmp_path: Path) -> None:
    log = Log().start(2)
    for number in range(1000):
        add_pass(log, ("fails", "retries", "races", "mixes", "skips", "loops", "usual")[number % 7], number)
    assert len(counted_passes(log_file(tmp_path, log.data))) > 900


def test_a_shape_that_is_rare_at_first_is_only_counted_once_it_is_usual(tmp_path: Path) -> None:
    log = Log().start(2)
    for number in range(1000):
        log.tier(0, "a").step("a").fails("a", min(number, 100)).says("a", "again").done("a")
        log.tier(1, "b").step("b").done("b")
    assert len(counted_passes(log_file(tmp_path, log.data))) > 500


def simple_pass(log: Log, *further: str) -> Log:
    """A pass of two tiers, with further steps beside that of the second one, which are under way when it is over."""
    log.tier(0, "a").step("a").done("a").tier(1, "b", *further)
    for name in ("b", *further):
        log.step(name, 1)
    return log.done("b")


def simple_passes(log: Log, count: int) -> Log:
    """So many passes without anything unusual."""
    for _ in range(count):
        simple_pass(log)
    return log


@pytest.mark.parametrize("kind", LATE)
@pytest.mark.parametrize("between", [0, 3, 8, 12, 25])
def test_a_late_event_changes_a_pass_that_is_kept_however_the_log_is_cut(kind: str, between: int) -> None:
    log = simple_pass(simple_passes(Log().start(2), 138), "d")
    cut = len(log.data)
    log = simple_passes(log, between).tier(0, "a").step("a")
    LATE[kind](log, 2).done("a").tier(1, "b").step("b", 1).done("b")
    simple_passes(log, 150)
    with log_on_disk(log.data) as path:
        line_by_line = folded(path, at_once=False)
        assert folded(path, at_once=True) == line_by_line
    assert read_in_pieces(log.data, [cut]) == line_by_line


def passes_of(path: Path) -> list[PassRun]:
    """All passes of a log that is read at once, the first one first."""
    session = read_log(path).snapshot().session
    return [*session.past, *session.recent]


def test_a_failure_some_passes_later_is_that_of_the_pass_with_the_step(tmp_path: Path) -> None:
    log = Log().start(2)
    for number in range(400):
        simple_pass(log, *(["d"] if number in (30, 130, 230) else []))
        if number in (34, 134, 234):
            log.fails("d", 2)
    passes = passes_of(log_file(tmp_path, log.data))
    assert [run.number - 1 for run in passes if run.failed_attempts] == [30, 130, 230]


def test_an_event_of_a_step_of_an_earlier_pass_adds_no_step(tmp_path: Path) -> None:
    log = simple_pass(Log().start(2), "d")
    for number in range(400):
        log.tier(0, "a").step("a").says("d", f"late {number}").done("a").tier(1, "b").step("b", 1).done("b")
    path = log_file(tmp_path, log.data)
    assert folded(path, at_once=True) == folded(path, at_once=False)
    assert [run.step_count for run in passes_of(path)] == [3] + [2] * 400


@pytest.mark.parametrize("tries", [(2, 3, 2), (3, 2, 2), (2, 2, 2)])
def test_the_step_with_the_most_attempts_is_found_among_the_counted_passes(
    tmp_path: Path, tries: tuple[int, int, int]
) -> None:
    log = simple_passes(Log().start(2), 60)
    for name, attempts in zip("aba", tries, strict=True):
        for _ in range(40):
            for index, step in enumerate("ab"):
                log.tier(index, step).step(step, index)
                for attempt in range(1, attempts if step == name else 1):
                    log.fails(step, attempt).says(step, "again")
                log.done(step)
    path = log_file(tmp_path, simple_passes(log, 60).data)
    most = "aba"[tries.index(max(tries))], max(tries)
    assert most in [usual.shape.retried for usual in counted_passes(path)]
    assert read_log(path).snapshot().session.retried == most


def test_the_start_of_a_session_may_come_late(tmp_path: Path) -> None:
    log = simple_passes(Log(), 200).start(3)
    path = log_file(tmp_path, simple_passes(log, 200).data)
    assert folded(path, at_once=True) == folded(path, at_once=False)
    assert [run.ended_early for run in passes_of(path)] == [False] * 199 + [True] * 200 + [False]
