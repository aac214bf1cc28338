"""The ways in which a report leaves the screen: the bell, the desktop and the user's program."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from zigtui.reader.error_reasons import end_of_process, reason_of
from zigtui.reader.text.safe_text import safe_short
from zigtui.reader.threads import start_thread
from zigtui.ui.notifications.report import Report
from zigtui.ui.terminal.kind import notification_form, passed_through

__all__ = ["desktop_sequence", "run_program", "start_program"]

_LONGEST_TEXT = 250  # characters
_PROGRAM_SECS = 60.0


def desktop_sequence(text: str, form: str, environment: Mapping[str, str] = os.environ) -> str:
    """The control sequence that asks the terminal for a notification on the desktop; empty if there is none.

    Args:
        text: what to show.
        form: a value of the setting ``notify_desktop``.
        environment: the variables that describe the terminal.
    """
    form = (notification_form(environment) or "off") if form == "auto" else form
    safe = safe_short(text, _LONGEST_TEXT).replace(";", ",")  # which separates the fields of a sequence
    if form == "off":
        return ""
    return passed_through(f"\x1b]9;{safe}\x07" if form == "osc9" else f"\x1b]777;notify;zigtui;{safe}\x07", environment)


def start_program(command: Sequence[str], report: Report) -> "subprocess.Popen[bytes]":
    """Start the user's program without a shell. Its output is discarded.

    Args:
        command: the program and its arguments.
        report: the facts that its environment has.

    Raises:
        OSError: if the program cannot be run.
    """
    # Wait for the disk of the program here: in Python 3.11, no thread goes on while `Popen` waits for it.
    shutil.which(command[0])
    return subprocess.Popen(
        list(command),
        env={**os.environ, **report.facts()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # so that Ctrl-C and the end of the terminal do not concern it
    )


def run_program(command: Sequence[str], report: Report, on_trouble: Callable[[str], object]) -> None:
    """Run the user's program as `start_program` does, on a thread.

    Args:
        command: the program and its arguments.
        report: the facts that its environment has.
        on_trouble: called in the thread with a line for the user if the program cannot be run, or fails.
    """

    def run() -> None:
        try:
            process = start_program(command, report)
        except FileNotFoundError:
            on_trouble(f"notify_command: there is no program {command[0]!r}")
            return
        except OSError as error:
            on_trouble(f"notify_command: {command[0]!r} cannot be run: {reason_of(error)}")
            return
        try:
            code = process.wait(_PROGRAM_SECS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # with what it has started: it may be a shell
            process.wait()
            on_trouble(f"notify_command: {command[0]!r} did not end within {_PROGRAM_SECS:.0f} s")
            return
        if code:
            on_trouble(f"notify_command: {command[0]!r} {end_of_process(code)}")

    start_thread(run, "notify", lambda error: on_trouble(f"notify_command: {reason_of(error)}"))
