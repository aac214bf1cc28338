"""The runner of the demo: ``python -m zigtui.commands.demo.runner BASE SCRATCH SPEED [EVENTS]``.

It is an example of a runner that records a session with `writer`. Like any runner, it is a process of its own. It
prints the path of its log as JSON, since a path may contain a newline; the screen needs nothing else. With EVENTS, it
is a listener that ends after that number of events; if it is ``all``, it ends when it is interrupted. When its standard
input ends, so do the runner and its jobs. Its exit code is one of `ExitCode`.
"""

import contextlib
import json
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType

from writer import SessionCoordinator, SessionError, SessionWriter, StepFailedError
from zigtui.commands.demo.job_steps import JobSteps
from zigtui.commands.demo.listener import Listener
from zigtui.exit_codes import ExitCode, ended_by_signal
from zigtui.system.lifeline import end_with_input

_PACE_SECS = {"gather": 0.1, "lint": 0.28, "sizes": 0.2, "docs": 0.34, "test": 0.25, "package": 0.12}
_ATTEMPTS = 3


class Runner:
    """Runs workflows over a scratch directory.

    Args:
        base: the base directory to record into.
        scratch: a directory to work in.
        speed: the speed; at 1 the main workflow takes about half a minute.
    """

    def __init__(self, base: Path, scratch: Path, speed: float) -> None:
        self._base = base
        self._scratch = scratch
        self._speed = speed

    def history(self) -> None:
        """Record two short sessions: one that succeeds, one that fails."""
        with (
            self._session("hello", "Say hello", tier_count=1) as session,
            session.tier(["greet"]) as tier,
            tier.step("greet", prompt="Say hello") as step,
        ):
            step.run([sys.executable, "-c", "import getpass; print('hello,', getpass.getuser())"])
        with (
            contextlib.suppress(StepFailedError),  # intended: its log shows how a failure looks
            self._session("broken", "Read a file that is not there", tier_count=2) as session,
            session.tier(["read"]) as tier,
            tier.step("read") as step,
        ):
            step.run([sys.executable, "-c", "open('missing.toml')"])

    def main(self) -> None:
        """Record the main workflow: parallel steps, a retry that succeeds, and a step that is skipped."""
        jobs = JobSteps(self._scratch, {job: pace / self._speed for job, pace in _PACE_SECS.items()})
        with self._session("demo", "Check thirty modules of the standard library", tier_count=4) as session:
            _announce(session.writer)
            with session.tier(["gather"]) as tier:
                jobs.run(tier, "gather")
            with session.tier(["lint", "sizes", "docs"]) as tier:
                jobs.run_all(tier, ["lint", "sizes", "docs"])
            with session.tier(["test"]) as tier:
                jobs.run(tier, "test", attempts=_ATTEMPTS)
            with session.tier(["package", "publish"]) as tier:
                tier.step("publish").skip("condition not met: branch == release")
                jobs.run(tier, "package", saves="archive")

    def listen(self, events: int | None) -> None:
        """Record a session that handles a number of events; None for no limit."""
        listener = Listener(self._scratch, self._speed)
        writer = self._writer("demo-listener", None, tier_count=3)
        _announce(writer)
        listener.run(writer, events)

    def _session(self, name: str, prompt: str, tier_count: int) -> SessionCoordinator:
        writer = self._writer(name, prompt, tier_count)
        return SessionCoordinator.start(writer, on_error="raise", end_on=[signal.SIGTERM])

    def _writer(self, name: str, prompt: str | None, tier_count: int) -> SessionWriter:
        return SessionWriter.create(
            name, "zigtui/commands/demo/runner.py", prompt, tier_count, base=self._base, cwd=self._scratch
        )


def _announce(session: SessionWriter) -> None:
    print(json.dumps(str(session.log_path)), flush=True)  # the demo command opens it


def _exit_on_sigterm(signal_number: int, frame: FrameType | None) -> None:
    sys.exit(ended_by_signal(signal_number))


def main() -> int:
    """Run the demo's workflows, with the arguments of the command line."""
    base, scratch, speed, *events = sys.argv[1:]
    signal.signal(signal.SIGTERM, _exit_on_sigterm)  # outside a session, which ends by itself
    end_with_input()  # if the demo was killed
    runner = Runner(Path(base), Path(scratch), float(speed))
    try:
        runner.history()
        if events:
            runner.listen(None if events == ["all"] else int(events[0]))
        else:
            runner.main()
    except KeyboardInterrupt:
        return ExitCode.OK  # Ctrl-C, which ends a listener: the demo keeps it from others
    except (SessionError, OSError) as error:
        print(error, file=sys.stderr)
        return ExitCode.USAGE
    except StepFailedError as error:
        if isinstance(error.__cause__, SessionError):  # what the step printed could not be recorded either
            print(error.__cause__, file=sys.stderr)
            return ExitCode.USAGE
        print(f"the demo's workflow failed: {error}", file=sys.stderr)
        return ExitCode.FAILED
    except Exception:
        traceback.print_exc()
        return ExitCode.DEFECT
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
