"""What a report needs of a redactor, and one that changes nothing. The rules for secrets are not imported for it."""

from collections.abc import Callable
from typing import Protocol

__all__ = ["TextRedactor", "Verbatim"]


class TextRedactor(Protocol):
    """Redacts the texts of a session; see `zigtui.commands.redaction.Redactor`."""

    @property
    def lookback(self) -> int:
        """The number of earlier lines of a stream that may decide whether a line is part of a secret."""

    def text(self, text: str) -> str:
        """Redact a single text."""

    def value(self, value: object) -> object:
        """Redact every string in a JSON value."""

    def stream(self) -> Callable[[str], str]:
        """Return a function that redacts the lines of one stream in order."""


class Verbatim:
    """A redactor that changes nothing."""

    @property
    def lookback(self) -> int:
        """No earlier line matters."""
        return 0

    def text(self, text: str) -> str:
        """Return the text unchanged."""
        return text

    def value(self, value: object) -> object:
        """Return the value unchanged."""
        return value

    def stream(self) -> Callable[[str], str]:
        """Return a function that returns each line unchanged."""
        return str
