"""Start the demo's runner, and open the screen on the session that it records."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from zigtui.commands.listen import Listening, listen
from zigtui.exit_codes import ExitCode, ended_by_signal
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.safe_text import safe_plain
from zigtui.settings import Settings
from zigtui.standard_streams import note

__all__ = ["demo"]

_STOP_SECS = 5.0
_ENDING_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


def demo(base: Path | None, speed: float, settings: Settings, *, on_screen: bool) -> int:
    """Run the demo's workflow and show it.

    Args:
        base: the base to record into; None for a temporary one that is removed at the end.
        speed: the speed; at 1 the demo takes about half a minute.
        settings: the settings of the screen.
        on_screen: whether to open the screen; otherwise the session is printed as text.

    Returns:
        The exit code.
    """
    received: list[int] = []

    def exit_on_signal(signal_number: int, frame: FrameType | None) -> None:
        received.append(signal_number)
        sys.exit(ended_by_signal(signal_number))  # an exception, so that the blocks below clean up

    for ending in _ENDING_SIGNALS:
        signal.signal(ending, exit_on_signal)
    try:
        return _demo(base, speed, settings, on_screen=on_screen)
    except KeyboardInterrupt:  # watchfiles turns any exception of a signal handler into this
        if not received:
            raise
        return ended_by_signal(received[0])


def _demo(base: Path | None, speed: float, settings: Settings, *, on_screen: bool) -> int:
    code = 0
    with tempfile.TemporaryDirectory(prefix="zigtui-demo-") as directory:
        scratch = Path(directory) / "modules"
        scratch.mkdir()
        recorded_in = base if base is not None else Path(directory) / ".zig"
        errors = Path(directory) / "errors.txt"
        with _running(recorded_in, scratch, speed, errors) as log_path:
            if log_path is None:
                reason = errors.read_text(errors="replace").strip()
                if not reason or "\n" in reason:  # a traceback, or nothing at all
                    raise RuntimeError(f"the demo's runner did not start: {reason}")
                note(f"zigtui: {safe_plain(reason)}")
                return ExitCode.USAGE
            if on_screen:
                code = _show(recorded_in, log_path, settings)
            else:
                listen(log_path, Listening())
    if on_screen:
        from zigtui.ui.run import limit_exit_time

        limit_exit_time(code)
    if base is None and on_screen:
        note("The demo's log was temporary: zigtui demo --base DIR keeps it.")
    return code


@contextlib.contextmanager
def _running(base: Path, scratch: Path, speed: float, errors: Path) -> Iterator[str | None]:
    """Run the runner until the block is left.

    Its standard error goes to the file ``errors``, since the terminal belongs to the screen.

    Yields:
        The path of the log that the runner writes; None if it ended without a log.
    """
    command = [sys.executable, "-P", "-m", "zigtui.commands.demo.runner", str(base), str(scratch), str(speed)]
    with (
        errors.open("wb") as stderr,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            encoding="utf-8",
            process_group=0,
        ) as runner,
    ):
        assert runner.stdout is not None
        try:
            yield runner.stdout.readline().rstrip("\n") or None
        finally:
            _signal_group(runner, signal.SIGTERM)  # the jobs too, since the runner would wait for them
            try:
                runner.wait(_STOP_SECS)
            except subprocess.TimeoutExpired:
                runner.kill()
            if os.name == "posix":
                _signal_group(runner, signal.SIGKILL)  # a job that was just being started may outlive the runner


def _signal_group(runner: subprocess.Popen[str], signal_number: int) -> None:
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(runner.pid, signal_number)
    else:
        runner.terminate()


def _show(base: Path, log_path: str, settings: Settings) -> int:
    from zigtui.ui.run import run_app

    catalog = Catalog([str(base)], stall_secs=settings.stall_secs)
    catalog.read_all()
    opened = next(
        (session.location for session in catalog.sessions() if Path(session.location.path).samefile(log_path)), None
    )
    return run_app(catalog, opened=opened, settings=settings)
