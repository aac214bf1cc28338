"""Give a file to a user whose browser displays the screen."""

from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from textual.app import App

__all__ = ["deliver", "unnamed_file"]

_ANYWHERE = "/"  # of the name only the last part counts, and Textual resolves the path


def unnamed_file() -> BinaryIO:
    """A new file without a name, which no longer exists once it is closed, or the process has ended."""
    return cast(BinaryIO, TemporaryFile())  # the caller closes it


def deliver(app: App[Any], file: BinaryIO, name: str) -> None:
    """Let the browser download a file. Call this in the thread of the application.

    Args:
        app: the application.
        file: the content, which is closed when it has been read.
        name: the name that the browser suggests for it.
    """
    app.deliver_binary(file, save_filename=name, save_directory=_ANYWHERE)
