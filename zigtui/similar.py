"""Find the word that was probably meant."""

from collections.abc import Iterable

__all__ = ["most_similar"]

_MIN_SIMILARITY = 0.7  # finds list for lsit, but not demo for deploy


def most_similar(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most similar to a mistyped one, whatever its case; None if none is similar."""
    import difflib  # slow to import, and only needed for a mistake

    folded = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(word.casefold(), folded, 1, _MIN_SIMILARITY)
    return folded[found[0]] if found else None
