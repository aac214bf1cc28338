"""The tokens and the cost that steps print."""

from typing import TYPE_CHECKING, NamedTuple, Optional

if TYPE_CHECKING:
    from decimal import Decimal  # slow to import

__all__ = ["NO_USAGE", "Usage"]


class Usage(NamedTuple):
    """The tokens and cost that steps printed. A value that was not printed is None, since unknown is not zero."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Optional["Decimal"] = None

    def plus(self, input_tokens: int, output_tokens: int, cost_usd: Optional["Decimal"]) -> "Usage":
        """The usage with one more printed line added."""
        return Usage(
            (self.input_tokens or 0) + input_tokens,
            (self.output_tokens or 0) + output_tokens,
            self.cost_usd if cost_usd is None else cost_usd + (self.cost_usd or 0),
        )


NO_USAGE = Usage()
"""No printed values; one object for all sessions, of which there may be many."""
