"""The lines of a piece of a log that have to be decoded to search it.

Most lines are never decoded. What is printed as it is recorded holds the text that is searched for in its JSON too,
so that looking for those bytes in large pieces of the file finds it; only what they are found in is decoded. Lines
that are shown otherwise than recorded (control characters, characters without a shape, unusual escapes) are always
decoded. Colour codes that may part a match are taken out of the bytes first, and where there are tabs, which are shown
as spaces, only a word is looked for.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate, islice

from zigtui.reader.search.query import Query

__all__ = ["candidates", "starts_of"]

_FEW_LINES = 16
_BYTES_A_LINE = 4096  # where more lines have to be looked at, all are decoded at once: that is quicker

_BACKSLASH = rb"\\"  # as it is recorded
_NO_BACKSLASH = b"\0\0"  # stands for it while escapes are looked for; no line that holds zeros can be decoded

# Everything that may be shown otherwise than it is recorded. Characters by their first byte: those that do not occur
# in a piece need not be looked for. The Unicode ranges are coarser than those of safe_text.
_ODD_ESCAPE = rb'\\[^"t]'
_ODD_CHARACTERS = {
    b"\x7f": rb"\x7f",
    b"\xc2": rb"\xc2[\x80-\x9f]",
    b"\xc4": rb"\xc4\xb0",  # which folds to i
    b"\xc5": rb"\xc5\xbf",  # to s
    b"\xd8": rb"\xd8\x9c",
    b"\xe2": rb"\xe2(?:\x80[\x8b\x8e\x8f\xa8-\xae]|\x81[\xa0-\xaf]|\x84\xaa)",  # the last one to k
    b"\xef": rb"\xef(?:\xbb\xbf|\xbf[\xb9-\xbb])",
    b"\xf0": rb"\xf0(?:\x9b\xb2|\x9d\x85)",
    b"\xf3": rb"\xf3\xa0[\x80\x81]",
}
_COLOR = rb"u001b\[[0-9:;]{0,128}+m"  # behind its backslash
_COLORS = re.compile(rb"\\" + _COLOR)


def candidates(data: bytes, query: Query) -> list[int] | None:
    """Where in ``data`` lines begin that have to be looked at; None if they are many. In no other line it matches."""
    needle = query.needle
    if needle is None:
        return None
    has_escapes = b"\\" in data and _hindrance_finder(needle, query.folds_case)(data) is not None
    if has_escapes and b" " in needle and rb"\t" in data:
        needle = query.word
        if needle is None:
            return None
    bare = data
    if has_escapes:
        bare, needle = (text.replace(_BACKSLASH, _NO_BACKSLASH) for text in (data, needle))
        if rb"\u001b[" in bare:
            bare = _COLORS.sub(b"", bare)
    text = bare.lower() if query.folds_case else bare
    many = max(_FEW_LINES, len(data) // _BYTES_A_LINE)
    starts = set(islice(_line_starts(text, lambda place: text.find(needle, place)), many))
    odd = [_ODD_ESCAPE] if has_escapes else []
    if not bare.isascii() or b"\x7f" in bare:
        odd += [pattern for first, pattern in _ODD_CHARACTERS.items() if first in bare]
    if odd:
        find_odd = re.compile(b"|".join(odd)).search
        found = _line_starts(bare, lambda place: match.start() if (match := find_odd(bare, place)) else -1)
        starts.update(islice(found, many))
    if len(starts) >= many:
        return None
    if len(bare) == len(data) or not starts:
        return sorted(starts)
    bare_starts, whole_starts = (starts_of(text.split(b"\n")) for text in (bare, data))
    return [whole for whole, start in zip(whole_starts, bare_starts, strict=True) if start in starts]


@lru_cache(maxsize=8)
def _hindrance_finder(needle: bytes, folds_case: bool) -> Callable[[bytes], object]:
    """Finds an escape that may hide the needle: any but quotes, and colour codes only between two bytes of it."""
    before, behind = (
        b"".join(rb"\x%02x" % byte for byte in set(part + part.upper() if folds_case else part))
        for part in (needle[:-1], needle[1:])
    )
    hindrance = rb'\\(?!"|%s)' % _COLOR
    if before:
        # Of colours in a row only four are looked at: from each of very many to the last would take for ever.
        hindrance += rb"|\\(?<=[%s]\\)%s(?:\\%s){0,3}+(?=[%s\\])" % (before, _COLOR, _COLOR, behind)
    return re.compile(hindrance).search


def starts_of(lines: list[bytes]) -> list[int]:
    """Where each of the lines of a piece begins, given without their newlines; and at last where they end."""
    return list(accumulate((len(line) + 1 for line in lines), initial=0))


def _line_starts(text: bytes, find: Callable[[int], int]) -> Iterator[int]:
    """Where the lines begin that something is found in; ``find`` tells the next place from one on, -1 for none."""
    end = 0
    while (place := find(end)) >= 0:
        yield text.rfind(b"\n", 0, place) + 1
        end = text.find(b"\n", place) + 1
        if end == 0:
            return
