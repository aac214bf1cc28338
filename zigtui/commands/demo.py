"""``zigtui demo``: a runner of real processes, and the screen opened on what it records."""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from zigtui.commands.listen import Listening, listen
from zigtui.reader.catalog import Catalog

__all__ = ["demo"]

_STOP_SECS = 5.0


def demo(base: Path | None, speed: float, *, on_screen: bool) -> int:
    """Run the demo's workflow and show it.

    Args:
        base: where to record it; None for a temporary directory that is removed at the end.
        speed: how fast; at 1 it takes about half a minute.
        on_screen: whether to open the screen, or print the session as text.

    Returns:
        The exit code.
    """
    with tempfile.TemporaryDirectory(prefix="zigtui-demo-") as directory:
        scratch = Path(directory) / "modules"
        scratch.mkdir()
        recorded_in = base if base is not None else Path(directory) / ".zig"
        errors = Path(directory) / "errors.txt"
        with _running(recorded_in, scratch, speed, errors) as log_path:
            if log_path is None:
                click.echo(f"zigtui: the demo's runner did not start:\n{errors.read_text(errors='replace')}", err=True)
                return 1
            if on_screen:
                _show(recorded_in, log_path)
            else:
                listen(log_path, Listening())
    if base is None and on_screen:
        click.echo("The demo's log was temporary: zigtui demo --base DIR keeps it.", err=True)
    return 0


@contextlib.contextmanager
def _running(base: Path, scratch: Path, speed: float, errors: Path) -> Iterator[str | None]:
    """The path of the log that a runner writes while the block is entered; None if it did not get so far.

    What the runner says on standard error goes to the file ``errors``: the terminal belongs to the screen.
    """
    command = [sys.executable, "-m", "zigtui.commands.demo_runner", str(base), str(scratch), str(speed)]
    with (
        errors.open("wb") as stderr,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, encoding="utf-8"
        ) as runner,
    ):
        assert runner.stdout is not None
        try:
            yield runner.stdout.readline().rstrip("\n") or None
        finally:
            runner.terminate()  # nothing happens to one that has finished
            try:
                runner.wait(_STOP_SECS)
            except subprocess.TimeoutExpired:
                runner.kill()


def _show(base: Path, log_path: str) -> None:
    from zigtui.ui.app import ZigtuiApp

    catalog = Catalog([str(base)])
    catalog.read_all()
    opened = next(
        (summary.place for summary in catalog.summaries() if Path(summary.place.path).samefile(log_path)), None
    )
    ZigtuiApp(catalog, opened=opened).run()
