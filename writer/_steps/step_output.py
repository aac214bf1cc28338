"""StepOutput: the output that a step records, and which step the running code is in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from weakref import WeakSet

from writer._common.errors import SessionError, StepCancelledError, StorageError, check_interpreter
from writer._common.events import OutputStream, as_stream
from writer._common.not_copied import NotCopied
from writer._common.text import Text
from writer._log.session_log import SessionLog
from writer._steps.progress import ENDED, RUNNING, Progress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from writer._common.events import Stream
    from writer._programs.process_output import Recorder

__all__ = ["StepOutput", "current_output", "surrounding_output"]

_current: "ContextVar[StepOutput | None]" = ContextVar("zig_step", default=None)
_redirect: "ContextVar[tuple[SessionLog, dict[str, TextIO]] | None]" = ContextVar("zig_redirect", default=None)


def current_output() -> "StepOutput | None":
    """Return the innermost step whose block the running code is in, or None."""
    return _under_way(_current.get())


def surrounding_output() -> "StepOutput | None":
    """Return what `current_output` does, and in a forked process the step in whose block the fork was made."""
    step = _current.get()
    while step is not None and step._is_over and not step._is_of_parent:
        step = step._outer
    return step


def _under_way(step: "StepOutput | None") -> "StepOutput | None":
    # A task or thread that runs on after the end of its step is in the block of the outer one, too.
    while step is not None and step._is_over:
        step = step._outer
    return step


def _redirected_file(stream: str) -> "TextIO | None":
    redirect = _redirect.get()
    if redirect is None:
        return None
    log, files = redirect
    # A forked process cannot record, but it can print.
    return files[stream] if log.is_owned and not files[stream].closed else None


class StepOutput(NotCopied):
    """The part of `Step` that records output while the step runs."""

    def __init__(self, log: SessionLog, name: str, progress: Progress) -> None:
        self._log = log
        self._name = name
        self._progress = progress
        self._open_files: WeakSet[TextIO] = WeakSet()
        self._outer: StepOutput | None = None

    @property
    def name(self) -> str:
        """The name of the step."""
        return self._name

    def output(self, line: Text, stream: "Stream" = OutputStream.STDOUT) -> None:
        r"""Record a line that the step printed.

        Text of several lines becomes one event per line. A line ends with ``\n`` or ``\r\n``, which is not recorded. A
        lone ``\r`` is kept.

        Raises:
            ValueError: If an argument is invalid.
            SessionError: If the step is not under way, or the line cannot be recorded and the session does not go on
                without its log.

        Example:
            >>> with tier.step("lint") as step:
            ...     step.output("all clean")
            ...     step.output("no configuration found", "stderr")
        """
        with self._log.exclusive():
            self._progress.require(RUNNING)
            try:
                self._log.step_output(self._name, stream, line)
            except StorageError as error:
                self._log.handle_error(error, in_step=True)

    def file(self, stream: "Stream" = OutputStream.STDOUT) -> "TextIO":
        """Open a file for text that is recorded as output of the step, for `print` and whatever else writes to a file.

        Each line is recorded when it is complete. Closing or dropping the file, and the end of the step, complete the
        last one. Bytes written to the ``buffer`` of the file are taken as UTF-8.

        Raises:
            SessionError: If the step is not under way; so do writes if a line cannot be recorded.
            ValueError: If ``stream`` is invalid; so do writes after the end of the step.

        Example:
            >>> with tier.step("lint") as step:
            ...     print("3 files", file=step.file("stderr"))
        """
        check_interpreter()
        from writer._steps.step_file import open_file

        stream = OutputStream(as_stream(stream))
        with self._log.exclusive():
            self._progress.require(RUNNING)
            file = open_file(self._recorder(), stream, self._log.exclusive)
            self._open_files.add(file)
        return file

    @contextmanager
    def redirect(self) -> "Iterator[None]":
        """Record what the block prints, to ``sys.stdout`` and ``sys.stderr``, as output of the step.

        Steps that run at the same time get what their own blocks print. Tasks and threads are treated as in
        `current_step`. Other code still prints to the original streams. So do programs, which `run` records, forked
        processes, and what has kept a stream since before the block, such as a `logging.StreamHandler`.

        Example:
            >>> with tier.step("lint") as step, step.redirect():
            ...     print("3 files")
        """
        check_interpreter()
        from writer._steps.redirect import redirected

        files = {stream.value: self.file(stream) for stream in OutputStream}
        outer = _redirect.get()
        try:
            with redirected(_redirected_file):
                _redirect.set((self._log, files))
                yield
        finally:
            present = _redirect.get()
            if present is not None and present[1] is files:  # not if the block is left in another context
                _redirect.set(outer)
            _close(files.values())

    def _recorder(self) -> "Recorder":
        from writer._programs.process_output import Recorder

        return Recorder(self._output_lines, self._log.held_back, lambda pid: self._log.note_program(self._name, pid))

    def _output_lines(self, lines: list[str], stream: OutputStream) -> None:
        with self._log.exclusive():
            self._progress.require(RUNNING)
            try:
                self._log.step_lines(self._name, stream, lines)
            except StorageError as error:
                self._log.handle_error(error, in_step=True)

    @property
    def _is_over(self) -> bool:
        return self._progress.state is ENDED or self._progress.is_left_behind or not self._log.is_open

    @property
    def _is_of_parent(self) -> bool:
        """Whether this is a forked process, and the step was under way at the fork."""
        has_ended = self._progress.state is ENDED or self._progress.is_left_behind or self._log.end is not None
        return not self._log.is_owned and not has_ended

    @property
    def _is_running(self) -> bool:
        return self._progress.state is RUNNING

    def _is_within(self, other: "StepOutput") -> bool:
        """Whether this is the other step, or has begun in its block."""
        return self is other or (self._outer is not None and self._outer._is_within(other))

    def _enter_context(self) -> None:
        self._outer = outer = current_output()
        if outer is not None:
            outer._outer = _under_way(outer._outer)  # lets go of the steps that have ended
        _current.set(self)

    def _leave_context(self) -> None:
        # Not if another step has begun in the block, or the block is left in another context.
        if _current.get() is self:
            _current.set(current_output())

    def _close_files(self) -> None:
        _close(tuple(self._open_files))


def _close(files: "Iterable[TextIO]") -> None:
    for file in files:
        with suppress(SessionError, StepCancelledError):  # the end of the step fails too, or needs no more output
            file.close()
