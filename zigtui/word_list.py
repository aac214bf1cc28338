"""List words in a sentence."""

from collections.abc import Iterable

__all__ = ["enumerated"]


def enumerated(words: Iterable[str], last: str = "and") -> str:
    """Words separated by commas, with ``last`` before the last one: a, b and c."""
    *others, end = words
    return f"{', '.join(others)} {last} {end}" if others else end
