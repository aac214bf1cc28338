"""The tokens and the cost that steps print."""

from decimal import Decimal
from typing import NamedTuple

__all__ = ["NO_USAGE", "Usage"]


class Usage(NamedTuple):
    """The tokens and cost that steps printed. A value that was not printed is None, since unknown is not zero."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Decimal | None = None

    def plus(self, input_tokens: int, output_tokens: int, cost_usd: Decimal | None) -> "Usage":
        """The usage with one more printed line added."""
        return Usage(
            (self.input_tokens or 0) + input_tokens,
            (self.output_tokens or 0) + output_tokens,
            self.cost_usd if cost_usd is None else (self.cost_usd or Decimal(0)) + cost_usd,
        )


NO_USAGE = Usage()
"""No printed values; one object for all sessions, of which there may be many."""
