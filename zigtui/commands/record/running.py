"""Run a program in the foreground as a step."""

import atexit
import errno
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from writer import SessionError, SessionWriter, Step, StepFailedError
from writer._programs.outcome import command_name, outcome
from zigtui.exit_codes import ExitCode, ended_by_signal
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.text.safe_text import safe_plain
from zigtui.system.standard_streams import note

__all__ = ["exit_like", "report_unrecorded", "run_in_step", "run_unrecorded"]


def run_in_step(step: Step, name: str, arguments: list[str]) -> int:
    """Run a program as a step of that name, which has not begun; return its exit code, or minus the signal's number.

    If the session refuses the step, for example since it has just ended, the program runs all the same.
    """
    code: int | None = None
    try:
        with step:
            code = _run(step, arguments)
            if code != 0:
                raise StepFailedError(_failure(name, arguments[0], code), code)
    except StepFailedError:
        pass
    except SessionError as error:
        report_unrecorded(f"step {name}" if code is None else f"the end of step {name}", error)
    return run_unrecorded(arguments) if code is None else code


def report_unrecorded(what: str, reason: SessionError) -> None:
    """Report that something cannot be recorded, and why."""
    note(f"zigtui: {safe_plain(what)} is not recorded: {safe_plain(str(reason))}")


def run_unrecorded(arguments: list[str]) -> int:
    """Run a program without a session, and return what `run_in_step` does."""
    with SessionWriter.disabled().tier(["-"]) as tier:
        return run_in_step(tier.step("-"), "-", arguments)


def exit_like(code: int) -> NoReturn:
    """Exit like a program for which `run_in_step` has returned this code.

    Ctrl-C ends a script in bash only if the program that it waits for is killed by it as well.
    """
    if code == -signal.SIGINT:
        atexit.register(_end_by_interrupt)
    sys.exit(ended_by_signal(-code) if code < 0 else code)


def _end_by_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)


def _run(step: Step, arguments: list[str]) -> int:
    try:
        return step.run_in_foreground(arguments, check=False, env=_environment())
    except OSError as error:
        is_missing = not arguments[0] or error.errno in (errno.ENOENT, errno.ENOTDIR)
        reason = "there is no such program" if is_missing else reason_of(error)
        note(f"zigtui: {safe_plain(arguments[0])}: {reason}")
        return ExitCode.NOT_FOUND if is_missing else ExitCode.NOT_EXECUTABLE


def _environment() -> dict[str, str]:
    """The environment of this process as it began. In the locale C, Python adds to it what changes the locale."""
    environment = dict(os.environ)
    with suppress(OSError):  # only Linux tells
        began = Path("/proc/self/environ").read_bytes().split(b"\0")
        if not any(variable.startswith(b"LC_CTYPE=") for variable in began):
            environment.pop("LC_CTYPE", None)
    return environment


def _failure(step_name: str, program: str, code: int) -> str:
    """Describe how a program failed, as `Step.run` does; without its name if readers see that as the step's."""
    ended = outcome(code)
    return ended if Path(program).name in ("", step_name) else f"{command_name([program])} {ended}"
