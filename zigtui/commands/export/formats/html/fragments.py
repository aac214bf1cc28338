"""Parts of the page that several of its sections have: states, and lists of facts."""

from functools import lru_cache

from zigtui.reader.session.model.usage import Usage
from zigtui.wording.amounts import usage_in_full
from zigtui.wording.states import State, StateSign, sign_of

__all__ = ["fact_list", "row", "sign_html", "state_html", "usage_row"]


def state_html(state: State) -> str:
    """The sign and the word of a state as HTML, in the colour of its severity."""
    return sign_html(sign_of(state))


@lru_cache
def sign_html(sign: StateSign) -> str:
    """A sign and its word as HTML, in the colour of its severity."""
    return f'<span class="state {sign.severity}"><i aria-hidden="true">{sign.glyph}</i>{sign.word}</span>'


def fact_list(*rows: str) -> str:
    """A list of facts; empty if all rows are."""
    text = "".join(rows)
    return f'<dl class="facts">{text}</dl>\n' if text else ""


def row(name: str, fact: str, attribute: str = "") -> str:
    """A row of a list of facts. The fact is HTML; zigtui's own words need no escaping."""
    return f"<div{attribute}><dt>{name}</dt><dd>{fact}</dd></div>"


def usage_row(usage: Usage) -> str:
    """A row with the tokens and the cost; empty if they are unknown."""
    text = usage_in_full(usage)
    return row("Tokens and cost", text) if text else ""
