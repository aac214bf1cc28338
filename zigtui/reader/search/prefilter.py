r"""Find the lines of a chunk that may match a query, without decoding the others.

Most output is displayed exactly as it is recorded. A match in such a line is also found in its JSON. So it is enough
to find the bytes of the query in large parts of the file, and to decode only the lines that contain them. There are
three exceptions:

- Lines that are displayed differently from how they are recorded (control characters, invisible characters, unusual
  escapes) are always decoded.
- Colour sequences that may split a match are first removed from the bytes.
- Tabs are displayed as spaces. If there are any, only a word of the query is searched for.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate, islice

from zigtui.reader.search.query import LineTest
from zigtui.reader.text.text_style import SGR_PARAMETERS

__all__ = ["candidate_lines", "line_starts"]

# With more candidates than this, decoding all lines in one call is faster than decoding some of them one by one.
_FEW_LINES = 16
_BYTES_PER_CANDIDATE = 4096

_BACKSLASH = rb"\\"  # as JSON escapes it
_NO_BACKSLASH = b"\0\0"  # replaces it while escapes are searched for: valid JSON contains no zero bytes

# Patterns for everything that may be displayed differently from how it is recorded. Those of characters are keyed by
# their first byte, so that those that do not occur can be left out. Some ranges are wider than those of `safe_text`.
_UNUSUAL_ESCAPE = rb'\\[^"t]'
_UNUSUAL_CHARACTERS = {
    b"\x7f": rb"\x7f",
    b"\xc2": rb"\xc2[\x80-\x9f]",
    b"\xc4": rb"\xc4\xb0",  # matches i if case is ignored
    b"\xc5": rb"\xc5\xbf",  # matches s
    b"\xd8": rb"\xd8\x9c",
    b"\xe2": rb"\xe2(?:\x80[\x8b\x8e\x8f\xa8-\xae]|\x81[\xa0-\xaf]|\x84\xaa)",  # the last one matches k
    b"\xef": rb"\xef(?:\xbb\xbf|\xbf[\xb9-\xbb])",
    b"\xf0": rb"\xf0(?:\x9b\xb2|\x9d\x85)",
    b"\xf3": rb"\xf3\xa0[\x80\x81]",
}
_COLOR = rb"u001b\[" + SGR_PARAMETERS.encode() + b"m"  # an escaped colour sequence, without its backslash
_COLORS = re.compile(rb"\\" + _COLOR)


def candidate_lines(data: bytes, query: LineTest) -> list[int] | None:
    """Find the lines that may match a query.

    Args:
        data: whole lines of a log.
        query: the query.

    Returns:
        The offsets in ``data`` of the lines that may match, in order. None if there are so many that decoding all lines
        is faster.
    """
    needle = query.needle
    if needle is None:
        return None
    has_escapes = b"\\" in data and _find_obstacle(needle, query.folds_case)(data) is not None
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
    many = max(_FEW_LINES, len(data) // _BYTES_PER_CANDIDATE)
    starts = set(islice(_starts_of_hits(text, lambda start: text.find(needle, start)), many))
    unusual = [_UNUSUAL_ESCAPE] if has_escapes else []
    if not bare.isascii() or b"\x7f" in bare:
        unusual += [pattern for first, pattern in _UNUSUAL_CHARACTERS.items() if first in bare]
    if unusual:
        search = re.compile(b"|".join(unusual)).search
        found = _starts_of_hits(bare, lambda start: match.start() if (match := search(bare, start)) else -1)
        starts.update(islice(found, many))
    if len(starts) >= many:
        return None
    if len(bare) == len(data) or not starts:
        return sorted(starts)
    bare_starts, data_starts = (line_starts(text.split(b"\n")) for text in (bare, data))
    return [data_start for data_start, start in zip(data_starts, bare_starts, strict=True) if start in starts]


@lru_cache(maxsize=8)
def _find_obstacle(needle: bytes, folds_case: bool) -> Callable[[bytes], object]:
    """Return a function that finds an escape that may hide the needle.

    Any escape except a quote may hide it; a colour sequence only if the bytes around it occur in the needle.
    """
    before, after = (
        b"".join(rb"\x%02x" % byte for byte in set(part + part.upper() if folds_case else part))
        for part in (needle[:-1], needle[1:])
    )
    obstacle = rb'\\(?!"|%s)' % _COLOR
    if before:
        # At most four colours in a row are examined: searching thousands from each one to the last is quadratic.
        obstacle += rb"|\\(?<=[%s]\\)%s(?:\\%s){0,3}+(?=[%s\\])" % (before, _COLOR, _COLOR, after)
    return re.compile(obstacle).search


def line_starts(lines: list[bytes]) -> list[int]:
    """Return the offset of each of the lines, given without newlines, and the offset of their end."""
    return list(accumulate((len(line) + 1 for line in lines), initial=0))


def _starts_of_hits(text: bytes, find: Callable[[int], int]) -> Iterator[int]:
    """Yield the offset of each line with a hit.

    Args:
        text: whole lines.
        find: returns the offset of the first hit at or after an offset, -1 if there is none.
    """
    end = 0
    while (hit := find(end)) >= 0:
        yield text.rfind(b"\n", 0, hit) + 1
        end = text.find(b"\n", hit) + 1
        if end == 0:
            return
