"""A panel above a screen, which closes only itself."""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

__all__ = ["Panel"]

_Result = TypeVar("_Result")


class Panel(ModalScreen[_Result]):
    """A screen above another one.

    Textual's own closes whichever screen is on top, also when it is dismissed for the second time by a key or a click
    that was on its way to it, or while another panel covers it. Then this one closes nothing.
    """

    def dismiss(self, result: _Result | None = None) -> AwaitComplete:
        """Close the panel with a result, if it is on top."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
