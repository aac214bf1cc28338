"""Convert and complete the values of options that several commands may have."""

import re
from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem

from zigtui.reader.session.model.session import SessionState

__all__ = [
    "STATE_NAMES",
    "complete_directory",
    "complete_names",
    "complete_states",
    "parse_count",
    "parse_size",
    "parse_states",
]

STATE_NAMES = [state.value for state in SessionState]

_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}


def parse_count(value: str) -> int:
    """Convert a number of lines or sessions. It has no sign, since ``+5`` means something else to ``tail``.

    Raises:
        click.BadParameter: if the value is not such a number.
    """
    if not re.fullmatch("[0-9]{1,1000}", value):  # Python does not convert numbers of any length
        raise click.BadParameter(f"{value!r} is not a number of 0 or more")
    return int(value)


def parse_size(value: str) -> int:
    """Convert a size such as ``500M`` or ``2GB`` to bytes.

    Raises:
        click.BadParameter: if the value is not a size.
    """
    match = re.fullmatch(r"([0-9]{1,15})([KMG]?)B?", value.upper())
    if match is None:
        raise click.BadParameter(f"{value!r} is not a size, such as 500M or 2G")
    return int(match[1]) * _UNITS[match[2]]


def parse_states(value: str) -> list[SessionState]:
    """Convert states of sessions, separated by commas. A beginning that only one has is enough. Case is ignored.

    Raises:
        click.BadParameter: if one of them does not exist.
    """
    return [_parse_state(name.strip()) for name in value.split(",")]


def _parse_state(name: str) -> SessionState:
    if name in STATE_NAMES:
        return SessionState(name)
    from zigtui.reader.filter.session_filter import fault_of_state, state_named  # slow to import

    state = state_named(name)
    if state is None:
        raise click.BadParameter(fault_of_state(name))
    return state


def complete_states(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The states that may follow the last comma."""
    return complete_names(STATE_NAMES, incomplete)


def complete_names(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    """The names that may follow the last comma: those that are not in the list yet."""
    before, comma, begun = incomplete.rpartition(",")
    others = [name for name in names if name not in before.split(",")]
    return [CompletionItem(f"{before}{comma}{name}") for name in others if name.startswith(begun)]


def complete_directory(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Directories, which the shell finds."""
    return [CompletionItem(incomplete, type="dir")]
