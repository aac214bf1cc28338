import time
from collections.abc import Iterator

import pytest

from tests.support.logs import BEGAN
from zigtui.reader.jump_target import PlaceError, line_of
from zigtui.reader.lines.decode import Output

HOUR = 3600


@pytest.fixture(autouse=True)
def local_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time is two hours ahead of UTC: what begins at 12:00 is told to begin at 14:00."""
    monkeypatch.setenv("TZ", "XYZ-2")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


class Lines:
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
        told = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(BEGAN + second))
        return Output("a", False, "text", f"{told}+00:00")


def went(place: str, lines: Lines, *, is_complete: bool = True) -> int | None:
    return line_of(place, lines, started=BEGAN, ended=BEGAN + 1000, is_complete=is_complete)


MINUTES = [60.0 * number for number in range(100)]  # 14:00 to 15:39


@pytest.mark.parametrize(
    ("place", "number"),
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
def test_places_mean_lines(place: str, number: int) -> None:
    assert went(place, Lines(*MINUTES)) == number


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("", "not a place:  (try 14:03, +5m, 1200 or 50%)"),
        ("nowhere\x1b[2J", "not a place: nowhere (try 14:03, +5m, 1200 or 50%)"),
        ("0", "there are 100 lines, numbered from 1"),
        ("1,200", "there are 100 lines, numbered from 1"),
        ("101%", "a share is from 0% to 100%"),
        ("25:00", "no such time: 25:00"),
        ("2026-13-01 10:00", "no such time: 2026-13-01 10:00"),
        ("15:40", "nothing was printed at 15:40:00 or later"),
        ("+2h", "nothing was printed at 16:00:00 or later"),
        ("9" * 30, "not a place: " + "9" * 30 + " (try 14:03, +5m, 1200 or 50%)"),
    ],
)
def test_what_is_no_place_is_told(place: str, message: str) -> None:
    with pytest.raises(PlaceError) as caught:
        went(place, Lines(*MINUTES))
    assert str(caught.value) == message


def test_a_time_of_day_may_be_that_of_the_day_after() -> None:
    night = Lines(*(HOUR * number for number in range(20)))  # 14:00 to 9:00
    assert went("14:00", night) == 0
    assert went("02:00", night) == 12
    assert went("13:59", night) == 0


def test_lines_that_tell_no_time_are_passed_over() -> None:
    assert went("14:02", Lines(None, 60, None, None, 120, None)) == 2
    with pytest.raises(PlaceError, match="no line tells its time"):
        went("14:02", Lines(None, None))
    with pytest.raises(PlaceError, match="no line tells its time"):
        went("14:02", Lines())


def test_what_lines_that_are_not_known_yet_may_change_is_not_decided() -> None:
    lines = Lines(*MINUTES)
    assert went("30", lines, is_complete=False) == 29
    assert went("15:00", lines, is_complete=False) == 60
    for place in ("1200", "50%", "-5m", "+9h", "17:00"):
        assert went(place, lines, is_complete=False) is None
    assert went("14:00", Lines(), is_complete=False) is None


def test_few_lines_are_read_to_find_a_time() -> None:
    lines = Lines(*(number / 10 for number in range(1_000_000)))
    assert went("+10000s", lines) == 100_000
    assert lines.read < 100
