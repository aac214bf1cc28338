"""Leaves out what carriage returns have overwritten in a line, such as the earlier states of a progress bar."""

import re

from zigtui.reader.text.terminal_line import character_width
from zigtui.reader.text.text_style import SGR_PARAMETERS

__all__ = ["without_overwritten"]

_CSI = r"(?:\x1b\[|\x9b)"
_SGR = re.compile(rf"{_CSI}{SGR_PARAMETERS}m")
_ERASE = re.compile(rf"{_CSI}[02]?K")
_SEQUENCE = re.compile(rf"{_CSI}(?:{SGR_PARAMETERS}m|[02]?K)")
_RESETS = ("\x1b[0m", "\x1b[m")
# A string (ECMA-48, 5.6) may contain carriage returns
_STRING_INTRODUCERS = ("\x1b]", "\x1bP", "\x1bX", "\x1b^", "\x1b_", *"\x90\x98\x9d\x9e\x9f")
_ASCII = set(map(chr, range(0x20, 0x7F)))
_WIDEST = 9  # cells that any character takes, as a marker such as <U+E0001> or as a tab


def without_overwritten(text: str) -> str:
    """A shorter text that a terminal shows as the same line.

    The states of the line are read from the last one to the first. One is left out if the later ones cover all of its
    cells, but its styles are kept. Each state is read at most twice, so the time taken is linear.
    """
    if "\r" not in text or any(introducer in text for introducer in _STRING_INTRODUCERS):
        return text
    if "\t" in text and ("1K" in text or "2K" in text):  # whether blank cells stay behind depends on every state
        return text
    characters = set() if text.isascii() else {one for one in set(text) if one >= "\xa0"}
    widths = {one: character_width(one) for one in characters}
    if 0 in widths.values():  # such characters stay if they come before the first cell
        return text
    narrow = _ASCII | {one for one, width in widths.items() if width == 1}
    while "\r\r" in text:
        text = text.replace("\r\r", "\r")
    states = text.split("\r")
    kept: list[int] = []
    covered = 0  # cells
    for index in range(len(states) - 1, -1, -1):
        state = states[index]
        if state.isascii() and state.isprintable():
            if len(state) > covered:
                covered = len(state)
                kept.append(index)
            continue
        erase = _ERASE.search(state) if "K" in state else None
        fewest, most = _cells(state, narrow)
        if most > covered or erase is not None:
            kept.append(index)
        if erase is not None and "\t" not in state[: erase.start()]:
            break  # all cells before the cursor are written, and the rest is erased
        covered = max(covered, fewest)
    if len(kept) == len(states):
        return text
    parts: list[str] = []
    done = 0
    for index in reversed(kept):
        if done < index:
            parts.append(_styles(states, done, index))
        parts.append(states[index])
        done = index + 1
    if done < len(states):
        parts.append(_styles(states, done, len(states)))
    return "\r".join(parts)


def _cells(state: str, narrow: set[str]) -> tuple[int, int]:
    """The fewest cells from the start of the line that a state covers, and the most that it may change."""
    text = _SEQUENCE.sub("", state) if "\x1b" in state or "\x9b" in state else state
    if not text.isprintable():
        return 0, _WIDEST * len(text)
    if narrow.issuperset(text):
        return len(text), len(text)
    return 0, 2 * len(text)


def _styles(states: list[str], start: int, end: int) -> str:
    """The control sequences that give the style after states that are left out.

    Of equal sequences only the last one matters: each sets some attributes, whatever they were.
    """
    found: dict[str, None] = {}
    for index in range(end - 1, start - 1, -1):
        state = states[index]
        if "m" not in state:
            continue
        reset = max(map(state.rfind, _RESETS))
        for sequence in reversed(_SGR.findall(state, max(reset, 0))):
            found.setdefault(sequence)
        if reset >= 0:
            break
    return "".join(reversed(found))
