"""Views of a text without escape sequences, escapes and lookalike characters.

Rules match a view, not the original text. A view has no escape sequences and no invisible characters. Lookalikes, such
as full-width letters, are replaced by plain characters, and the escapes of URLs, HTML and JSON are decoded. A view
maps each of its characters to the original text, and the masks are applied there.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from zigtui.commands.redaction.rules import FILLER, MASKED, Span

__all__ = ["View", "decoded", "has_hidden_parts", "hidden_parts", "plain", "plain_text"]

_STRING_START = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])"
_STRING = rf"{_STRING_START}[^\x07\x1b\x80-\x9f]*(?:\x07|\x9c|\x1b\\)"
_HIDDEN = re.compile(rf"{_STRING_START}(?P<body>[^\x07\x1b\x80-\x9f]*)(?:\x07|\x9c|\x1b\\)")
_SEQUENCE = rf"{_STRING}|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]"
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
_DISGUISE = re.compile(f"{_SEQUENCE}|{_INVISIBLE}|{_LOOKALIKE}")
_SIGNS = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
    "\r": " ",
}

# Escapes of printable ASCII in URLs, in HTML and in JSON
_ESCAPED = re.compile(
    "%(?P<percent>2[0-9A-Fa-f]|[3-6][0-9A-Fa-f]|7[0-9A-Ea-e])"
    "|&(?:#(?:3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6]|[xX][2-7][0-9A-Fa-f])|quot|apos|amp|lt|gt|sol|commat);"
    r"|\\(?:[/nrt]|u00(?P<unicode>[2-7][0-9A-Fa-f]))"
)


class View(NamedTuple):
    """A text that rules match, and its mapping to the original text.

    Attributes:
        text: the text that rules match.
        ends: the start and the end in the original text of each character; None if the positions are the same.
    """

    text: str
    ends: tuple[list[int], list[int]] | None = None

    def original(self, span: Span) -> Span:
        """The same span in the original text."""
        if self.ends is None or span.start >= span.end:
            return span
        starts, ends = self.ends
        return span._replace(start=starts[span.start], end=ends[span.end - 1])


def plain(text: str) -> View:
    """A view without escape sequences and invisible characters, and with plain characters for lookalikes."""
    text = _filled(text)
    if (text.isprintable() and text.isascii()) or _NO_PLAIN.search(text) is None:
        return View(text)
    return _rewritten(View(text), _DISGUISE, _undisguised)


def plain_text(text: str) -> str:
    """The text of ``plain(text)``, which is quicker to make than the view: most coloured lines need no more."""
    text = _filled(text)
    if (text.isprintable() and text.isascii()) or _NO_PLAIN.search(text) is None:
        return text
    is_simple = text.isascii() and "\r" not in text  # then whatever is replaced has no plain form
    return _DISGUISE.sub("" if is_simple else _undisguised, text)


def decoded(view: View) -> View:
    """The view with its escapes decoded, up to two levels deep."""
    for _ in range(2):
        if "%" in view.text or "&" in view.text or "\\" in view.text:
            view = _rewritten(view, _ESCAPED, _unescaped)
    return view


def has_hidden_parts(text: str) -> bool:
    """Whether `hidden_parts` finds anything."""
    return ("\x1b" in text or not text.isascii()) and _HIDDEN.search(text) is not None


def hidden_parts(text: str) -> Iterator[View]:
    """The invisible text in escape sequences, such as the URLs of links and window titles."""
    if "\x1b" in text or not text.isascii():
        for found in _HIDDEN.finditer(_filled(text)):
            start, end = found.span("body")
            yield View(found["body"], (list(range(start, end)), list(range(start + 1, end + 1))))


def _filled(text: str) -> str:
    return MASKED.sub(lambda found: FILLER * len(found[0]), text) if "[redacted: " in text else text


def _rewritten(view: View, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]) -> View:
    first = pattern.search(view.text)
    if first is None:
        return view
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    old_starts, old_ends = view.ends or (range(len(view.text)), range(1, len(view.text) + 1))
    done = 0
    for found in pattern.finditer(view.text, first.start()):
        start, end = found.span()
        new = replace(found)
        parts += (view.text[done:start], new)
        starts += [*old_starts[done:start], *[old_starts[start]] * len(new)]
        ends += [*old_ends[done:start], *[old_ends[end - 1]] * len(new)]
        done = end
    parts.append(view.text[done:])
    starts += old_starts[done:]
    ends += old_ends[done:]
    return View("".join(parts), (starts, ends))


def _undisguised(found: re.Match[str]) -> str:
    text = found[0]
    if len(text) > 1:
        return ""
    if text in _SIGNS:
        return _SIGNS[text]
    plain = unicodedata.normalize("NFKC", text)
    return plain if plain.isascii() and plain.isprintable() and len(plain) == 1 else ""


def _unescaped(found: re.Match[str]) -> str:
    code = found["percent"] or found["unicode"]
    if code:
        return chr(int(code, 16))
    if found[0].startswith("\\"):
        return "/" if found[0] == r"\/" else " "
    return html.unescape(found[0])
