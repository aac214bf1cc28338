"""Traces of sessions that end, sent to a real receiver: once each, whatever happens to either side."""

import os
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.otlp.test_session_trace import exported
from tests.support.bases import session_id, write_log
from tests.support.listeners import handled, listener
from tests.support.logs import BEGAN, Log, append, read_log
from tests.support.receivers import TestReceiver, receiving
from tests.support.traces import decoded, trace_of
from tests.support.waiting import wait_until
from zigtui.otlp.ship.endpoint import endpoint_of
from zigtui.otlp.ship.notes import Sent, SentNotes, notes_path
from zigtui.otlp.ship.receiver import Fate, OtlpReceiver
from zigtui.otlp.ship.trace_shipper import TraceShipper
from zigtui.otlp.span import Span, SpanId
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.redacted.text_redactor import TextRedactor, Verbatim

ENDED = Log().start().tier(0, "a").step("a").fails("a").says("a", "x").done("a").end()
SPANS = ["attempt 1", "attempt 2", "invoke_agent a", "tier 1", "invoke_workflow flow"]


@pytest.fixture
def receiver() -> Iterator[TestReceiver]:
    with receiving() as receiver:
        yield receiver


class Shipping:
    """A shipper in a thread."""

    def __init__(self, base: Path, url: str) -> None:
        self.reports: list[str] = []
        self.notes = SentNotes(notes_path(base.parent / "state", url))
        self.shipper = TraceShipper(
            Catalog([str(base)]),
            OtlpReceiver(endpoint_of(url)),
            self.notes,
            self.reports.append,
            since=0,
            redactor_of=verbatim,
            host="web-07",
        )


def verbatim(snapshot: SessionSnapshot) -> TextRedactor:
    return Verbatim()


@contextmanager
def shipping(base: Path, receiver: TestReceiver | str) -> Iterator[Shipping]:
    found = Shipping(base, receiver if isinstance(receiver, str) else receiver.url)
    thread = threading.Thread(target=found.shipper.run)
    thread.start()
    try:
        yield found
    finally:
        found.shipper.stop()
        thread.join()
        found.notes.close()


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.5")  # the exporter itself tries again for that long
    (tmp_path / "base").mkdir()
    return tmp_path / "base"


def sessions(receiver: TestReceiver) -> list[str]:
    """The ids of the sessions whose own spans were received, in that order."""
    return [seen.attributes["session.id"] for seen in receiver.trace.spans if "zig.session.state" in seen.attributes]


def test_what_is_sent_is_what_is_exported(base: Path, receiver: TestReceiver) -> None:
    path = write_log(base, ENDED, session_id(1))
    with shipping(base, receiver):
        wait_until(lambda: receiver.names == SPANS)
    for request in receiver.requests:
        for span in (span for part in request.resource_spans for scoped in part.scope_spans for span in scoped.spans):
            span.flags = 0
            for link in span.links:
                link.flags = 0
    by_file, sent = trace_of(decoded(exported(read_log(path)))), receiver.trace
    assert [seen.span for seen in sent.spans] == [seen.span for seen in by_file.spans]
    assert sent.resources[0] == by_file.resources[0] | {"host.name": "web-07"}
    assert set(receiver.paths) == {"/v1/traces"}


def test_a_session_is_sent_when_it_ends(base: Path, receiver: TestReceiver) -> None:
    log = Log().start().tier(0, "a").step("a")
    path = write_log(base, log, session_id(1))
    with shipping(base, receiver):
        write_log(base, ENDED, session_id(2))
        wait_until(lambda: sessions(receiver) == [session_id(2)])
        before = len(log.data)
        append(path, log.done("a").end().data[before:])
        wait_until(lambda: sessions(receiver) == [session_id(2), session_id(1)])


def test_a_restart_neither_repeats_nor_forgets(base: Path, receiver: TestReceiver) -> None:
    write_log(base, ENDED, session_id(1))
    with shipping(base, receiver):
        wait_until(lambda: len(sessions(receiver)) == 1)
    write_log(base, ENDED, session_id(2))
    with shipping(base, receiver):
        write_log(base, ENDED, session_id(3))
        wait_until(lambda: len(sessions(receiver)) == 3)
    with shipping(base, receiver):
        write_log(base, ENDED, session_id(4))
        wait_until(lambda: len(sessions(receiver)) == 4)
    assert sorted(sessions(receiver)) == [session_id(number) for number in range(1, 5)]


def test_damaged_notes_cost_repetitions_and_nothing_else(base: Path, receiver: TestReceiver) -> None:
    for number in (1, 2):
        write_log(base, ENDED, session_id(number))
    with shipping(base, receiver):
        wait_until(lambda: len(sessions(receiver)) == 2)
    notes = notes_path(base.parent / "state", receiver.url)
    lines = notes.read_bytes().splitlines()
    notes.write_bytes(lines[0] + b"\n" + lines[1][:20])
    with shipping(base, receiver):
        wait_until(lambda: len(sessions(receiver)) == 3)
    assert len(set(receiver.trace.ids)) == 2 * len(SPANS)
    assert [line[-1:] for line in notes.read_bytes().splitlines()] == [b"}", b"}"]


def test_a_session_that_is_continued_is_sent_again_with_the_same_ids(base: Path, receiver: TestReceiver) -> None:
    log = Log().start().tier(0, "a").step("a").done("a").end()
    path = write_log(base, log, session_id(1))
    with shipping(base, receiver):
        wait_until(lambda: len(sessions(receiver)) == 1)
        path.write_bytes(
            path.read_bytes().replace(b'"status":"success"', b'"status":"failure"').replace(b":03", b":04")
        )
        wait_until(lambda: len(sessions(receiver)) == 2)
    errors = [seen.error for seen in receiver.trace.spans if seen.name == "invoke_workflow flow"]
    assert errors == [None, "the session failed"]
    assert len(set(receiver.trace.ids)) == 3


def test_nothing_is_lost_while_the_receiver_is_away(base: Path) -> None:
    with receiving() as first:
        port = int(first.url.rpartition(":")[2])
        write_log(base, ENDED, session_id(1))
        with shipping(base, first) as shipper:
            wait_until(lambda: len(sessions(first)) == 1)
            first.status = 503
            write_log(base, ENDED, session_id(2))
            wait_until(lambda: first.refused > 0)
            first.status = 200
            wait_until(lambda: len(sessions(first)) == 2)
    with shipping(base, first) as shipper:
        write_log(base, ENDED, session_id(3))
        wait_until(lambda: shipper.reports)
        with receiving(port) as second:
            wait_until(lambda: sessions(second) == [session_id(3)])
    assert shipper.reports == [
        "nothing is received at present, trying again: Connection refused",
        "traces are received again",
    ]


def test_long_errors_are_divided_among_requests_that_receivers_take(base: Path, receiver: TestReceiver) -> None:
    log = Log().start().tier(0, "a").step("a")
    error = "\n".join(["\N{FACE WITH TEARS OF JOY}" * 900] * 50)
    for attempt in range(1, 61):
        log.event("step_failed", step_name="a", attempt=attempt, error=error)
    write_log(base, log.done("a").end(), session_id(1))
    with shipping(base, receiver):
        wait_until(lambda: len(sessions(receiver)) == 1)
    assert receiver.names.count("invoke_agent a") == 1
    assert len(receiver.names) > 60
    assert max(request.ByteSize() for request in receiver.requests) <= 4 * 1024**2


def test_a_refused_session_keeps_no_other_waiting(base: Path, receiver: TestReceiver) -> None:
    receiver.status = 400
    write_log(base, ENDED, session_id(1))
    with shipping(base, receiver) as shipper:
        wait_until(lambda: shipper.reports)
        receiver.status = 200
        write_log(base, ENDED, session_id(2))
        wait_until(lambda: sessions(receiver) == [session_id(2)])
    assert shipper.reports == [f"spans of session {session_id(1)} were refused: HTTP 400 Bad Request"]


def test_a_session_at_which_the_receiver_fails_is_sent_when_it_no_longer_does(
    base: Path, receiver: TestReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigtui.otlp.ship.trace_shipper._MOST_FAILURES", 1)  # rather than a minute
    receiver.status = 500
    write_log(base, ENDED, session_id(1))
    write_log(base, ENDED, session_id(2))
    with shipping(base, receiver) as shipper:
        wait_until(lambda: receiver.refused > 3)
        receiver.status = 200
        wait_until(lambda: len(sessions(receiver)) == 2)
    assert sorted(sessions(receiver)) == [session_id(1), session_id(2)]
    assert shipper.reports == [
        "nothing is received at present, trying again: HTTP 500 Internal Server Error",
        "traces are received again",
    ]


def test_a_log_that_cannot_be_read_is_tried_less_and_less_often(
    base: Path, receiver: TestReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = write_log(base, ENDED, session_id(1))
    tries, moment, read_all = 0, 1000.0, SessionLog.read_all

    def fail(log: SessionLog) -> None:
        nonlocal tries
        if log.location.path != str(damaged):
            read_all(log)
        else:
            tries += 1  # and nothing is read

    monkeypatch.setattr(SessionLog, "read_all", fail)
    monkeypatch.setattr("zigtui.otlp.ship.postponed.monotonic", lambda: moment)
    with shipping(base, receiver):
        for number, (passed_secs, expected) in enumerate([(0, 1), (0.9, 1), (0.2, 2), (1.9, 2), (0.2, 3)], start=2):
            moment += passed_secs
            wait_until(lambda expected=expected: tries == expected)  # type: ignore[misc]
            write_log(base, ENDED, session_id(number))
            wait_until(lambda number=number: session_id(number) in sessions(receiver))  # type: ignore[misc]
            assert tries == expected
        monkeypatch.setattr(SessionLog, "read_all", read_all)
        moment += 4.0
        wait_until(lambda: session_id(1) in sessions(receiver))


def test_notes_that_are_written_in_part_leave_the_others_whole(tmp_path: Path) -> None:
    """As on a disk that is full."""
    path = tmp_path / "notes.jsonl"
    notes, limits = SentNotes(path), resource.getrlimit(resource.RLIMIT_FSIZE)
    notes.add(Sent("/a", "end"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            notes.add(Sent("/b", "end"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    notes.add(Sent("/c", "end"))
    notes.close()
    again = SentNotes(path)
    assert [again.of(name).end for name in ("/a", "/b", "/c")] == ["end", "", "end"]
    again.close()


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirection_is_no_success(base: Path, receiver: TestReceiver, status: int) -> None:
    receiver.status, receiver.location = status, "/login"
    write_log(base, ENDED, session_id(1))
    with shipping(base, receiver) as shipper:
        wait_until(lambda: shipper.reports)
        receiver.status, receiver.location = 200, ""
        wait_until(lambda: sessions(receiver) == [session_id(1)])
    assert shipper.reports[0].endswith("which leads to /login")
    assert receiver.pages == 0


def test_spans_that_cannot_be_encoded_keep_no_other_session_waiting(base: Path) -> None:
    receiver = OtlpReceiver("http://127.0.0.1:1/v1/traces")
    span = Span(SpanId("1" * 32, "2" * 16), None, "a\ud800", 0, 0, {})
    assert receiver.send({}, [span]).fate is Fate.REFUSED


def test_spans_that_a_receiver_rejects_are_reported(base: Path, receiver: TestReceiver) -> None:
    receiver.rejects = 2
    write_log(base, ENDED, session_id(1))
    with shipping(base, receiver) as shipper:
        wait_until(lambda: shipper.reports)
    assert shipper.reports[0] == f"spans of session {session_id(1)} were refused: 2 spans: too old"


def test_a_session_without_a_sign_of_life_is_sent_as_lost(base: Path, receiver: TestReceiver) -> None:
    log = Log().start().beat(1).tier(0, "a").step("a")
    write_log(base, log, session_id(1), modified=time.time() - 90_000)
    with shipping(base, receiver):
        wait_until(lambda: len(sessions(receiver)) == 1)
    assert str(receiver.trace.named("invoke_workflow flow").error).startswith("lost")


def test_files_that_are_no_sessions_are_not_sent(base: Path, receiver: TestReceiver) -> None:
    write_log(base, b"", session_id(1), modified=1e9)
    write_log(base, b"nonsense\n", session_id(2), modified=1e9)
    write_log(base, ENDED, session_id(3))
    with shipping(base, receiver) as shipper:
        wait_until(lambda: len(sessions(receiver)) == 1)
    assert (sessions(receiver), shipper.reports) == ([session_id(3)], [])


def test_a_log_that_becomes_a_link_before_it_is_read_is_not_sent(
    base: Path, receiver: TestReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link may lead to any file that this user may read, and whoever made it may not."""
    path, secret = write_log(base, ENDED, session_id(1)), write_log(base.parent / "private", ENDED, session_id(2))
    is_symlink = Path.is_symlink

    def check_and_replace(checked: Path) -> bool:
        found = is_symlink(checked)
        if checked == path and not found:
            path.with_suffix(".new").symlink_to(secret)
            path.with_suffix(".new").replace(path)
        return found

    monkeypatch.setattr(Path, "is_symlink", check_and_replace)
    with shipping(base, receiver) as shipper:
        wait_until(lambda: shipper.reports)
        write_log(base, ENDED, session_id(3))
        wait_until(lambda: session_id(3) in sessions(receiver))
    assert sessions(receiver) == [session_id(3)]
    assert shipper.reports == [f"{path} is not sent: it is a symbolic link"]


# Listeners


def passes(receiver: TestReceiver) -> list[int]:
    return [number for seen in receiver.trace.spans if (number := seen.attributes.get("zig.pass.number"))]


def grow(path: Path, log: Log, more: Callable[[Log], object]) -> None:
    before = len(log.data)
    more(log)
    append(path, log.data[before:].replace(b"0b5c3d52", b"00000001"))


def test_each_pass_of_a_live_listener_is_sent_once_when_it_ends(base: Path, receiver: TestReceiver) -> None:
    log = listener(5)
    path = write_log(base, log, session_id(1))
    with shipping(base, receiver):
        wait_until(lambda: passes(receiver) == [1, 2, 3, 4])
        grow(path, log, lambda log: handled(log, 6))
        wait_until(lambda: passes(receiver) == [1, 2, 3, 4, 5])
    with shipping(base, receiver):
        grow(path, log, lambda log: handled(log, 7, fails=True))
        wait_until(lambda: passes(receiver)[-1] == 6)
        grow(path, log, Log.end)
        wait_until(lambda: sessions(receiver) == [session_id(1)])
    assert passes(receiver) == [1, 2, 3, 4, 5, 6, 7]
    assert len(set(receiver.trace.ids)) == len(receiver.trace.ids)


def test_the_last_pass_is_sent_while_the_listener_waits(base: Path, receiver: TestReceiver) -> None:
    log = listener(3)
    began = time.time() - log.second
    data = log.data
    for second in range(int(log.second) + 1):  # as if it were happening now
        data = data.replace(stamp(second, 0), stamp(second, began))
    write_log(base, data.replace(b"0b5c3d52", b"00000001"), session_id(1))
    with shipping(base, receiver):
        wait_until(lambda: passes(receiver) == [1, 2, 3])
        assert sessions(receiver) == []


def stamp(second: float, began: float) -> bytes:
    """The recorded time at a second of a log, which began at another time unless that is 0."""
    return datetime.fromtimestamp((began or BEGAN) + second, UTC).replace(microsecond=0).isoformat().encode()


def test_paths_that_are_not_unicode_are_sent_too(base: Path, receiver: TestReceiver) -> None:
    path = write_log(base, ENDED, session_id(1))
    os.rename(path.parent.parent.parent, os.fsencode(path.parents[3]) + b"/caf\xe9")  # noqa: PTH104  # of bytes
    with shipping(base, receiver):
        wait_until(lambda: len(sessions(receiver)) == 1)


@pytest.mark.parametrize("name", [b"caf\xe9", b"\x1b[31m", b"00000000-0000-0000-0000-000000000000"])
def test_a_log_with_any_name_is_sent(base: Path, receiver: TestReceiver, name: bytes) -> None:
    path = write_log(base, ENDED, session_id(1))
    path.rename(path.with_name(os.fsdecode(name + b".jsonl")))
    with shipping(base, receiver):
        wait_until(lambda: len(sessions(receiver)) == 1)
    assert all(any(seen.span.trace_id) for seen in receiver.trace.spans)
    assert "\x1b" not in sessions(receiver)[0]
