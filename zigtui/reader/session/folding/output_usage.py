"""Read the tokens and the cost that a line of output reports."""

import re
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from decimal import Decimal  # slow to import

__all__ = ["USAGE_SIGN", "usage_in"]

USAGE_SIGN = "tokens: "
"""A part of every such line. A search for it is quick."""

_USAGE = re.compile(r"\s*tokens: (\d{1,15}) in / (\d{1,15}) out(?:, cost=\$(\d{1,12}(?:\.\d{1,12})?))?\s*", re.ASCII)


def usage_in(line: str) -> tuple[int, int, Optional["Decimal"]] | None:
    """The input tokens, the output tokens and the cost in US dollars, if any; None for another line."""
    match = _USAGE.fullmatch(line)
    if match is None:
        return None
    from decimal import Decimal  # only needed here

    return int(match[1]), int(match[2]), None if match[3] is None else Decimal(match[3])
