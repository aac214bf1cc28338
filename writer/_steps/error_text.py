"""Describe exceptions for the log: what happened, and where."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from writer._common.errors import SignalExit, StepFailedError
from writer._common.text import I32_MAX, I32_MIN, Text, as_integer, as_text

__all__ = ["Failure", "described", "has_recorded", "note_recorded"]

_FIRST_ERRORS = 3  # of a group
_LAST_FRAMES = 3
_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
_MARK = "__zig_session_id__"


class Failure:
    """What is recorded of an exception. That does not depend on its methods, which are the runner's own.

    Attributes:
        text: What happened, as `_describe` has it; only the type if a method of the exception has failed.
        exit_code: Its exit code, or None.
    """

    __slots__ = ("_interrupt", "exit_code", "text")

    def __init__(self, error: BaseException, traceback: str = "short") -> None:
        """Describe an exception.

        Args:
            error: The exception.
            traceback: See `SessionWriter.create`.
        """
        self.text = _type_name(error)
        self.exit_code: int | None = None
        self._interrupt: BaseException | None = None
        try:
            self.text = _describe(error, traceback)
            self.exit_code = _exit_code(error)
        except Exception:  # from a faulty `code` of the runner's own exception
            pass
        except BaseException as interrupt:
            self._interrupt = interrupt

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Raise after the block, which records the failure, what has interrupted its description.

        That is not an `Exception`: Ctrl-C, or what a method of the exception has raised. It is raised even if the
        failure cannot be recorded.
        """
        try:
            yield
        finally:
            if self._interrupt is not None:
                raise self._interrupt


@contextmanager
def described(
    error: BaseException | Text, exit_code: int | None, traceback: str = "short"
) -> Iterator[tuple[int | None, str]]:
    """Describe a failure for the block, which records it; see `Failure.recorded`.

    Args:
        error: Why it failed: text, or the exception.
        exit_code: The exit code if there is one; by default that of the exception.
        traceback: See `SessionWriter.create`.

    Yields:
        The exit code, and the text.

    Raises:
        ValueError: If an argument is invalid.
    """
    code = None if exit_code is None else as_integer(exit_code, "exit_code", I32_MIN, I32_MAX)
    if not isinstance(error, BaseException):
        yield code, as_text(error, "error")
        return
    failure = Failure(error, traceback)
    with failure.recorded():
        yield failure.exit_code if code is None else code, failure.text


def _describe(error: BaseException, traceback: str) -> str:
    """Return what happened on the first line, such as ``KeyError: 'user'``, and a traceback after it.

    The failure of a program, and exceptions such as Ctrl-C that are not an `Exception`, have no traceback.
    """
    text = _message(error)
    if traceback == "none" or not isinstance(error, Exception) or isinstance(error, StepFailedError):
        return text
    try:
        lines = _whole_traceback(error) if traceback == "full" else _last_frames(_leaves(error)[0].__traceback__)
    except Exception:  # from a faulty method of the runner's own exception
        return text
    return "\n".join([text, *lines])


def _exit_code(error: BaseException) -> int | None:
    """Return the exit code of an error, or None if the log cannot hold it: the failure must still be recorded."""
    code: object = None
    if isinstance(error, StepFailedError):
        code = error.exit_code
    elif isinstance(error, SystemExit) and not isinstance(error, SignalExit):
        code = error.code if isinstance(error.code, int) else 1
    return int(code) if isinstance(code, int) and I32_MIN <= code <= I32_MAX else None


def note_recorded(error: BaseException, session_id: str) -> None:
    """Note that a step of a session has recorded the error as its failure."""
    _own(error)[_MARK] = session_id  # a list of exceptions would keep all that their tracebacks refer to alive


def has_recorded(error: BaseException, session_id: str) -> bool:
    """Whether the session has recorded the error, what it was raised from, or all exceptions of a group."""
    return _has_recorded(error, session_id, {})


def _has_recorded(error: BaseException | None, session_id: str, known: dict[int, bool]) -> bool:
    chain: list[int] = []
    found = False
    while error is not None and not found:
        if id(error) in known:  # exceptions of a group may have the same cause, and causes may form a circle
            found = known[id(error)]
            break
        known[id(error)] = False
        chain.append(id(error))
        parts = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
        found = _own(error).get(_MARK) == session_id or (
            bool(parts) and all(_has_recorded(one, session_id, known) for one in parts)
        )
        error = error.__cause__
    known.update(dict.fromkeys(chain, found))
    return found


def _own(error: BaseException) -> dict[str, object]:
    """Return the attributes of an exception, not by a method of the runner's own."""
    attributes: dict[str, object] = object.__getattribute__(error, "__dict__")
    return attributes


def _type_name(error: BaseException) -> str:
    name: str = type.__getattribute__(type(error), "__name__")  # not by a method of the runner's own metaclass
    return name


def _message(error: BaseException) -> str:
    name = _type_name(error)
    try:
        if isinstance(error, BaseExceptionGroup):
            leaves = _leaves(error)
            first = [_message(leaf) for leaf in leaves[:_FIRST_ERRORS]]
            more = [f"and {len(leaves) - _FIRST_ERRORS} more"] if len(leaves) > _FIRST_ERRORS else []
            text = f"{error.message}: {'; '.join(first + more)}"
        else:
            text = str.__str__(str(error))  # plain text, not a subclass of the runner's own
        notes = [note for note in getattr(error, "__notes__", ()) if isinstance(note, str)]
    except Exception:  # from a faulty __str__ of the runner's own exception
        return name
    if not text:
        text = name
    elif not isinstance(error, StepFailedError | SignalExit):
        text = f"{name}: {text}"
    return "\n".join([text, *notes])


def _leaves(error: BaseException) -> list[BaseException]:
    """Return the exceptions of a group and of the groups in it; of another exception, only itself."""
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    return [leaf for one in error.exceptions for leaf in _leaves(one)]


def _whole_traceback(error: BaseException) -> list[str]:
    from traceback import format_exception

    return ["", *"".join(format_exception(error)).rstrip("\n").split("\n")]


def _last_frames(trace: TracebackType | None) -> list[str]:
    from traceback import extract_tb

    frames = [frame for frame in extract_tb(trace) if not frame.filename.startswith(_PACKAGE)]
    lines = []
    for frame in frames[-_LAST_FRAMES:]:
        lines.append(f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}')
        if frame.line:
            lines.append(f"    {frame.line}")
    return lines
