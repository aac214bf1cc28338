"""Hints at open logs are due at once; those at other logs wait if the log was read just now."""

import threading
from math import inf

import pytest

from zigtui.reader.catalog.hints import Hints

OPENED, DISPLAYED, OTHER = "/base/opened.jsonl", "/base/displayed.jsonl", "/base/other.jsonl"


class Moment:
    """The monotonic clock of hints."""

    now = 1000.0


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    moment = Moment()
    monkeypatch.setattr("zigtui.reader.catalog.hints.monotonic", lambda: moment.now)
    return moment


@pytest.fixture
def hints(moment: Moment) -> Hints:
    hints = Hints(threading.Event())
    hints.opened, hints.displayed = {OPENED}, {DISPLAYED}
    return hints


@pytest.mark.parametrize(("path", "secs"), [(OPENED, 0.0), (DISPLAYED, 0.1), (OTHER, 1.0)])
def test_a_log_that_keeps_growing_is_due_as_often_as_it_matters(
    hints: Hints, moment: Moment, path: str, secs: float
) -> None:
    hints.add([path])
    assert list(hints.take()) == [path]
    hints.add([path])
    moment.now += secs - 0.01
    assert list(hints.take()) == ([path] if path == OPENED else [])
    moment.now += 0.02
    assert list(hints.take()) == ([] if path == OPENED else [path])
    moment.now += 5.0
    assert hints.take() == set()


@pytest.mark.parametrize("path", [DISPLAYED, OTHER, OPENED])
def test_every_hint_is_due_while_it_is_not_known_what_is_displayed(hints: Hints, path: str) -> None:
    hints.displayed = None
    for _ in range(3):
        hints.add([path])
        assert list(hints.take()) == [path]


@pytest.mark.parametrize("path", ["", "/base/projects/new", "/base/index.json"])
def test_hints_at_anything_but_a_log_are_always_due(hints: Hints, path: str) -> None:
    for _ in range(3):
        hints.add([path])
        assert list(hints.take()) == [path]


def test_a_log_that_is_opened_or_displayed_in_the_meantime_waits_no_longer(hints: Hints, moment: Moment) -> None:
    others = [f"/base/{number}.jsonl" for number in range(3)]
    for _ in range(2):
        hints.add(others)
        taken = hints.take()
    assert taken == set()
    moment.now += 0.5
    hints.opened, hints.displayed = {others[0]}, {others[1]}
    assert set(hints.take()) == {others[0], others[1]}


def test_a_hint_that_waits_when_its_log_is_opened_is_due_at_once(moment: Moment) -> None:
    woken = threading.Event()
    hints = Hints(woken)
    hints.displayed = set()
    for _ in range(2):
        hints.add([OPENED, OTHER])
        hints.take()
    hints.add([OPENED, OTHER])
    woken.clear()
    hints.note_opened(lambda: {OPENED})
    assert woken.is_set()
    assert hints.urgent.is_set()
    assert hints.take_urgent() == {OPENED}
    assert hints.take() == set()


def test_only_hints_that_are_due_wake_the_reader(moment: Moment) -> None:
    woken = threading.Event()
    hints = Hints(woken)
    hints.opened, hints.displayed = {OPENED}, set()
    hints.add([OTHER])
    assert woken.is_set()
    assert not hints.urgent.is_set()
    hints.take()
    assert hints.wait_secs == inf
    woken.clear()
    hints.add([OTHER])
    assert not woken.is_set()
    assert hints.wait_secs < 1.0
    hints.add([OTHER, OPENED])
    assert woken.is_set()
    assert hints.urgent.is_set()
    assert list(hints.take_urgent()) == [OPENED]
    assert not hints.urgent.is_set()


def test_the_first_hint_at_a_row_wakes_the_reader_even_if_it_is_not_due_yet(moment: Moment) -> None:
    woken = threading.Event()
    hints = Hints(woken)
    hints.displayed = {DISPLAYED}
    hints.add([DISPLAYED])
    hints.take()
    assert hints.wait_secs == inf  # the reader sleeps until it is woken
    woken.clear()
    hints.add([DISPLAYED])
    assert woken.is_set()
    assert hints.take() == set()
    woken.clear()
    hints.add([DISPLAYED])  # as often as the log grows
    assert not woken.is_set()
    assert hints.wait_secs <= 0.1
    moment.now += 0.11
    assert list(hints.take()) == [DISPLAYED]
