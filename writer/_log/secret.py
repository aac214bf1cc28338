"""Secret: a text that is found in time proportional to that of the text it is searched for in, whatever both are."""

from collections.abc import Iterator
from functools import cached_property

__all__ = ["Secret"]


class Secret:
    """A secret in one of its forms.

    Attributes:
        text: The secret, which is not empty.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where it is, in ascending order: those that overlap as one, as the rest of the second is secret too."""
        start = text.find(self.text)
        while start >= 0:
            end = at = start + len(self.text)
            length = self._borders[-1]
            while at - length < end and at < len(text):
                length = self._longer(length, text[at])
                at += 1
                if length == len(self.text):
                    end, length = at, self._borders[-1]
            yield start, end
            start = text.find(self.text, at - length)

    def held_back(self, text: str) -> int:
        """Return the length of the longest end of a text with which the secret begins, but not all of it."""
        at, length = max(0, len(text) - len(self.text) + 1), 0
        while at < len(text):
            if length == 0:
                at = text.find(self.text[0], at)
                if at < 0:
                    return 0
            length = self._longer(length, text[at])
            at += 1
        return length

    def _longer(self, length: int, character: str) -> int:
        """Return how much of the secret a text ends with, which has ended with this much of it before a character."""
        while length > 0 and self.text[length] != character:
            length = self._borders[length]
        return length + (self.text[length] == character)

    @cached_property
    def _borders(self) -> list[int]:
        """The length of the longest shorter beginning with which each beginning of the secret ends.

        The beginnings are in the order of their lengths, from 0. By Knuth, Morris and Pratt.
        """
        borders = [0, 0]
        length = 0
        for character in self.text[1:]:
            while length > 0 and self.text[length] != character:
                length = borders[length]
            length += self.text[length] == character
            borders.append(length)
        return borders
