"""Convert the values of options."""

import re

import click

from zigtui.reader.session.model import SessionState

__all__ = ["STATE_NAMES", "parse_count", "parse_states"]

STATE_NAMES = [state.value for state in SessionState]


def parse_count(value: str) -> int:
    """Convert a number of lines or sessions. It has no sign, since ``+5`` means something else to ``tail``.

    Raises:
        click.BadParameter: if the value is not such a number.
    """
    if not re.fullmatch("[0-9]{1,1000}", value):  # Python does not convert numbers of any length
        raise click.BadParameter(f"{value!r} is not a number from 0 on")
    return int(value)


def parse_states(value: str) -> list[SessionState]:
    """Convert states of sessions, separated by commas.

    Raises:
        click.BadParameter: if one of them does not exist.
    """
    names = [name.strip() for name in value.split(",")]
    for name in names:
        if name not in STATE_NAMES:
            raise click.BadParameter(f"{name!r} is not a state; the states are {', '.join(STATE_NAMES)}")
    return [SessionState(name) for name in names]
