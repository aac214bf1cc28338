"""``zigtui prune``: remove old sessions."""

from datetime import timedelta
from typing import Literal, get_args

import click
from click.shell_completion import CompletionItem

from writer import PrunedSession, SessionError, prune
from zigtui.commands.options.base_option import base_option, bases_of
from zigtui.commands.options.option_values import complete_names, parse_count, parse_size, parse_states
from zigtui.commands.printing.terminal import write
from zigtui.commands.printing.writer_warnings import warnings_reported
from zigtui.reader.catalog.scan.directories import first_spellings
from zigtui.reader.machines import is_mirror_root
from zigtui.reader.text.safe_text import safe_plain
from zigtui.reader.user_input.typed_times import typed_duration
from zigtui.system.standard_streams import note
from zigtui.word_list import enumerated

__all__ = ["command"]


_State = Literal["succeeded", "failed", "lost"]
_STATES: tuple[_State, ...] = get_args(_State)  # of sessions that are over


def _states(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> list[_State]:
    typed = {state.value for value in values for state in parse_states(value)}
    live = sorted(typed.difference(_STATES))
    if live:
        raise click.BadParameter(f"sessions that are {enumerated(live, 'or')} are never removed")
    return [state for state in _STATES if state in typed]


def _complete_states(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return complete_names(_STATES, incomplete)


def _age(context: click.Context, parameter: click.Parameter, value: str | None) -> timedelta | None:
    if value is None:
        return None
    try:
        return timedelta(seconds=typed_duration(value))
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(str(error)) from None


def _size(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    return None if value is None else parse_size(value)


def _count(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    return None if value is None else parse_count(value)


@click.command("prune", short_help="Remove old sessions.")
@base_option
@click.option("--older-than", callback=_age, metavar="DURATION", help="Sessions last written longer ago: 30d, 12h.")
@click.option("--keep", callback=_count, metavar="N", help="Never the N newest sessions. Alone: all others.")
@click.option("--max-size", callback=_size, metavar="SIZE", help="The oldest, until the logs take no more: 500M, 2G.")
@click.option(
    "-s",
    "--state",
    "states",
    multiple=True,
    callback=_states,
    shell_complete=_complete_states,
    metavar="STATE,...",
    help=f"Only sessions in one of these states: {', '.join(_STATES)}. May be repeated.",
)
@click.option("--yes", is_flag=True, help="Remove them. Without it, they are only listed.")
@click.pass_context
def command(
    context: click.Context,
    bases: tuple[str, ...],
    older_than: timedelta | None,
    keep: int | None,
    max_size: int | None,
    states: list[_State],
    yes: bool,
) -> None:
    """Remove old sessions: their logs and their entries in the indexes.

    With both --older-than and --max-size, a session is removed if it is beyond either of them. --keep spares the newest
    sessions from both. Without --yes, the sessions are only listed. Live sessions are never removed: those without an
    end that have been written to within 24 hours, or whose process is alive. A project that cannot be read is reported
    and passed over: then at most fewer sessions are removed.

    \b
    zigtui prune --older-than 30d               list what is older than 30 days
    zigtui prune --older-than 30d --keep 1000   the same, but never one of the 1000 newest
    zigtui prune --keep 1000 --yes              remove all but the 1000 newest
    zigtui prune --max-size 2G --state lost
    """
    if older_than is None and keep is None and max_size is None:
        raise click.UsageError("give a limit: --older-than, --keep or --max-size")
    directories = list(dict.fromkeys(first_spellings(bases_of(context, bases)).values()))
    mirror = next(filter(is_mirror_root, directories), None)
    if mirror is not None:
        raise click.UsageError(f"{safe_plain(mirror)} has the sessions of other machines: give the base of one of them")
    removed: list[PrunedSession] = []
    for base in directories:
        try:
            with warnings_reported():
                removed += prune(
                    base=base,
                    older_than=older_than,
                    keep=keep,
                    max_bytes=max_size,
                    states=states or _STATES,
                    dry_run=not yes,
                )
        except SessionError as error:
            raise click.ClickException(str(error)) from error
    # The id is the name of a file, which may have any characters.
    write("".join(f"{safe_plain(session.session_id)}  {session.state}  {session.size}\n" for session in removed))
    total = sum(session.size for session in removed)
    verb = "removed" if yes else "would remove"
    note(
        f"{verb} {len(removed):,} session{'' if len(removed) == 1 else 's'}, {total:,} bytes"
        + ("" if yes or not removed else " (--yes removes them)")
    )
