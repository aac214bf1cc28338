"""``zigtui demo``: a small workflow to watch."""

import math
import sys
from pathlib import Path

import click

from zigtui.commands.program_options import ProgramOptions

__all__ = ["command"]


_SLOWEST, _FASTEST = 0.1, 1000.0


def _parse_speed(value: str) -> float:
    try:
        speed = float(value)
    except ValueError:
        speed = math.nan
    if not _SLOWEST <= speed <= _FASTEST:  # false for NaN too
        raise click.BadParameter(f"{value!r} is not a number from {_SLOWEST:g} to {_FASTEST:g}")
    return speed


@click.command("demo")
@click.option("--base", type=click.Path(path_type=Path, file_okay=False), help="Record here, and keep the log.")
@click.option("--speed", type=_parse_speed, default="1", metavar="NUMBER", help="How fast to run it.  [default: 1]")
@click.pass_context
def command(context: click.Context, base: Path | None, speed: float) -> None:
    """Run a small workflow of real processes and watch it.

    It takes about half a minute, and is recorded in a temporary directory. Without a terminal the session is printed
    as text. If a signal ends it, the exit code is 128 plus the signal's number: 130 for Ctrl-C, 143 for SIGTERM.
    """
    from zigtui.commands.demo.demo import demo
    from zigtui.debug_log import record_warnings

    options = context.ensure_object(ProgramOptions)
    on_screen = sys.stdout.isatty()
    if on_screen:
        record_warnings(options.log_file)
    sys.exit(demo(base.absolute() if base is not None else None, speed, options.settings, on_screen=on_screen))
