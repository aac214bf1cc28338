import math
import time
from collections.abc import Iterator

import pytest

from tests.support.cases import each_case
from tests.support.jumps import landing
from tests.support.logs import BEGAN
from zigtui.reader.lines.decode import Output
from zigtui.reader.lines.line_source import LineSpan
from zigtui.reader.user_input.jump_target import JumpTargetError, jump_steps

HOUR = 3600


@pytest.fixture(autouse=True)
def local_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time is two hours ahead of UTC: what begins at 12:00 is shown as 14:00."""
    monkeypatch.setenv("TZ", "XYZ-2")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


class LinesAt:
    """Lines printed at these seconds from the beginning; counts how many were read."""

    def __init__(self, *printed: float | None) -> None:
        self.printed = printed
        self.read = 0

    def __len__(self) -> int:
        return len(self.printed)

    def line(self, number: int) -> Output | None:
        self.read += 1
        second = self.printed[number]
        if second is None:
            return Output("a", False, "text", None)
        recorded = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(BEGAN + second))
        return Output("a", False, "text", f"{recorded}+00:00")

    def spans(self) -> Iterator[LineSpan]:
        for first in range(0, len(self), 100):
            block = self.printed[first : first + 100]
            times = [BEGAN + second for second in block if second is not None]
            yield first, len(block), min(times, default=math.inf), max(times, default=-math.inf)


def jump(target: str, lines: LinesAt, *, is_complete: bool = True) -> int | None:
    found = landing(jump_steps(target, lines, started=BEGAN, ended=BEGAN + 1000, is_complete=is_complete))
    return None if found is None else found.line


MINUTES = [60.0 * number for number in range(100)]  # 14:00 to 15:39


@each_case(
    ("target", "number"),
    [
        ("1", 0),
        ("100", 99),
        (" 42 ", 41),
        ("0%", 0),
        ("50%", 50),
        ("100 %", 99),
        ("33.3%", 33),
        ("+0s", 0),
        ("+5m", 5),
        ("+1h2m", 62),
        ("+1.5m", 2),
        ("+1h 2m", 62),
        ("+90000ms", 2),
        ("+0.5h", 30),
        ("-1w", 0),
        ("-1000s", 0),
        ("-100s", 15),
        ("-1d", 0),
        ("14:03", 3),
        ("14:03:01", 4),
        ("15:00", 60),
        ("13:00", 0),
        ("2026-03-01 14:10", 10),
        ("2026-02-01 10:00:00", 0),
    ],
)
def test_a_target_is_resolved_to_a_line(target: str, number: int) -> None:
    assert jump(target, LinesAt(*MINUTES)) == number


@each_case(
    ("target", "message"),
    [
        ("", "cannot go to  (try 14:03 +5m -90s 1200 50%)"),
        ("nowhere\x1b[2J", "cannot go to nowhere (try 14:03 +5m -90s 1200 50%)"),
        ("0", "there are 100 lines, numbered from 1"),
        ("1,200", "there are 100 lines, numbered from 1"),
        ("101%", "a percentage is from 0% to 100%"),
        ("25:00", "no such time: 25:00"),
        ("2026-13-01 10:00", "no such time: 2026-13-01 10:00"),
        ("15:40", "nothing was printed at 15:40:00 or later"),
        ("+2h", "nothing was printed at 16:00:00 or later"),
        ("+90", "cannot go to +90 (try 14:03 +5m -90s 1200 50%)"),
        ("-1h30", "cannot go to -1h30 (try 14:03 +5m -90s 1200 50%)"),
        ("+" + "9" * 20 + "d", "nothing was printed at that time or later"),
        ("9" * 30, "cannot go to " + "9" * 30 + " (try 14:03 +5m -90s 1200 50%)"),
    ],
)
def test_a_target_that_cannot_be_reached_is_an_error(target: str, message: str) -> None:
    with pytest.raises(JumpTargetError) as caught:
        jump(target, LinesAt(*MINUTES))
    assert str(caught.value) == message


def test_a_time_of_day_may_be_that_of_the_day_after() -> None:
    night = LinesAt(*(HOUR * number for number in range(20)))  # 14:00 to 9:00
    assert jump("14:00", night) == 0
    assert jump("02:00", night) == 12
    assert jump("13:59", night) == 0


def test_lines_without_a_time_are_skipped() -> None:
    assert jump("14:02", LinesAt(None, 60, None, None, 120, None)) == 4
    with pytest.raises(JumpTargetError, match="no line has a recorded time"):
        jump("14:02", LinesAt(None, None))
    with pytest.raises(JumpTargetError, match="no line has a recorded time"):
        jump("14:02", LinesAt())


def test_a_target_that_depends_on_unknown_lines_is_not_resolved_yet() -> None:
    lines = LinesAt(*MINUTES)
    assert jump("30", lines, is_complete=False) == 29
    assert jump("15:00", lines, is_complete=False) == 60
    for target in ("1200", "50%", "-5m", "+9h", "17:00"):
        assert jump(target, lines, is_complete=False) is None
    assert jump("14:00", LinesAt(), is_complete=False) is None


def test_few_lines_are_read_to_find_a_time() -> None:
    lines = LinesAt(*(number / 10 for number in range(1_000_000)))
    assert jump("+10000s", lines) == 100_000
    assert lines.read < 500
