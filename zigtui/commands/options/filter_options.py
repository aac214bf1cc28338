"""The options that choose sessions.

The filters themselves are imported only where one was typed, since a session opens sooner without them.
"""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

import click
from click.shell_completion import CompletionItem

from zigtui.commands.options.option_values import STATE_NAMES, complete_states, parse_states
from zigtui.commands.options.parse_times import parse_time
from zigtui.reader.session.model.session import SessionState

__all__ = ["filter_option", "since_option", "state_option", "typed_filter"]

Command = Callable[..., Any]


def state_option(command: Command) -> Command:
    """Add ``--state`` to a command, as ``states``."""
    return click.option(
        "-s",
        "--state",
        "states",
        type=parse_states,
        shell_complete=complete_states,
        multiple=True,
        metavar="STATE,...",
        help=f"Only sessions in one of these states: {', '.join(STATE_NAMES)}. May be repeated.",
    )(command)


def since_option(command: Command) -> Command:
    """Add ``--since`` to a command. The value is the text, which is a time in the past."""
    return click.option(
        "--since",
        callback=_check_time,
        metavar="WHEN",
        help="Only sessions started since then: 2h or 1h30m ago, today, yesterday, 14:03, 2026-11-01 or "
        "2026-11-01T14:03.",
    )(command)


def _check_time(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        parse_time(value)
    return value


def filter_option(command: Command) -> Command:
    """Add ``--filter`` to a command, whose value is not checked."""
    return click.option(
        "--filter",
        "filter_text",
        shell_complete=_complete_filter,
        metavar="FILTER",
        help="Show only sessions that pass a filter, as / takes it; see zigtui help list.",
    )(command)


def _complete_filter(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from zigtui.commands.options.filter_argument import complete_filter

    return complete_filter(context, parameter, incomplete)


def typed_filter(text: str | None, states: Iterable[list[SessionState]] = (), since: str | None = None) -> str | None:
    """The filter that the options of a command line make together, as a user types it; None if there are none.

    Raises:
        click.UsageError: if the text is not a filter.
    """
    names = [state.value for state in dict.fromkeys(chain.from_iterable(states))]
    terms = [f"state:{','.join(names)}"] if names else []
    if since is not None:
        terms.append(f'since:"{since.strip()}"' if " " in since.strip() else f"since:{since.strip()}")
    if text is not None:
        from zigtui.commands.options.filter_argument import filter_of
        from zigtui.reader.filter.directories import NoDirectories

        filter_of([text], directories=NoDirectories())  # the screen asks the disk, which may not answer
        terms.append(text.strip())
    return " ".join(terms) if terms else None
