"""The end of the application after an unexpected exception."""

from rich.console import RenderableType
from textual.app import App, ScreenStackError
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.widget import MountError
from textual.worker import WorkerFailed

__all__ = ["FailingApp"]

_MISSING = (MountError, NoMatches, NoScreen, ScreenStackError)
"""What Textual raises if a widget or a screen is not there, or takes no others any more."""


class FailingApp(App[None]):
    """An application that ends with an unexpected exception, and leaves it to its caller to report it."""

    def _handle_exception(self, error: Exception) -> None:
        """End after an unexpected exception.

        While the application ends, Textual removes one widget after the other, but still calls what has waited for a
        timer, a message or a frame. What such a call misses is not a failure: nobody sees its result any more.
        """
        cause = error.error if isinstance(error, WorkerFailed) else error
        if not (self._exit and isinstance(cause, _MISSING)):
            super()._handle_exception(error)

    def panic(self, *renderables: RenderableType) -> None:
        """End with an error that Textual found outside the screens, where it would end with exit code 0."""
        if self._exception is None:
            with self.console.capture() as capture:
                self.console.print(*renderables)
            self._exception = RuntimeError(capture.get().strip())
        self._fatal_error()

    def _fatal_error(self) -> None:
        """End after an unexpected exception, without Textual's traceback, which prints the values of all variables.

        The caller of the application reports `failure`.
        """
        self._close_messages_no_wait()

    @property
    def failure(self) -> Exception | None:
        """The unexpected exception that ended the application; None if there was none."""
        return self._exception
