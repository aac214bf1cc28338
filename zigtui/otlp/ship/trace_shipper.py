"""Follow the sessions of some base directories, and send their traces as they end."""

import threading
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path

from zigtui.otlp.session_trace import SessionTrace
from zigtui.otlp.ship.batches import batches, joined
from zigtui.otlp.ship.due import due_passes, end_mark, is_due, is_over_for_good, pass_mark
from zigtui.otlp.ship.notes import Sent, SentNotes
from zigtui.otlp.ship.postponed import Postponed
from zigtui.otlp.ship.receiver import Fate, Outcome, Receiver
from zigtui.otlp.span import Attributes, Span
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.watch import Watcher
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.location import LogLocation
from zigtui.reader.session.log_parts import parts_of
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.redacted.text_redactor import TextRedactor

__all__ = ["TraceShipper"]

_CHECK_SECS = 1.0
_FIRST_RETRY_SECS, _LONGEST_RETRY_SECS = 1.0, 60.0
_MOST_FAILURES = 7  # of a receiver, about a minute: the spans may be what makes it fail, so others get their turn


class TraceShipper:
    """Sends the traces of sessions.

    What waits for a receiver is a list of sessions, not their spans: those are made from the logs again.

    Args:
        catalog: the sessions.
        receiver: takes the spans.
        notes: what was sent before.
        report: called with a line about trouble, or its end.
        since: sessions that had ended by then are left out, in seconds since the epoch.
        redactor_of: returns what masks the secrets of a session.
        with_prompts: whether spans have prompts.
        host: the name of this machine.
    """

    def __init__(
        self,
        catalog: Catalog,
        receiver: Receiver,
        notes: SentNotes,
        report: Callable[[str], object],
        *,
        since: float,
        redactor_of: Callable[[SessionSnapshot], TextRedactor],
        with_prompts: bool = False,
        host: str | None = None,
    ) -> None:
        self._catalog = catalog
        self._receiver = receiver
        self._notes = notes
        self._report = report
        self._since = since
        self._redactor_of = redactor_of
        self._with_prompts = with_prompts
        self._host = host
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._watched: dict[str, SessionSnapshot] = {}  # by path: those with something to send, now or later
        self._opened: dict[str, SessionLog] = {}  # by path: live listeners
        self._postponed = Postponed()
        self._trouble: dict[str, str] = {}  # what was reported, by what it is about

    def run(self) -> None:
        """Follow the sessions, until `stop` is called from another thread or an exception ends it."""
        changes = self._catalog.changes(self._since)
        watcher = Watcher(self._catalog, self._woken.set)
        watcher.start()
        try:
            while not self._stopped.is_set():
                self._woken.wait(_CHECK_SECS)
                self._woken.clear()
                self._take(*changes.take())
                self._send_what_is_due()
                self._report_trouble("bases", "; ".join(watcher.notices))
        finally:
            watcher.stop()

    def stop(self) -> None:
        """End `run` soon, even while it waits for a receiver."""
        self._stopped.set()
        self._woken.set()

    def _take(self, changed: Iterable[SessionSnapshot], gone: Iterable[LogLocation]) -> None:
        for snapshot in changed:
            path = snapshot.location.path
            if Path(path).is_symlink():  # whoever made it may not be allowed to read the log that it leads to
                self._report_trouble(path, f"{path} is not sent: it is a symbolic link")
                self._watched.pop(path, None)
            else:
                self._watched[path] = snapshot
        for location in gone:
            self._forget(location)

    def _forget(self, location: LogLocation) -> None:
        self._watched.pop(location.path, None)
        self._trouble.pop(location.path, None)
        self._postponed.remove(location.path)
        self._opened.pop(location.path, None)

    def _send_what_is_due(self) -> None:
        now = self._catalog.now()
        for path, watched in list(self._watched.items()):
            if self._stopped.is_set():
                return
            if not self._postponed.is_due(path):
                continue
            snapshot = watched.at(now)
            is_done = not is_due(snapshot, self._notes.of(path)) or self._is_too_old(snapshot)
            if not (is_done or self._send_session(snapshot)):
                self._postponed.add(path)
                continue
            self._postponed.remove(path)
            if is_over_for_good(snapshot):
                self._forget(snapshot.location)

    def _is_too_old(self, snapshot: SessionSnapshot) -> bool:
        last_event = snapshot.vitals.last_event
        return is_over_for_good(snapshot) and (last_event is None or last_event < self._since)

    def _send_session(self, known: SessionSnapshot) -> bool:
        """Send what is due of a session.

        Returns:
            Whether nothing is left for now. If not, its log cannot be read to its end yet, the receiver fails, or the
            shipper was stopped.
        """
        snapshot, log = self._read(known)
        session, path = snapshot.session, snapshot.location.path
        if not snapshot.is_complete or snapshot.trouble is not None:
            return False
        if not session.has_events:
            return True
        trace = SessionTrace(snapshot, self._redactor_of(snapshot), with_prompts=self._with_prompts)
        resource = trace.resource(self._host)
        sent, is_over = self._notes.of(path), is_over_for_good(snapshot)
        if session.pass_count > 1:
            try:
                parts = parts_of(log, snapshot, due_passes(snapshot, sent))
                for group in self._groups(path, ((run, trace.spans(run, part)) for run, part in parts)):
                    spans = [spans for _, spans in group]
                    if self._stopped.is_set() or not self._deliver_group(path, resource, spans):
                        return False
                    run, _ = group[-1]
                    sent = Sent(path, "", run.number, pass_mark(run))
                    self._note(sent)
            except OSError:  # the log has just gone
                return False
        span = trace.session_span() if is_over else None
        if span is not None:
            steps = () if session.pass_count > 1 else trace.spans(None, snapshot)
            if not self._deliver(path, resource, chain(steps, (span,))):
                return False
            self._note(Sent(path, end_mark(snapshot), sent.passes, sent.last_pass))
        return True

    def _read(self, known: SessionSnapshot) -> tuple[SessionSnapshot, SessionLog]:
        """Read a log. That of a live listener is kept, so that only what is new is read for each pass.

        The log that the catalog reads may have become a symbolic link since `_take`. This one is never one.
        """
        location = known.location
        log = self._opened.get(location.path)
        if log is None:
            log = SessionLog(location, follows_link=False)
            if not is_over_for_good(known):
                self._opened[location.path] = log
        log.read_all()
        snapshot = log.snapshot(known.now, self._catalog.stall_secs)
        if snapshot.vitals.status is None:  # only the catalog has watched the log
            snapshot = snapshot._replace(vitals=known.vitals)
        return snapshot, log

    def _note(self, sent: Sent) -> None:
        try:
            self._notes.add(sent)
            self._report_trouble("notes", "")
        except OSError as error:
            self._report_trouble("notes", f"what was sent cannot be noted: {reason_of(error)}")

    # Sending

    def _groups(
        self, path: str, passes: Iterable[tuple[PassRun, Iterable[Span]]]
    ) -> Iterable[list[tuple[PassRun, Iterable[Span]]]]:
        """Passes of the session with a log, and their spans, as they are sent together.

        If the receiver has failed at some of them, each is sent alone, so that only one stays behind.
        """
        return ([one] for one in passes) if path in self._postponed else joined(passes)

    def _deliver_group(self, path: str, resource: Attributes, passes: Sequence[Iterable[Span]]) -> bool:
        """Send the spans of some passes, see `_deliver`. If they are refused together, each pass is sent alone."""
        if len(passes) > 1:
            outcome = self._send(path, resource, list(chain.from_iterable(passes)))
            if outcome is None or outcome.fate is Fate.SENT:
                return outcome is not None
        return all(self._deliver(path, resource, spans) for spans in passes)

    def _deliver(self, path: str, resource: Attributes, spans: Iterable[Span]) -> bool:
        """Send spans of the session with a log, and wait for a receiver that is away.

        Returns:
            Whether they were received, or refused for good. If not, the receiver fails at them, or the shipper has been
            stopped.
        """
        for batch in batches(spans):
            outcome = self._send(path, resource, batch)
            if outcome is None:
                return False
            if outcome.fate is Fate.REFUSED:
                self._report_refusal(resource, outcome)
        return True

    def _send(self, path: str, resource: Attributes, batch: Sequence[Span]) -> Outcome | None:
        """Send spans with one request, which is repeated while the receiver is away.

        Returns:
            What became of them; None if the receiver fails on them, or the shipper has been stopped.
        """
        most = 1 if path in self._postponed else _MOST_FAILURES
        outcome, tries = self._receiver.send(resource, batch), 1
        while outcome.fate in (Fate.NOT_NOW, Fate.FAILED):
            self._report_trouble("receiver", f"nothing is received at present, trying again: {outcome.reason}")
            if outcome.fate is Fate.FAILED and tries >= most:
                return None
            if self._stopped.wait(min(_FIRST_RETRY_SECS * 2 ** min(tries - 1, 10), _LONGEST_RETRY_SECS)):
                return None
            outcome, tries = self._receiver.send(resource, batch), tries + 1
        if outcome.fate is Fate.SENT:
            if outcome.reason:
                self._report_refusal(resource, outcome)
            if self._report_trouble("receiver", ""):
                self._report("traces are received again")
        return outcome

    def _report_refusal(self, resource: Attributes, outcome: Outcome) -> None:
        self._report(f"spans of session {resource['zig.session.id']} were refused: {outcome.reason}")

    def _report_trouble(self, about: str, trouble: str) -> bool:
        """Report trouble once. It is empty if there is none.

        Returns:
            Whether there was other trouble before.
        """
        before = self._trouble.get(about, "")
        self._trouble[about] = trouble
        if trouble and trouble != before:
            self._report(trouble)
        return bool(before) and trouble != before
