"""The end of the application after an unexpected exception."""

from rich.console import RenderableType
from textual.app import App

__all__ = ["FailingApp"]


class FailingApp(App[None]):
    """An application that ends with an unexpected exception, and leaves it to its caller to report it."""

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
