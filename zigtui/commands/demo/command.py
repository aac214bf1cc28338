"""``zigtui demo``: a small workflow to watch."""

import math
import sys
from pathlib import Path

import click

from zigtui.commands.options.base_option import named_bases
from zigtui.commands.options.file_name import FileName
from zigtui.commands.options.option_values import complete_directory, parse_count
from zigtui.commands.program.program_options import ProgramOptions
from zigtui.system.colours import can_display_screen

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
@click.option(
    "--base",
    "bases",
    type=FileName(file_okay=False),
    multiple=True,
    metavar="DIR",
    shell_complete=complete_directory,
    help="Record here, and keep the logs.",
)
@click.option("--speed", type=_parse_speed, default="1", metavar="NUMBER", help="How fast to run it.  [default: 1]")
@click.option("--listener", "listens", is_flag=True, help="Run a listener, which handles an event every few seconds.")
@click.option("--events", type=parse_count, metavar="N", help="End the listener after N events.")
@click.pass_context
def command(context: click.Context, bases: tuple[str, ...], speed: float, listens: bool, events: int | None) -> None:
    """Run a small workflow of real processes and watch it.

    It takes about half a minute, and is recorded in a temporary directory, after two short sessions: hello, and broken,
    which fails. Without a terminal that can display the screen, the session is printed as text. The exit code is 1 if
    the workflow failed, and 2 if it cannot be recorded. If a signal ends it, the code is 128 plus the signal's number:
    130 for Ctrl-C, 143 for SIGTERM.

    With --listener, one session handles many events, some of which fail. It succeeds after --events of them, or when
    Ctrl-C ends it; the exit code is then 0.
    """
    from zigtui.commands.demo.demo import demo
    from zigtui.commands.demo.runner_process import Workload
    from zigtui.debug_log import record_warnings

    if events is not None and not listens:
        raise click.UsageError("--events needs --listener")
    options = context.ensure_object(ProgramOptions)
    named = named_bases(context, bases)
    if len(named) > 1:
        raise click.UsageError("the demo records into one base; give --base once")
    on_screen = sys.stdout.isatty() and can_display_screen()
    if on_screen:
        record_warnings(options.log_file)
    workload = Workload(speed, listens, events)
    sys.exit(demo(Path(named[0]) if named else None, workload, options.settings, on_screen=on_screen))
