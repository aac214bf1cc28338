"""Start the demo's runner, and open the screen on the session that it records."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from zigtui.commands.demo.runner_process import RunnerProcess, Workload, running
from zigtui.commands.listen import Listening, listen
from zigtui.commands.program.ending_signals import exits_on_signals
from zigtui.exit_codes import ExitCode
from zigtui.reader.catalog.catalog import Catalog
from zigtui.settings import Settings
from zigtui.state.store import StateStore
from zigtui.system.private_directory import PrivateDirectory
from zigtui.system.standard_streams import note

__all__ = ["demo"]


def demo(base: Path | None, workload: Workload, settings: Settings, *, on_screen: bool) -> int:
    """Run the demo's workflow or listener and show it.

    Args:
        base: the base to record into; None for a temporary one that is removed at the end.
        workload: what to run.
        settings: the settings of the screen.
        on_screen: whether to open the screen; otherwise the session is printed as text.

    Returns:
        The exit code.

    Raises:
        RuntimeError: if the runner failed in an unexpected way.
    """
    with exits_on_signals():
        return _demo(base, workload, settings, on_screen=on_screen)


def _demo(base: Path | None, workload: Workload, settings: Settings, *, on_screen: bool) -> int:
    code: int = ExitCode.OK
    with PrivateDirectory("demo") as directory:
        scratch = directory.path / "modules"
        scratch.mkdir()
        recorded_in = base if base is not None else directory.path / ".zig"
        with running(recorded_in, scratch, workload) as runner:
            log_path = runner.log_path()
            if log_path is not None and on_screen:
                code = _show(recorded_in, log_path, settings)
                if workload.listens and code == ExitCode.INTERRUPTED:
                    code = ExitCode.OK
            elif log_path is not None:
                code = _print(log_path, runner, workload)
            if log_path is None or not (on_screen or code):
                runner.wait()
        failure = runner.failure()
    if on_screen and log_path is not None:
        from zigtui.ui.run import limit_exit_time

        limit_exit_time(code or failure)
    if base is None and on_screen and not failure:
        note("The demo's log was temporary: zigtui demo --base DIR keeps it.")
    return code or failure


def _print(log_path: str, runner: RunnerProcess, workload: Workload) -> int:
    how = Listening(is_safe=sys.stdout.isatty())
    if not workload.listens:
        return listen(log_path, how, is_written=lambda: runner.runs)
    with _ctrl_c_ends(runner):
        return listen(log_path, how, is_written=lambda: runner.runs)


@contextmanager
def _ctrl_c_ends(listener: RunnerProcess) -> Iterator[None]:
    """While the block runs, let the first Ctrl-C end the listener, so that its end is printed too."""
    before = signal.getsignal(signal.SIGINT)

    def end(signal_number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        listener.interrupt()

    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _show(base: Path, log_path: str, settings: Settings) -> int:
    from zigtui.ui.run import run_app

    catalog = Catalog([str(base)], stall_secs=settings.stall_secs)
    catalog.read_all()
    opened = next(
        (session.location for session in catalog.sessions() if Path(session.location.path).samefile(log_path)), None
    )
    return run_app(catalog, opened=opened, settings=settings, store=StateStore())
