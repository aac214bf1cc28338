"""Run a program in the foreground as a step, or unrecorded if that is not possible."""

import errno
import os
import signal
import sys
from typing import NoReturn

from writer import SessionError, Step, StepFailedError
from zigtui.exit_codes import ended_by_signal
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.safe_text import safe_plain
from zigtui.standard_streams import note

__all__ = ["run_in_step", "run_unrecorded"]

_NOT_FOUND, _NOT_EXECUTABLE = 127, 126  # as shells report them


def run_in_step(step: Step, arguments: list[str]) -> int:
    """Run a program as a step that has not begun, and return its exit code."""
    code = None
    try:
        with step:
            code = _run(step, arguments)
            if code != 0:
                raise StepFailedError(_failure(arguments[0], code), code)
    except StepFailedError:
        pass
    except SessionError as error:
        if code is None:
            run_unrecorded(arguments, error)
        note(f"zigtui: not all is recorded: {safe_plain(str(error))}")
    assert code is not None
    return ended_by_signal(-code) if code < 0 else code


def run_unrecorded(arguments: list[str], reason: SessionError) -> NoReturn:
    """Report why a program cannot be recorded, and turn this process into that program."""
    note(f"zigtui: {arguments[0]} is not recorded: {safe_plain(str(reason))}")
    for name in ("SIGPIPE", "SIGXFSZ"):  # ignored by Python, and programs inherit that
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        os.execvp(arguments[0], arguments)
    except OSError as error:
        sys.exit(_not_started(arguments[0], error))


def _run(step: Step, arguments: list[str]) -> int:
    try:
        return step.run_in_foreground(arguments, check=False)
    except OSError as error:
        return _not_started(arguments[0], error)


def _not_started(program: str, error: OSError) -> int:
    is_missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
    note(f"zigtui: {safe_plain(program)}: {'there is no such program' if is_missing else reason_of(error)}")
    return _NOT_FOUND if is_missing else _NOT_EXECUTABLE


def _failure(program: str, code: int) -> str:
    if code < 0:
        return f"{program} was killed by signal {-code}"
    return f"{program} failed with exit code {code}"
