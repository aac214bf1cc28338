"""What brings the sessions of other machines to the screens, as far as these need to know it."""

from collections.abc import Sequence
from typing import Protocol

from zigtui.reader.machines import WriteHint

__all__ = ["Feed"]


class Feed(Protocol):
    """Mirrors the logs of other machines while the screens are displayed."""

    @property
    def name(self) -> str:
        """The name of the fleet, as it was typed."""

    @property
    def notices(self) -> Sequence[str]:
        """The current problems, one sentence each."""

    @property
    def refusal(self) -> str | None:
        """Why the server refuses to send anything, so that the program ends; None if it does not."""

    def pass_hints(self, hint: WriteHint) -> None:
        """Call a function for each file that is written from now on."""
