"""Passes that have ended before are sent together, and yet each once."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.cases import each_case
from tests.support.listeners import listener
from zigtui.otlp.ship.batches import joined
from zigtui.otlp.ship.notes import SentNotes
from zigtui.otlp.ship.receiver import Fate, Outcome
from zigtui.otlp.ship.trace_shipper import TraceShipper
from zigtui.otlp.span import Attributes, Span, SpanId
from zigtui.reader.catalog.catalog import Catalog
from zigtui.redacted.text_redactor import Verbatim

PASSES = 150


class Receiver:
    """Takes spans, and answers as a test wants.

    Attributes:
        answer: returns the answer to a request, by the numbers of its passes.
        requests: the numbers of the passes of each request that was taken.
        tries: the number of all requests.
        then: called after each request.
    """

    def __init__(self) -> None:
        self.answer: Callable[[Sequence[int]], Outcome] = lambda passes: Outcome(Fate.SENT)
        self.requests: list[list[int]] = []
        self.tries = 0
        self.then: Callable[[], object] = lambda: None

    @property
    def passes(self) -> list[int]:
        return [number for request in self.requests for number in request]

    def send(self, resource: Attributes, spans: Sequence[Span]) -> Outcome:
        numbers = [number for span in spans if isinstance(number := span.attributes.get("zig.pass.number"), int)]
        outcome = self.answer(numbers)
        self.tries += 1
        if outcome.fate is Fate.SENT:
            self.requests.append(numbers)
        self.then()
        return outcome


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "base").mkdir()
    write_log(tmp_path / "base", listener(PASSES).end(), session_id(1))
    return tmp_path / "base"


def ship(base: Path, receiver: Receiver, until: Callable[[], bool]) -> list[str]:
    """Ship until a condition holds after a request, and return what was reported."""
    reports: list[str] = []
    notes = SentNotes(base.parent / "notes.jsonl")
    shipper = TraceShipper(
        Catalog([str(base)]), receiver, notes, reports.append, since=0, redactor_of=lambda snapshot: Verbatim()
    )

    def stop_in_time() -> None:
        if until():
            shipper.stop()

    receiver.then = stop_in_time
    shipper.run()
    notes.close()
    return reports


def test_passes_that_have_ended_are_sent_with_few_requests(base: Path) -> None:
    receiver = Receiver()
    assert ship(base, receiver, lambda: PASSES in receiver.passes and receiver.requests[-1] == []) == []
    assert receiver.passes == list(range(1, PASSES + 1))
    assert receiver.tries < PASSES / 10


def test_a_restart_between_two_requests_repeats_no_pass(base: Path) -> None:
    receiver = Receiver()
    ship(base, receiver, lambda: len(receiver.requests) == 1)
    assert 1 < len(receiver.passes) < PASSES
    ship(base, receiver, lambda: receiver.requests[-1] == [])
    assert receiver.passes == list(range(1, PASSES + 1))


def test_only_the_pass_that_is_refused_is_missing(base: Path) -> None:
    receiver = Receiver()
    receiver.answer = lambda passes: Outcome(Fate.REFUSED, "no") if 3 in passes else Outcome(Fate.SENT)
    reports = ship(base, receiver, lambda: bool(receiver.requests) and receiver.requests[-1] == [])
    assert Counter(receiver.passes) == Counter(set(range(1, PASSES + 1)) - {3})
    assert reports == [f"spans of session {session_id(1)} were refused: no"]


def test_passes_of_which_some_spans_are_refused_are_not_repeated(base: Path) -> None:
    receiver = Receiver()
    receiver.answer = lambda passes: Outcome(Fate.SENT, "2 spans: too old" if 3 in passes else "")
    reports = ship(base, receiver, lambda: receiver.requests[-1] == [])
    assert receiver.passes == list(range(1, PASSES + 1))
    assert reports == [f"spans of session {session_id(1)} were refused: 2 spans: too old"]


def test_passes_before_the_one_at_which_the_receiver_fails_are_sent(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigtui.otlp.ship.trace_shipper._MOST_FAILURES", 1)
    receiver = Receiver()
    receiver.answer = lambda passes: Outcome(Fate.FAILED if 3 in passes else Fate.SENT)
    ship(base, receiver, lambda: receiver.tries == 4)
    assert receiver.requests == [[1], [2]]


def spans(count: int, length: int = 1) -> list[Span]:
    return [Span(SpanId("1" * 32, "2" * 16), None, "a" * length, 0, 0, {})] * count


@each_case(
    ("parts", "expected"),
    [
        ([], []),
        ([[]], [[0]]),
        ([spans(1), [], spans(1)], [[1, 0, 1]]),
        ([spans(255), spans(1), spans(1)], [[255, 1], [1]]),
        ([spans(1), spans(600), spans(1)], [[1], [600], [1]]),
        ([spans(1, 150_000)] * 2, [[1], [1]]),
        ([spans(1, 250_000), spans(1), spans(1)], [[1], [1, 1]]),
    ],
)
def test_parts_are_joined_as_far_as_they_fit_into_one_request(
    parts: list[list[Span]], expected: list[list[int]]
) -> None:
    groups = [[(part, len(list(spans))) for part, spans in group] for group in joined(enumerate(parts))]
    assert [[count for _, count in group] for group in groups] == expected
    assert [part for group in groups for part, _ in group] == list(range(len(parts)))
