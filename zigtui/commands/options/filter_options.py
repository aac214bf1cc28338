"""The options and the argument that choose sessions, as terms of one filter."""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

import click
from click.shell_completion import CompletionItem

from zigtui.commands.options.completion import complete_workflow
from zigtui.commands.options.option_values import STATE_NAMES, complete_states, parse_states
from zigtui.commands.options.parse_times import parse_time
from zigtui.reader.filter.filter_error import FilterError
from zigtui.reader.filter.session_filter import KEYS, SessionFilter, parse_filter
from zigtui.reader.filter.terms import GlobTerm, StateTerm, Term, TimeTerm
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.typed_times import typed_time

__all__ = [
    "FilteringCommand",
    "complete_filter",
    "filter_of",
    "filter_option",
    "since_option",
    "state_option",
    "typed_filter",
]

Command = Callable[..., Any]

_NEGATED = re.compile(rf"-(?:{'|'.join(KEYS)}):")


class FilteringCommand(click.Command):
    """A command that takes a filter. A negated term with a key, such as ``-state:failed``, is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line; click would take such a term for the option ``-s`` with a value."""
        end = args.index("--") if "--" in args else len(args)
        terms = [word for word in args[:end] if _NEGATED.match(word)]
        if not terms:
            return super().parse_args(ctx, args)
        others = [word for word in args[:end] if word not in terms]
        return super().parse_args(ctx, [*others, "--", *terms, *args[end + 1 :]])


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
        shell_complete=complete_filter,
        metavar="FILTER",
        help="Show only sessions that pass a filter, as / takes it; see zigtui help list.",
    )(command)


def typed_filter(text: str | None, states: Iterable[list[SessionState]] = (), since: str | None = None) -> str | None:
    """The filter that the options of a command line make together, as a user types it; None if there are none.

    Raises:
        click.UsageError: if the text is not a filter.
    """
    filter_of([text or ""])
    names = [state.value for state in dict.fromkeys(chain.from_iterable(states))]
    terms = [f"state:{','.join(names)}"] if names else []
    if since is not None:
        terms.append(f'since:"{since.strip()}"' if " " in since.strip() else f"since:{since.strip()}")
    if text is not None:
        terms.append(text.strip())
    return " ".join(terms) if terms else None


def filter_of(
    words: Sequence[str],
    states: Iterable[list[SessionState]] = (),
    workflow: str | None = None,
    since: str | None = None,
) -> SessionFilter:
    """The filter that the words and the options of a command line make together.

    Raises:
        click.UsageError: if the words are not a filter.
    """
    terms: list[Term] = []
    wanted = frozenset(chain.from_iterable(states))
    if wanted:
        terms.append(StateTerm("state", False, wanted))
    if workflow is not None:
        terms.append(GlobTerm("workflow", False, (workflow,)))
    if since is not None:
        terms.append(TimeTerm("since", False, since, typed_time(since, time.time())))
    try:
        return SessionFilter((*terms, *parse_filter(" ".join(words), time.time()).terms))
    except FilterError as error:
        raise click.UsageError(f"wrong filter: {error}") from None


def complete_filter(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The keys that the last term may have, and the states or workflows that may follow its key."""
    before, blank, term = incomplete.rpartition(" ")
    hyphen = "-" if term.startswith("-") else ""
    key, colon, value = term.removeprefix("-").partition(":")
    if not colon:
        ends = [f"{known}:" for known in KEYS if known.startswith(key)]
    elif key == "state":
        ends = [f"{key}:{item.value}" for item in complete_states(context, parameter, value)]
    elif key == "workflow":
        ends = [f"{key}:{_quoted(item.value)}" for item in complete_workflow(context, parameter, value)]
    else:
        ends = []
    return [CompletionItem(f"{before}{blank}{hyphen}{end}") for end in ends]


def _quoted(pattern: str) -> str:
    return f'"{pattern}"' if any(character in ' ,"' for character in pattern) else pattern
