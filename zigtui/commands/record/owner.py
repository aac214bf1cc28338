"""The process that writes the log of a script's session. It lives as long as the session, and at most as the shell."""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from writer import SessionCoordinator, SessionError, SessionStatus, SessionWriter, StepFailedError
from writer._programs.outcome import outcome
from zigtui.commands.program.ending_signals import ENDING_SIGNALS
from zigtui.commands.record.outcome import failure_of_script, outcome_so_far, running_step
from zigtui.commands.record.shell_watch import PRINTED, SHELL, ShellWatch
from zigtui.exit_codes import ExitCode
from zigtui.reader.pause import pause

__all__ = ["main"]

_LAST_STEPS_SECS = 5.0
_PAUSE_SECS = 0.1


def main() -> int:
    """Own the session that the only argument describes, until it ends."""
    about: dict[str, Any] = json.loads(sys.argv[1])
    # The watch outlives the session: other processes may want to end that until the last moment.
    with ShellWatch(about["ancestors"], about["pid"]) as watch:
        try:
            writer = SessionWriter.create(about["name"], about["path"], base=about["base"])
            with SessionCoordinator.start(writer, end_on=ENDING_SIGNALS) as session:
                address = Path(session.share(watch.finish))
                watch.open_pipe(address.with_name(SHELL))
                for number in (*ENDING_SIGNALS, signal.SIGINT):
                    signal.signal(number, lambda number, frame: watch.finish(SessionStatus.FAILURE, _ended_by(number)))
                if not _announce({"address": str(address), "session_id": writer.session_id}):
                    session.finish(SessionStatus.FAILURE, "the shell ended while the session began")
                    return ExitCode.OK
                status, reason = watch.wait(), watch.error
                if status is None:
                    status, reason = _after_shell(writer.log_path, watch.exit_code)
                # Not as text, which would be recorded only if no step has failed.
                session.finish(status, None if reason is None else StepFailedError(reason))
        except (SessionError, OSError) as error:
            _announce({"error": str(error)})
            return ExitCode.USAGE
    return ExitCode.OK


def _announce(answer: dict[str, str]) -> bool:
    """Give an answer to the command that has started this process, and return whether the shell has it.

    If a signal ends both of them first, as Ctrl-C does, nothing would use the session, or end it.
    """
    try:
        print(json.dumps(answer), flush=True)
        is_printed = os.read(0, len(PRINTED)) == PRINTED
    except BrokenPipeError:
        is_printed = False
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)
    os.chdir("/")  # so that the file system of the script can be unmounted
    return is_printed


def _ended_by(number: int) -> str:
    return f"the process that recorded the session {outcome(-number)}"


def _after_shell(log: Path, code: int | None) -> tuple[SessionStatus, str | None]:
    """Wait a moment for steps that end together with the shell, as after Ctrl-C.

    Args:
        log: the log of the session.
        code: the exit code of the shell; None if it is not known.

    Returns:
        How the session ends, and why if no step is the reason. If a step was running when the shell ended, the shell
        was killed or did not wait for it, so that nobody knows whether the script has done all its work.
    """
    step = running_step(log)
    deadline = time.monotonic() + _LAST_STEPS_SECS
    while running_step(log) is not None and time.monotonic() < deadline:
        pause(_PAUSE_SECS)
    if code:
        how = f"the script {outcome(code)}"
        return SessionStatus.FAILURE, failure_of_script(log, f"{how} while {step} was running" if step else how, code)
    status, reason = outcome_so_far(log)
    if step is None or status is SessionStatus.FAILURE:
        return status, reason
    return SessionStatus.FAILURE, f"the shell ended while {step} was running"


if __name__ == "__main__":
    sys.exit(main())
