"""SessionLog: the log of a session, which its work outlives if the disk fails."""

from writer._common.errors import SessionError, StorageError, check_on_error, warn
from writer._common.events import EventType
from writer._common.text import preview
from writer._log.event_log import timestamp
from writer._log.log_file import OpenFile
from writer._log.output_log import OutputLog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from writer._common.errors import OnError, Traceback

__all__ = ["NotShared", "SessionLog"]

_MOST_WAITING = 10_000  # bounds the memory of a session on a full disk
_WARNING_SECS = 1.0  # how long the work waits for a warning


class NotShared:
    """What a log has in place of a server if no other process adds to its session.

    Attributes:
        address: Where other processes can add to the session; empty.
    """

    address = ""

    def drain(self) -> None:
        """Wait until what other processes have sent is recorded."""

    def stop(self) -> None:
        """Record what other processes have sent, and nothing that comes later."""

    def close(self) -> None:
        """Let other processes know that the session has ended."""


class SessionLog(OutputLog):
    """The log that a writer shares with its tiers and steps.

    If an event cannot be written, that is an exception, or a warning and work that goes on without its log. Output is
    lost then, which shows as a gap in ``seq``. Other events, such as the ends of steps, wait for room on the disk. They
    keep their times and their order, and get their ``seq`` when they are written.

    Attributes:
        on_error: What happens if the file cannot be written. By default only tiers and steps go on without it.
        workflow_name: The name of the workflow.
        server: Lets other processes add to the session.
        open_tier: The index of the tier whose block the runner is in, or None.
        has_passes: Whether tiers belong to the passes of a listener.
        origin: Where the session was begun, as fields that follow those of the format in its first event.
        traceback: What follows the error of a failed step; see `SessionWriter.create`.
        cancelled_steps: The names of steps that have been cancelled, and have not begun again.
        last_tier: The index and the step names of the tier that began last, or None.
    """

    def __init__(self, path: str, session_id: str, file: OpenFile, on_error: "OnError | None" = None) -> None:
        """Write to ``file`` as `EventLog` does."""
        super().__init__(path, session_id, file)
        self.on_error = on_error
        self.workflow_name = ""
        self.server = NotShared()
        self.open_tier: int | None = None
        self.has_passes = False
        self.origin: dict[str, str] = {}
        self._next_tier_index = 0
        self.traceback: Traceback = "short"
        self.last_tier: tuple[int, list[str]] | None = None
        self.cancelled_steps: set[str] = set()
        self._failed_steps: set[str] = set()
        self._is_reopened = False  # then steps may have failed before
        self._has_coordinator = False
        self._has_warned = False
        self._waiting: list[dict[str, object]] = []  # oldest first

    def take_charge(self, on_error: "OnError | None") -> None:
        """Reserve the session for one coordinator. By default its session goes on without a log.

        Raises:
            ValueError: If ``on_error`` is unknown.
            SessionError: If the session has ended, or already has a coordinator.
        """
        check_on_error(on_error)
        with self.exclusive():
            if not self.is_open:
                raise self.ended_error()
            if self._has_coordinator:
                raise SessionError("the session has a coordinator already", self.path)
            self._has_coordinator = True
            self.on_error = on_error or self.on_error or "warn"

    def _event(self, event_type: EventType, *values: object) -> dict[str, object]:
        event = super()._event(event_type, *values)
        return event | self.origin if event_type is EventType.SESSION_STARTED else event

    @property
    def has_failed_step(self) -> bool:
        """Whether a step has failed, and has not been successful since."""
        if self._failed_steps or not self._is_reopened:
            return bool(self._failed_steps)
        from writer._log.failed_steps import has_failed_step  # only a few sessions need it, at their end

        return has_failed_step(self.path)

    @property
    def has_secrets(self) -> bool:
        """Whether `masked` and `held_back` depend on the text."""
        return False

    def masked(self, text: str) -> str:
        """Return the text as it may be recorded. Call this before text is shortened: half a secret is not found."""
        return text

    def preview(self, prompt: str) -> str:
        """Shorten a prompt to what is recorded of it."""
        return preview(self.masked(prompt))

    def held_back(self, text: str) -> int:
        """Return the length of the end of ``text`` that may only be recorded together with what follows."""
        return 0

    def note_program(self, step_name: str, process: int) -> None:
        """Note that a step of this process runs a program."""

    def go_on_after(self, seq: int, tier_index: int, step_names: list[str]) -> None:
        """Go on with an existing log.

        Args:
            seq: The number of its last event.
            tier_index: The index of its last tier; -1 if it has none.
            step_names: The names of the steps of this tier.
        """
        self._seq = seq
        self._next_tier_index = tier_index + 1
        self._is_reopened = True
        if tier_index >= 0:
            self.last_tier = tier_index, step_names

    def take_tier_index(self) -> int:
        """Return the index of the next tier: tiers are numbered in the order in which they are created."""
        with self.exclusive():
            index = self._next_tier_index
            self._next_tier_index += 1
            return index

    def close(self) -> None:
        """Close the file and end the sharing of the session; a second call does nothing."""
        super().close()
        self.server.close()

    def _append_event(self, event_type: EventType, values: tuple[object, ...], is_last: bool) -> dict[str, object]:
        """Append an event under the lock, after those that wait for room on the disk."""
        if event_type is EventType.TIER_STARTED:
            self.last_tier = values  # type: ignore[assignment]  # those of this event
        elif event_type is EventType.STEP_FAILED:
            self._failed_steps.add(str(values[0]))
        elif event_type is EventType.STEP_COMPLETED:
            self._failed_steps.discard(str(values[0]))
        if self._waiting:
            try:
                self._write_waiting()
            except StorageError:
                self._seq += 1  # this event is lost too
                raise
        return super()._append_event(event_type, values, is_last)

    def record(self, event_type: EventType, *values: object, in_step: bool = False, is_last: bool = False) -> None:
        """Append an event. If the disk fails and the session goes on without it, write the event as soon as possible.

        It keeps its time and its order then, and gets a ``seq`` when it is written. The end of a session with a
        coordinator is written later even if the failure is raised.

        Args:
            event_type: As for `append`.
            *values: As for `append`.
            in_step: Whether the event is one of a tier or step, rather than of the writer itself.
            is_last: As for `append`.

        Raises:
            SessionError: As `append`, unless the session goes on.
        """
        with self.exclusive():
            seq = self._seq
            try:
                self._append_event(event_type, values, is_last)
            except StorageError as error:
                if is_last and (self._has_coordinator or self.on_error == "warn"):
                    self._end = self._wait_for_room(seq, event_type, *values)
                self.handle_error(error, in_step=in_step)
                if not is_last and len(self._waiting) < _MOST_WAITING:
                    self._wait_for_room(seq, event_type, *values)

    def _wait_for_room(self, seq: int, event_type: EventType, *values: object) -> dict[str, object]:
        """Let an event wait that could not be written after the one with the number ``seq``, and return it."""
        event = self._event(event_type, *values) | {"ts": timestamp()}
        self._waiting.append(event)
        self._is_dirty = True  # keeps the fast path of `step_output` from writing before it
        if self._seq == seq + 1:
            self._seq = seq
        return event

    def handle_error(self, error: StorageError, *, in_step: bool) -> None:
        """Log a warning, the first time, if the session goes on without its log; else raise ``error``."""
        if self.on_error == "raise" or (self.on_error is None and not in_step):
            raise error
        self.warn_once(error)

    def warn_once(self, error: SessionError) -> None:
        """Log a warning about the file, but only one for each session.

        A thread does so, for which the work waits only for a moment. It holds the lock of the log, and a handler may be
        held by another thread that waits for this lock: one that logs to a stream whose lines a step records.
        """
        with self.exclusive():  # two threads may find the disk full at once
            is_first, self._has_warned = not self._has_warned, True
        if is_first:
            import threading

            text = "%s. The session goes on; events that its log cannot take are missing there."
            warning = threading.Thread(target=warn, args=(text, error), name="zig-warning", daemon=True)
            try:
                warning.start()
            except RuntimeError:  # at the exit of the interpreter
                warn(text, error)
            else:
                warning.join(_WARNING_SECS)

    def flush(self) -> bool:
        """Write the events that wait for room on the disk, if possible, and return whether none is left.

        If the file has gone, they are dropped, and the log is closed without an end.
        """
        if self._has_whole_end:  # nothing waits then
            return True
        with self.exclusive():
            try:
                self._write_waiting()
            except StorageError as error:
                if not error.is_lasting:
                    return False
                self._waiting.clear()
                self._end = None
                self.close()
            return True

    def _write_waiting(self) -> None:
        while self._waiting:
            event = self._waiting.pop(0)  # first: a signal handler must not write it too
            seq = self._seq
            try:
                self._append(event, event is self._end, is_late=True)
            except StorageError:
                self._waiting.insert(0, event)
                self._is_dirty = True
                if self._seq == seq + 1:
                    self._seq = seq
                raise
