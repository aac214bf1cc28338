"""What is unfolded in a listener's tree, and what has been read again of its past passes."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from zigtui.reader.session.model.session import Session

__all__ = ["PastParts", "ShownRows"]


class ShownRows(NamedTuple):
    """Which rows of a listener's tree are shown.

    Attributes:
        passes: the passes that are folded (False) or unfolded (True), by their number. Of the others, only the newest
            is unfolded.
        shows_earlier: whether the earlier passes have a row each.
        failed_only: whether only failed passes and steps are shown.
        oldest: the number of the oldest pass that is above the row of the earlier ones although it could be one of
            them; None if there is none.
        steps: the steps whose attempts are folded (False) or unfolded (True), by their serial. Of the others, those
            with few attempts are unfolded.
    """

    passes: Mapping[int, bool] = {}
    shows_earlier: bool = False
    failed_only: bool = False
    oldest: int | None = None
    steps: Mapping[int, bool] = {}


class PastParts(Protocol):
    """The parts of past passes that are read again. Both methods return None if they have not been read yet."""

    def parts(self, index: int) -> Session | None:
        """The tiers and steps of a past pass, with those of the passes around it."""

    def preview(self, index: int) -> str | None:
        """The preview of a past pass: the prompt of its first step."""
