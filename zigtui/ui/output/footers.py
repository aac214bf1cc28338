"""The line below the output: about a search, a filter or a jump, or a note."""

from collections.abc import Sequence

from zigtui.reader.user_input.jump_target import Jump
from zigtui.ui.widgets.bar import BarLine
from zigtui.ui.widgets.drawing import one_line
from zigtui.wording.amounts import count

__all__ = ["filter_bar", "filter_words", "jump_note", "note_bar", "search_bar"]

_MUTED = "paint--muted"
_MOST_FITS = 5  # lines whose numbers are displayed


def search_bar(query: str, words: str, *, has_matches: bool) -> BarLine:
    """The line below the output while a search is active. ``has_matches`` is true as long as there may be some."""
    keys = [("n next  N previous  " if has_matches else "", _MUTED), ("esc end ", _MUTED)]
    no_name = ("", "")  # a bar shortens its first text, but here the query gives way
    return [no_name, (words, ""), (f"  {one_line(query)}", _MUTED)], keys


def filter_bar(conditions: Sequence[str], words: str) -> BarLine:
    """The line below the output while its lines are filtered."""
    keys = [("esc last off ", _MUTED)]
    return [(" ".join(f"& {one_line(condition)}" for condition in conditions), _MUTED), (f"  {words}", "")], keys


def filter_words(found: int, lines: int, progress: float, trouble: str | None) -> str:
    """The state of a filter: how many lines it has found, and the share of the log that it has read, from 0 to 1."""
    reading = "" if progress >= 1 or trouble else f"filtering {progress:.0%} · "
    words = f"{reading}{found:,} of {count(lines, 'line')}"
    return f"{words} · {trouble}" if trouble else words


def jump_note(jump: Jump, *, is_filtered: bool) -> str:
    """The words for the line that a jump has led to, and for the other lines that fit as well.

    While lines are filtered, that line may have been left out.
    """
    note = f"line {jump.line + 1:,}" + (" or later (filtered)" if is_filtered else "")
    if not jump.fits:
        return note
    numbers = ", ".join(f"{line + 1:,}" for line in jump.fits[:_MOST_FITS])
    more = ", …" if len(jump.fits) > _MOST_FITS or jump.has_more_fits else ""
    at_least = "at least " if jump.has_more_fits else ""
    return f"{note} · this time fits {at_least}{count(len(jump.fits), 'line')}: {numbers}{more}"


def note_bar(note: str) -> BarLine:
    """The line below the output for a note."""
    return [(one_line(note), "")], []
