"""Fit pasted text into a prompt, which is a single line of limited length."""

from textual.widgets import Input

__all__ = ["LONGEST_TEXT", "fit_paste"]

LONGEST_TEXT = 1000
"""How many characters a prompt takes."""


def fit_paste(text: str, line: Input) -> tuple[str, str]:
    """The part of a pasted text that a prompt takes, and a note about what is left out.

    Args:
        text: the pasted text.
        line: the prompt. Selected text is replaced.

    Returns:
        The first line that is not blank, cut off where the prompt is full, and the note; that is empty if nothing is
        left out.
    """
    lines = [part.replace("\t", " ") for part in text.splitlines() if part and not part.isspace()]
    if not lines:
        return "", "Nothing was pasted, since the text is blank"
    first = lines[0]
    room = max(0, LONGEST_TEXT - len(line.value) + len(line.selected_text))
    if len(first) > room:
        return first[:room], f"The pasted text is cut off: a prompt takes {LONGEST_TEXT:,} characters"
    return first, "Only the first line was pasted" if len(lines) > 1 else ""
