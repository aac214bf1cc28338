"""RemoteStep: a step that another process runs, to which this one adds."""

import sys
import threading
from contextlib import contextmanager, suppress

from writer._common.errors import SessionError
from writer._common.text import Text, as_text, as_texts
from writer._log.session_log import SessionLog
from writer._shared.messages import Message
from writer._shared.remote_log import RemoteLog
from writer._shared.sharing import share
from writer._steps.error_text import described
from writer._steps.progress import RUNNING, Progress
from writer._steps.step_programs import StepPrograms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType
    from collections.abc import Iterator
    from typing import Any, SupportsIndex

    from writer._programs.foreground import ForegroundProgram
    from writer._programs.process import Program
    from writer._steps.shared_step import SharedStep

__all__ = ["RemoteStep", "remote_step"]

_CHECK_SECS = 0.5  # how often to check whether the step has been cancelled while a program runs


class RemoteStep(StepPrograms):
    """A handle of a step that another process runs; made by `Step.remote`, and then pickled.

    When the step is cancelled there, programs that it runs here are ended, and later calls raise `StepCancelledError`.
    Output after the end of the step is dropped. If this process is killed, its programs run on; on Linux, the step
    records their ids. If the process that began the session has gone, a warning is logged, and the work goes on
    unrecorded.

    Example:
        >>> from concurrent.futures import ProcessPoolExecutor
        >>> from multiprocessing import get_context
        >>> with tier.step("lint") as step, ProcessPoolExecutor(2, get_context("spawn")) as executor:
        ...     handle = step.remote()
        ...     executor.submit(handle.output, "from another process").result()
    """

    def __init__(self, address: str, session_id: str, number: int, name: str) -> None:
        """Refer to the step with a number of the server at ``address``."""
        self._handle = _HandleLog(address, session_id, number)
        self._number = number
        super().__init__(self._handle, name, Progress(f"step {name!r}", None))
        self._progress.state = RUNNING

    def retry(self, error: BaseException | Text, exit_code: int | None = None) -> None:
        """Record that the current attempt failed, and begin the next; see `Step.retry`.

        Raises:
            SessionError: If the step has ended.
            ValueError: If an argument is invalid.
        """
        with described(error, exit_code) as (code, text):
            self._handle.ask({"do": "retry", "error": text, "exit_code": code})

    def saved(self, *names: Text) -> None:
        """Name variables that the step saved for other steps; see `Step.saved`.

        Raises:
            SessionError: If the step has ended.
            ValueError: If a name is not text.
        """
        self._handle.ask({"do": "saved", "names": as_texts(names, "names")})

    def cancel(self, reason: Text = "") -> None:
        """End the step in the process that runs it, as `Step.cancel` does there.

        Raises:
            ValueError: If ``reason`` is not text.
        """
        self._handle.ask({"do": "cancel", "reason": as_text(reason, "reason")})

    @contextmanager
    def _under_way(self, program: "Program | ForegroundProgram") -> "Iterator[None]":
        ended = threading.Lock()  # held until then; not an Event: an interrupt can leave its inner lock held
        ended.acquire()
        with super()._under_way(program):
            watch = threading.Thread(target=self._watch, args=(program, ended), name="zig-remote-step", daemon=True)
            with suppress(RuntimeError):  # no more threads, or the interpreter exits: only `cancel` needs it
                watch.start()
            try:
                yield
            finally:
                ended.release()

    def _watch(self, program: "Program | ForegroundProgram", ended: "LockType") -> None:
        """End a program when the process that runs the step cancels it."""
        with suppress(SessionError):  # the session has ended, but programs may go on
            while not ended.acquire(timeout=_CHECK_SECS):
                reason = self._handle.ask({"do": "check"}).get("cancelled")
                if isinstance(reason, str):
                    self._progress.cancel(reason)
                    program.stop(self._progress.cancelled_error())
                    return

    def __reduce_ex__(self, protocol: "SupportsIndex") -> "Any":
        return RemoteStep, (self._handle.path, self._handle.session_id, self._number, self._name)


class _HandleLog(RemoteLog):
    """Sends what is recorded to the step with a number."""

    def __init__(self, address: str, session_id: str, number: int) -> None:
        super().__init__(address, session_id)
        self._number = number

    def ask(self, message: Message) -> Message:
        """Send a request about the step; see `RemoteLog.ask`."""
        return super().ask({"step": self._number, **message})

    def _send(self, message: Message) -> None:
        super()._send({"step": self._number, **message})


def remote_step(log: SessionLog, name: str, step: "SharedStep") -> RemoteStep:
    """Make a handle of a step that this process runs.

    Args:
        log: The log of its session.
        name: The name of the step.
        step: The step.

    Raises:
        SessionError: If the session cannot be shared.
    """
    _import_what_forks_use()
    server = share(log)
    return RemoteStep(server.address, log.session_id, server.requests.share_step(step), name)


def _import_what_forks_use() -> None:
    """Import what handles use in other processes.

    A process that is forked while another thread imports a module waits for its import forever, if it needs it too.
    """
    import logging  # noqa: F401
    import re  # noqa: F401
    import shlex  # noqa: F401

    from writer._programs import foreground, outcome, popen_options, process  # noqa: F401
    from writer._steps import redirect, step_file  # noqa: F401

    if "asyncio" in sys.modules:
        from writer._programs import process_async  # noqa: F401
