"""Views of a text without escape sequences, escapes and lookalike characters.

Rules match a view, not the original text. A view has no escape sequences and no invisible characters. Lookalikes, such
as full-width letters, are replaced by plain characters, and the escapes of URLs, HTML and JSON are decoded. A view
maps each of its characters to the original text, and the masks are applied there.
"""

import html
import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from zigtui.commands.redaction.rules import FILLER, MASKED, Span

__all__ = ["View", "decoded", "hidden_parts", "is_escaped", "is_plain", "plain"]

_STRING_START = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])"
_STRING = rf"{_STRING_START}[^\x07\x1b\x80-\x9f]*(?:\x07|\x9c|\x1b\\)"
_HIDDEN = re.compile(rf"{_STRING_START}(?P<body>[^\x07\x1b\x80-\x9f]*)(?:\x07|\x9c|\x1b\\)")
# A space belongs to a few sequences, and not to one that is cut off: the first letter of a secret may follow it.
_SEQUENCE = rf"{_STRING}|(?:\x1b\[|\x9b)[0-?]*(?:[!-/]*[@-~]| [@-Zqtu])|\x1b(?:[!-/]*[0-~]| [FGLMN])"
# Control characters, soft hyphens, joiners, direction marks, fillers, variation selectors, combining marks, tags
_INVISIBLE = (
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# Spaces, dashes, quotes, and variants of letters
_LOOKALIKE = (
    "[\u00a0\u2000-\u200a\u202f\u205f\u3000\u2010-\u2015\u2212\u2018-\u201f\u02b0-\u02b8\u2070-\u209c\u2100-\u214f"
    "\u2460-\u24ff\uff01-\uff5e\U0001d400-\U0001d7ff\U0001f130-\U0001f149]"
)
_NO_PLAIN = re.compile(r"[^\t -~]")
_NOT_PLAIN = re.compile(f"(?=[^\x00-\x7f])(?:{_INVISIBLE}|{_LOOKALIKE})")
_DISGUISE = re.compile(f"({_SEQUENCE}|{_INVISIBLE}|{_LOOKALIKE})")
_SIGNS = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
    "\r": " ",
}

# Escapes of printable ASCII in URLs, in HTML and in JSON. Each is found faster than all of them at once, because the
# search for a pattern that begins with a character is fast.
_ESCAPES = {
    "%": "%(?:2[0-9A-Fa-f]|[3-6][0-9A-Fa-f]|7[0-9A-Ea-e])",
    "&": "&(?:#(?:3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6]|[xX][2-7][0-9A-Fa-f])|quot|apos|amp|lt|gt|sol|commat);",
    "\\": r"\\(?:[/nrt]|u00[2-7][0-9A-Fa-f])",
}
_ESCAPED = re.compile(f"({'|'.join(_ESCAPES.values())})")
_ESCAPED_BY_SIGN = [(sign, re.compile(pattern)) for sign, pattern in _ESCAPES.items()]


class _Replacements(NamedTuple):
    """Replacements of characters in another text, in order. All characters between two of them are copied.

    They are kept in columns: a line of a progress bar may have millions.

    Attributes:
        starts: the index of the first character of each in the new text.
        ends: the index after its last character in the new text.
        old_starts: the index of the first replaced character in the old text.
        old_ends: the index after the last replaced character in the old text.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    old_starts: Sequence[int]
    old_ends: Sequence[int]

    def old(self, index: int) -> tuple[int, int]:
        """The start and the end in the old text of a character of the new text."""
        last = bisect_right(self.starts, index) - 1
        if last < 0:
            return index, index + 1
        if index < self.ends[last]:
            return self.old_starts[last], self.old_ends[last]
        old = self.old_ends[last] + index - self.ends[last]
        return old, old + 1


class View(NamedTuple):
    """A text that rules match, and its mapping to the original text.

    Attributes:
        text: the text that rules match.
        replaced: the replacements that made it from another text; None if it is the original text.
        of: the view of that other text; None if it is the original text.
    """

    text: str
    replaced: _Replacements | None = None
    of: "View | None" = None

    def original(self, span: Span) -> Span:
        """The same span in the original text."""
        if self.replaced is None or span.start >= span.end:
            return span
        span = span._replace(start=self.replaced.old(span.start)[0], end=self.replaced.old(span.end - 1)[1])
        return span if self.of is None else self.of.original(span)


def is_plain(text: str) -> bool:
    """Whether a text has no lookalikes and no invisible characters beyond ASCII. It may have control characters."""
    return text.isascii() or _NOT_PLAIN.search(text) is None


def is_escaped(text: str) -> bool:
    """Whether a text has escapes of URLs, HTML or JSON."""
    for sign, pattern in _ESCAPED_BY_SIGN:  # noqa: SIM110 (`any` takes twice as long)
        if sign in text and pattern.search(text) is not None:
            return True
    return False


def plain(text: str) -> View:
    """A view without escape sequences and invisible characters, and with plain characters for lookalikes."""
    text = _filled(text)
    if (text.isprintable() and text.isascii()) or _NO_PLAIN.search(text) is None:
        return View(text)
    return _rewritten(View(text), _DISGUISE, _undisguised)


def decoded(view: View) -> View:
    """The view with its escapes decoded, up to two levels deep."""
    for _ in range(2):
        if not is_escaped(view.text):
            break
        view = _rewritten(view, _ESCAPED, _unescaped)
    return view


def hidden_parts(text: str) -> list[View]:
    """The invisible text in escape sequences, such as the URLs of links and window titles."""
    if "\x1b" not in text and text.isascii():
        return []
    return [
        View(found["body"], _Replacements((0,), (0,), (0,), (found.start("body"),)))
        for found in _HIDDEN.finditer(_filled(text))
    ]


def _filled(text: str) -> str:
    return MASKED.sub(lambda found: FILLER * len(found[0]), text) if "[redacted: " in text else text


def _rewritten(view: View, pattern: re.Pattern[str], replace: Callable[[str], str]) -> View:
    """The view with all that a pattern matches replaced. The pattern is one group, and matches no empty text."""
    parts = pattern.split(view.text)  # without a step in Python for each match
    if len(parts) == 1:
        return view
    old_bounds = array("q", accumulate(map(len, parts)))
    new = {found: replace(found) for found in set(parts[1::2])}
    parts[1::2] = map(new.__getitem__, parts[1::2])
    bounds = array("q", accumulate(map(len, parts)))
    replaced = _Replacements(bounds[:-1:2], bounds[1::2], old_bounds[:-1:2], old_bounds[1::2])
    return View("".join(parts), replaced, view)


def _undisguised(text: str) -> str:
    if len(text) > 1:
        return ""
    if text in _SIGNS:
        return _SIGNS[text]
    plain = unicodedata.normalize("NFKC", text)
    return plain if plain.isascii() and plain.isprintable() and len(plain) == 1 else ""


def _unescaped(text: str) -> str:
    if text.startswith(("%", r"\u")):
        return chr(int(text[-2:], 16))
    if text.startswith("\\"):
        return "/" if text == r"\/" else " "
    return html.unescape(text)
