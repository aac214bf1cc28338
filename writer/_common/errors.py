"""Errors that a runner can catch, and warnings that are only logged."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    OnError = Literal["raise", "warn"]
    Traceback = Literal["short", "full", "none"]
    """What happens if the log cannot be written: an exception, or a warning and work that goes on without its log."""

__all__ = [
    "SessionError",
    "SignalExit",
    "StepCancelledError",
    "StepFailedError",
    "StepTimeoutError",
    "StorageError",
    "check_interpreter",
    "check_on_error",
    "is_cancellation",
    "is_clean_exit",
    "warn",
]

_PUBLIC = "writer"
"""The module that tracebacks name for the errors that it exports: that from which a runner can import them."""

# The exceptions by which a task is cancelled, by the modules that define them.
_CANCELLATIONS = {"asyncio": "CancelledError", "trio": "Cancelled", "greenlet": "GreenletExit"}


def check_on_error(value: object) -> None:
    """Raise a `ValueError` if a value is neither a way to handle errors nor None."""
    if value not in ("raise", "warn", None):
        raise ValueError(f"on_error must be raise or warn, not {value!r}")


def check_interpreter() -> None:
    """Raise a `SessionError` if nothing can be imported any more, as in a ``__del__`` that is called at the very end.

    What imports a module as soon as it is needed calls this first. Before, sessions can also be recorded by functions
    of `atexit`.
    """
    if sys.meta_path is None:
        raise SessionError("nothing can be recorded any more: the interpreter is ending")


class SessionError(Exception):
    """Recording failed: the log or its directory cannot be used, or the calls came in the wrong order.

    Attributes:
        path: The path of the file or directory concerned, or None.
        exit_code: The exit code of the program whose output could not be recorded, or None.

    Example:
        >>> try:
        ...     session = SessionWriter.create("review", "review.zwf")
        ... except SessionError:  # for example without a home directory
        ...     session = SessionWriter.disabled()
    """

    __module__ = _PUBLIC

    def __init__(self, message: str, path: str | os.PathLike[str] | None = None) -> None:
        """Describe what failed; ``path``, if given, is appended to the message."""
        self.path = None if path is None else os.fspath(path)
        self.exit_code: int | None = None
        super().__init__(message if self.path is None else f"{message}: {self.path}")

    @staticmethod
    def of(error: OSError, action: str, path: str) -> "StorageError":
        """Wrap an error of the operating system: "cannot ``action`` (reason): ``path``"."""
        return StorageError(f"cannot {action} ({error.strerror or error})", path)


class StorageError(SessionError):
    """The system is at fault, not the order of the calls: the disk is full, or a file has gone.

    Attributes:
        is_lasting: Whether trying again is pointless: the log itself has gone.
    """

    def __init__(self, message: str, path: str | os.PathLike[str] | None = None, *, is_lasting: bool = False) -> None:
        """Describe what failed, as `SessionError` does."""
        super().__init__(message, path)
        self.is_lasting = is_lasting


class StepFailedError(Exception):
    """The process of a step failed. Raise it yourself to fail a step with an exit code.

    Attributes:
        exit_code: The exit code of the process, or None if there is none. A negative one is the number of the signal
            that killed the process.

    Example:
        >>> with tier.step("lint") as step:
        ...     if findings:
        ...         raise StepFailedError(f"{len(findings)} findings", exit_code=2)
    """

    __module__ = _PUBLIC

    def __init__(self, message: str, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class StepTimeoutError(StepFailedError):
    """A program ran longer than its ``timeout``. It has been ended, and its exit code is None.

    Example:
        >>> with tier.step("lint") as step:
        ...     try:
        ...         step.run(["ruff", "check", "."], timeout=600)
        ...     except StepTimeoutError as error:
        ...         step.retry(error)
    """

    __module__ = _PUBLIC


class StepCancelledError(Exception):
    """A step was cancelled by `Step.cancel`, for example because it lost a race. Such a step has no recorded end.

    Example:
        >>> try:
        ...     with tier.step("lint") as step:
        ...         step.cancel("not needed any more")
        ...         step.run(["ruff", "check", "."])
        ... except StepCancelledError as error:
        ...     reason = str(error)
    """

    __module__ = _PUBLIC


class SignalExit(SystemExit):
    """Ends the runner after a signal, with the exit code that a shell reports for it.

    Attributes:
        waits_for_loop: Whether it is raised as soon as an event loop has its turn.
    """

    def __init__(self, number: int, name: str) -> None:
        super().__init__(128 + number)
        self._name = name
        self.waits_for_loop = False

    def __str__(self) -> str:
        return f"terminated by {self._name}"


def is_clean_exit(error: BaseException | None) -> bool:
    """Whether an exception is that of ``sys.exit()`` or ``sys.exit(0)``, which is not a failure."""
    if not isinstance(error, SystemExit):
        return False
    code = error.code
    return code is None or (isinstance(code, int) and not int.__bool__(code))  # not by a method of the runner's own


def is_cancellation(error: BaseException | None) -> bool:
    """Whether an exception is the cancellation of a step or of a task."""
    if isinstance(error, StepCancelledError):
        return True
    for name, exception in _CANCELLATIONS.items():
        module = sys.modules.get(name)  # loaded if the exception can be its own
        if module is not None and isinstance(error, getattr(module, exception, ())):
            return True
    return False


def warn(message: str, *arguments: object) -> None:
    """Log a warning on the logger ``writer``, for a problem that need not stop the runner.

    If the program has not configured logging, nothing is printed: a library does not write to its user's terminal.
    """
    try:
        import logging  # slower to import than the whole package, and rarely needed
    except ImportError:  # the interpreter has no modules any more, see `check_interpreter`
        return
    logger = logging.getLogger("writer")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.warning(message, *arguments)
