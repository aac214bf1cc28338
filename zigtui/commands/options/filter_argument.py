"""The filter that ``list`` takes as an argument, with the terms that its options stand for."""

import re
import time
from collections.abc import Iterable, Sequence
from itertools import chain

import click
from click.shell_completion import CompletionItem

from zigtui.commands.options.completion import complete_workflow
from zigtui.commands.options.option_values import complete_states
from zigtui.reader.filter.directories import Directories
from zigtui.reader.filter.filter_error import FilterError
from zigtui.reader.filter.session_filter import KEYS, SessionFilter, parse_filter
from zigtui.reader.filter.terms import GlobTerm, StateTerm, Term, TimeTerm
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.user_input.typed_times import typed_time

__all__ = ["FilteringCommand", "complete_filter", "filter_of"]

_NEGATED = re.compile(rf"-(?:{'|'.join(KEYS)}):")


class FilteringCommand(click.Command):
    """A command that takes a filter. A negated term with a key, such as ``-state:failed``, is not an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line; click would take such a term for the option ``-s`` with a value."""
        end = args.index("--") if "--" in args else len(args)
        terms = [word for word in args[:end] if _NEGATED.match(word)]
        if not terms:
            return super().parse_args(ctx, args)
        others = [word for word in args[:end] if word not in terms]
        return super().parse_args(ctx, [*others, "--", *terms, *args[end + 1 :]])


def filter_of(
    words: Sequence[str],
    states: Iterable[list[SessionState]] = (),
    workflow: str | None = None,
    since: str | None = None,
    directories: Directories | None = None,
) -> SessionFilter:
    """The filter that the words and the options of a command line make together.

    Args:
        words: the filter as typed.
        states: the states of each option ``--state``.
        workflow: the glob pattern of ``--workflow``.
        since: the time of ``--since``.
        directories: asks the disk about directories in the words; by default, it is waited for.

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
        return SessionFilter((*terms, *parse_filter(" ".join(words), time.time(), directories or Directories()).terms))
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
