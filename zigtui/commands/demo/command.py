"""``zigtui demo``: a small workflow to watch."""

import sys
from pathlib import Path

import click

from zigtui.commands.debug_options import DebugOptions

__all__ = ["command"]


@click.command("demo")
@click.option("--base", type=click.Path(path_type=Path, file_okay=False), help="Record here, and keep the log.")
@click.option("--speed", type=click.FloatRange(min=0.1), default=1.0, show_default=True, help="How fast to run it.")
@click.pass_context
def command(context: click.Context, base: Path | None, speed: float) -> None:
    """Run a small workflow of real processes and watch it.

    It takes about half a minute, and is recorded in a temporary directory. Without a terminal the session is printed
    as text. If a signal ends it, the exit code is 128 plus the signal's number: 130 for Ctrl-C, 143 for SIGTERM.
    """
    from zigtui.commands.demo.demo import demo
    from zigtui.debug_log import record_warnings

    on_screen = sys.stdout.isatty()
    if on_screen:
        record_warnings(context.ensure_object(DebugOptions).log_file)
    sys.exit(demo(base.absolute() if base is not None else None, speed, on_screen=on_screen))
