"""The lines of nats-server that are reported."""

import pytest

from zigtui.fleet.server.log_lines import LogLines

REFUSED = '[7] 2026/11/27 22:21:55.123456 [ERR] {}:{} - cid:{} - authentication error - Nkey "{}"'


class Reported:
    """What is reported, by a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.reports: list[str] = []
        self.lines = LogLines(self.reports.append, lambda: self.now)

    def refuse(self, number: int, key: str = "UABC", address: str = "10.0.0.7") -> None:
        self.lines.take(REFUSED.format(address, 40_000 + number, number, key))

    def taken(self) -> list[str]:
        reports, self.reports[:] = list(self.reports), []
        return reports


@pytest.fixture
def reported() -> Reported:
    return Reported()


@pytest.mark.parametrize("address", ["10.0.0.7", "[2001:db8::7]"])
def test_the_attempts_of_a_machine_that_was_removed_are_told_once_and_then_counted(
    reported: Reported, address: str
) -> None:
    for number in range(700):
        reported.refuse(number, address=address)
        reported.now += 5.0
    assert reported.taken() == [f'zigtui: nats-server: {address}:40000 - cid:0 - authentication error - Nkey "UABC"']
    reported.now += 100.0
    reported.refuse(700, address=address)
    (line,) = reported.taken()
    assert line.endswith(' - Nkey "UABC" (and 699 times more since the last such line)')
    reported.now += 3600.0
    reported.refuse(701, address=address)
    assert "more" not in reported.taken()[0]


def test_others_are_told_as_well(reported: Reported) -> None:
    for key in ("UABC", "UDEF", "UABC"):
        reported.refuse(1, key)
    reported.lines.take("nats-server: no such file")
    assert [line.rpartition(" ")[2] for line in reported.taken()] == ['"UABC"', '"UDEF"', "file"]


def test_very_many_lines_that_differ_are_left_out_and_counted(reported: Reported) -> None:
    for number in range(2000):
        reported.refuse(number, key=f"U{number}")
    assert len(reported.taken()) == 50
    reported.now += 11.0
    reported.refuse(1, key="another")
    first, second = reported.taken()
    assert first == "zigtui: 1,950 more lines of nats-server were left out"
    assert "another" in second
