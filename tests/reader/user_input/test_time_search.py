"""Jumps to times in logs whose times are not ascending: clocks set back, wrong stamps, none at all."""

import math
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.support.cases import each_case
from tests.support.jumps import landing
from tests.support.logs import BEGAN, Log, at, log_file, read_log
from zigtui.reader.lines.decode import Output
from zigtui.reader.lines.line_source import LineSpan, TimedLines
from zigtui.reader.lines.output_index import Block, OutputLines, OutputRange
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.times import seconds
from zigtui.reader.user_input.jump_target import Jump, JumpTargetError, jump_steps

COUNT = 600  # lines, ten seconds apart from 12:00:00 on: 100 minutes, and several blocks
LONG = "a line of some length " * 20  # long enough for many of them to be read as a batch
ZONES = ["UTC", "XYZ-2", "XYZ+9:30"]
WRONG = [
    "2099-01-01T00:00:00+00:00",
    "2099-12-31T23:59:59+00:00",
    "1970-01-01T00:00:00+00:00",
    "0001-01-01T00:00:00+00:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999999+00:00",
    "9999-12-31T23:59:59-14:00",
    at(5 * 3600),
    at(-5 * 3600),
    at(-24 * 3600),
    None,
    "soon",
    "",
    5,
]


@pytest.fixture(autouse=True)
def local_zone(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Local time is two hours ahead of UTC, unless a test names another zone."""
    monkeypatch.setenv("TZ", getattr(request, "param", "XYZ-2"))
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


class Stamped:
    """Lines with these times, in blocks of 100. Counts how often a line is read."""

    def __init__(self, times: list[object]) -> None:
        self._lines = [Output("a", False, "text", ts if isinstance(ts, str) else None) for ts in times]
        self.read = 0

    def __len__(self) -> int:
        return len(self._lines)

    def line(self, number: int) -> Output | None:
        self.read += 1
        return self._lines[number]

    def spans(self) -> Iterator[LineSpan]:
        for first in range(0, len(self), 100):
            block = self._lines[first : first + 100]
            known = [second for line in block if (second := seconds(line.time)) is not None]
            yield first, len(block), min(known, default=math.inf), max(known, default=-math.inf)


def local(second: float) -> str:
    """A time of day as a user types it, in seconds after the start."""
    return time.strftime("%H:%M:%S", time.localtime(BEGAN + second))


def stamps() -> list[object]:
    return [at(10 * number) for number in range(COUNT)]


def log_with(directory: Path, times: list[object], *, text: str = LONG) -> SessionLog:
    log = Log().start().tier(0, "a", "b")
    for number, ts in enumerate(times):
        log.event("step_output", ts=ts, step_name="ab"[number % 2], stream="stdout", line=f"{number} {text}")
    return read_log(log_file(directory, log.end().data))


def counted(log: SessionLog) -> tuple[list[object], OutputLines]:
    """The output of a log, and a list that grows with each block that is read."""
    reads: list[object] = []

    def run(read: Callable[[], Block]) -> Block:
        reads.append(read)
        return read()

    return reads, log.output(run_read=run)


def jump(source: SessionLog | TimedLines, target: str) -> Jump:
    lines = source.output() if isinstance(source, SessionLog) else source
    found = landing(jump_steps(target, lines, started=BEGAN, ended=BEGAN + 10 * COUNT))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("local_zone", "wrong", "index"),
    [
        (ZONES[(number + index) % len(ZONES)], wrong, index)
        for number, wrong in enumerate(WRONG)
        for index in (0, 1, 299, 300, COUNT - 2, COUNT - 1)
    ],
    indirect=["local_zone"],
)
def test_one_wrong_stamp_anywhere_hides_no_line(wrong: object, index: int) -> None:
    times = stamps()
    times[index] = wrong
    log = Stamped(times)
    for number in {1, 7, 298, 300, 301, 302, COUNT - 3} - {index}:
        assert jump(log, local(10 * number)).line == number
    for number in {1, 7, 298, 300, 302, COUNT - 3} - {index, index + 1}:
        for target in (local(10 * number), local(10 * number - 9), f"+{10 * number}s", f"-{10 * (COUNT - number)}s"):
            assert jump(log, target).line == number, target
        assert jump(log, time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(BEGAN + 10 * number))).line == number
    minute = local(1200)[:5]  # 12:20 in UTC, the same seconds everywhere
    assert jump(log, minute).line == 120


@pytest.mark.parametrize("text", [LONG, ""], ids=["batches", "line by line"])
def test_of_several_lines_that_fit_the_first_is_chosen_and_all_are_named(tmp_path: Path, text: str) -> None:
    times = stamps()
    times[400:] = [at(10 * number) for number in range(100, COUNT - 300)]  # the clock was set back by 50 minutes
    log = log_with(tmp_path, times, text=text)
    assert jump(log, local(2500)) == Jump(250, (250, 550))
    assert jump(log, local(2500)[:5]) == Jump(246, (246, 546))
    assert jump(log, "+2500s") == Jump(250, (250, 550))
    assert jump(log, local(500)) == Jump(50)
    assert jump(log, local(3500)) == Jump(350)
    step = log.output(log.snapshot().session.steps[0])
    assert jump(step, local(2500)) == Jump(125, (125, 275))
    part = OutputRange(log.output(), 390, lambda: None)
    assert jump(part, local(2500)) == Jump(160)
    with pytest.raises(JumpTargetError, match="nothing was printed at"):
        jump(log, local(4001))


def test_a_short_leap_of_the_clock_is_found(tmp_path: Path) -> None:
    times = stamps()
    times[300:330] = [at(36_000 + 10 * number) for number in range(30)]
    log = log_with(tmp_path, times)
    assert jump(log, local(36_100)) == Jump(310)
    assert jump(log, local(3100)) == Jump(300)  # between lines 299 and 300
    assert jump(log, local(2990)) == Jump(299)
    with pytest.raises(JumpTargetError):
        jump(log, "+37000s")


def test_a_clock_that_is_set_back_into_a_minute_meets_it_again(tmp_path: Path) -> None:
    times = stamps()
    times[400:] = [at(2535 + number) for number in range(COUNT - 400)]
    log = log_with(tmp_path, times)
    assert jump(log, local(2520)[:5]) == Jump(252, (252, 400))
    assert jump(log, "2026-03-01 " + local(2535)) == Jump(254, (254, 400))


def test_the_first_line_that_passed_a_time_comes_before_one_printed_at_it() -> None:
    times = stamps()
    times[400:] = [at(2530 + number) for number in range(COUNT - 400)]  # set back by 24 minutes
    assert jump(Stamped(times), local(2535)) == Jump(254, (254, 405))
    assert jump(Stamped(times), "2026-03-01 " + local(2535)) == Jump(254, (254, 405))


def test_a_clock_that_is_set_back_after_one_line_leaves_that_line_to_go_to() -> None:
    times: list[object] = [at(second) for second in (0, 60, 1260, 360, 780, 900)]  # set back by 15 minutes
    assert jump(Stamped(times), local(780)) == Jump(2, (2, 4))
    times[2] = at(5000)  # too far ahead for a clock that was set back
    assert jump(Stamped(times), local(780)) == Jump(4)


def test_the_line_that_was_printed_then_comes_before_one_with_a_wrong_time(tmp_path: Path) -> None:
    times = stamps()
    times[100] = at(80_000)
    log = log_with(tmp_path, times)
    assert jump(log, local(2000)) == Jump(200)  # line 100 only seems to be later
    assert jump(log, local(79_999)) == Jump(100)


@pytest.mark.parametrize("hours", [-11, -2, 3, 14])
def test_offsets_from_utc_may_differ(tmp_path: Path, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    times: list[object] = [
        (datetime.fromtimestamp(BEGAN + 10 * number, zone).isoformat() if number % 3 else at(10 * number))
        for number in range(COUNT)
    ]
    log = log_with(tmp_path, times)
    assert log.snapshot().problems == ()
    for number in (1, 2, 3, 299, COUNT - 1):
        assert jump(log, local(10 * number)) == Jump(number)


def test_lines_without_a_time_are_passed_over_however_many_there_are(tmp_path: Path) -> None:
    times = stamps()
    times[10:590] = [None] * 580
    log = log_with(tmp_path, times)
    assert jump(log, local(50)) == Jump(5)
    assert jump(log, local(3000)) == Jump(590)
    assert jump(log, local(5950)) == Jump(595)
    with pytest.raises(JumpTargetError, match="no line has a recorded time"):
        jump(log_with(tmp_path, [None] * 300), local(0))


def test_a_time_of_day_comes_again_each_day(tmp_path: Path) -> None:
    log = log_with(tmp_path, [at(3600 * number) for number in range(60)])
    assert jump(log, local(5 * 3600)) == Jump(5, (5, 29, 53))
    assert jump(log, local(5 * 3600 - 60)) == Jump(5, (5, 29, 53))


def test_a_wrong_start_or_end_of_the_session_does_not_mislead(tmp_path: Path) -> None:
    lines = log_with(tmp_path, stamps()).output()
    end = BEGAN + 10 * COUNT
    for wrong in (-6e10, 0.0, 4e9, 2.5e11):
        for target, started, ended in (("+100s", wrong, end), ("-5890s", BEGAN, wrong)):
            assert landing(jump_steps(target, lines, started=started, ended=ended)) == Jump(10)


@each_case("seed", range(4))
def test_every_line_that_fits_is_found(seed: int) -> None:
    """Compare with a search of all lines."""
    times: list[float] = []
    second = 0.0
    for number in range(COUNT):
        second += 10 if number % (37 + seed) else -200 * (seed + 1)
        times.append(second)
    log = Stamped([at(second) for second in times])
    for moment in range(-503, 3000, 170):  # no line was printed at any of them
        expected = [n for n in range(1, COUNT) if times[n - 1] < moment <= times[n]]
        target = f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(BEGAN + moment))}"
        if expected:
            found = jump(log, target)
            assert found.fits == (tuple(expected) if len(expected) > 1 else ())
            assert found.line in expected


def test_hardly_anything_is_read_for_a_jump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = log_with(tmp_path, [at(number) for number in range(5000)])
    reads, lines = counted(log)
    for number in (1, 2500, 4999):
        assert jump(lines, local(number)) == Jump(number)
    assert len(reads) <= 7


@pytest.mark.parametrize("wrong", ["2099-01-01T00:00:00+00:00", "1970-01-01T00:00:00+00:00"])
def test_among_many_wrong_times_a_line_is_found_in_short_steps(wrong: str) -> None:
    lines = Stamped([at(number) if number % 2 else wrong for number in range(40_000)])
    found: list[Jump | None] = []
    for step in jump_steps(local(39_001), lines, started=None, ended=None):
        found.append(step)
        assert lines.read < 100 * 250 * len(found)
    assert found[:-1] == [None] * 3
    assert found[-1] is not None
    assert found[-1].line == 39_001


def test_a_log_that_has_one_wrong_stamp_on_disk(tmp_path: Path) -> None:
    for index in (0, 300, COUNT - 1):
        for wrong in WRONG:
            times = stamps()
            times[index] = wrong
            assert jump(log_with(tmp_path, times, text=LONG), local(1500)).line == 150
