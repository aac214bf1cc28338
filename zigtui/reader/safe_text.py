"""Hostile text made safe to show.

A log holds whatever a tool printed: colours and progress bars, but also sequences that rename the window or
write to the clipboard. Here it becomes text without one control character: colours are kept as data, other
sequences are dropped, and a character that would act on the terminal or hide text becomes a visible marker.
Control sequences follow ECMA-48 (sections 5.3 to 5.6), the longer colours ITU-T T.416 and xterm.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby, islice
from typing import Any, NamedTuple, TypeAlias

__all__ = ["PLAIN", "Color", "Span", "TextStyle", "safe_plain", "safe_spans", "valid_unicode"]

Color: TypeAlias = int | tuple[int, int, int]  # a palette index, or red, green and blue: 0 to 255 each


class TextStyle(NamedTuple):
    """What SGR (ECMA-48, 8.3.117) asked for. Blinking and concealing are not kept: a log may do neither."""

    foreground: Color | None = None
    background: Color | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    strike: bool = False


PLAIN = TextStyle()


class Span(NamedTuple):
    """Text of one style. A `marker` is not the log's own text but stands for a character not shown as such."""

    text: str
    style: TextStyle
    marker: bool = False


def safe_spans(text: str) -> list[Span]:
    """Turns one line of recorded output into spans that are safe to print; joined, they are the line.

    The line is what a terminal would show in the end: carriage returns and erasures (EL, ECMA-48, 8.3.41) are
    carried out, tabs go to the next multiple of 8 cells. Any text is accepted, and nothing is raised.
    """
    if text.isprintable():
        return [Span(text, PLAIN)] if text else []
    return _played(text, tab_size=8)


def safe_plain(text: str, *, newline: str = "⏎") -> str:
    """Turns a name, a prompt or an error into one safe line without styles.

    It is as in `safe_spans`, but a tab is one space, and lines are joined by `newline` with a space on either
    side, in place of the spaces that were there. Any text is accepted, and nothing is raised.
    """
    if text.isprintable():
        return text
    if "\n" not in text:
        return "".join(span.text for span in _played(text, tab_size=1))
    parts = [part for line in text.split("\n") for part in (newline, safe_plain(line).strip(" "))][1:]
    return " ".join(filter(None, parts))


def valid_unicode(text: str) -> str:
    """Returns `text` with lone surrogates replaced by U+FFFD, and pairs of them by the character they stand for."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# Format characters that reorder or hide text; not the joiners that emoji and some scripts need.
_HIDDEN = (
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
# The flag of a region, as Scotland: its name follows in tag characters (UTS #51). A long one is hidden text.
_FLAG = "\U0001f3f4"
_REGION_TAGS = "[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"

_CONTROL = r"\x00-\x1f\x7f-\x9f"
_CSI = r"(?:\x1b\[|\x9b)"
_STRING_INTRODUCER = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])"  # OSC, DCS, SOS, PM, APC

# Every character begins one of these, and none of them looks ahead over the text of the next: the time taken
# is linear in the text. A sequence that a control character interrupts ends before it.
_TOKEN = re.compile(
    rf"(?P<text>[^{_CONTROL}{_HIDDEN}{_FLAG}]+)"
    rf"|(?P<flag>{_FLAG}(?:{_REGION_TAGS})?)"
    # A longer SGR is nothing a program means, and is dropped below as any other sequence.
    rf"|{_CSI}(?P<sgr>[0-9:;]{{0,128}})m"
    rf"|{_CSI}(?P<erase>[012]?)K"
    r"|(?P<carriage_return>\r+)"
    r"|(?P<tab>\t)"
    # The controls that ECMA-48, 5.6 allows in a string, but for the newline; xterm ends one with BEL as well.
    rf"|(?P<string>{_STRING_INTRODUCER}[^\x00-\x07\x0a\x0e-\x1f\x7f-\x9f]*+(?:\x07|\x9c|\x1b\\))"
    # Without an end it must not take the rest of the line with it: its text is shown.
    rf"|(?P<unterminated>{_STRING_INTRODUCER})"
    rf"|(?P<sequence>{_CSI}[ -?]*+[@-~]?|\x1b(?:[ -/]++[0-~]?|[0-~]|\x1b*(?=[{_CONTROL}])))"
    rf"|(?P<control>[\x00-\x08\x0a-\x0c\x0e-\x1a\x1c-\x1f\x7f-\x8f\x91-\x97\x99\x9a\x9c{_HIDDEN}]+|\x1b)"
)

_Look: TypeAlias = tuple[TextStyle, bool]  # the style of a cell, and whether it is a marker's
_PLAIN_LOOK = (PLAIN, False)


def _played(text: str, tab_size: int) -> list[Span]:
    """Plays a text on one terminal line and returns what stands there in the end."""
    line = _Line()
    look = _PLAIN_LOOK
    for token in _TOKEN.finditer(text):
        match token.lastgroup:
            case "text" | "flag":
                line.write(token[0], look)
            case "sgr":
                look = (_style_after(look[0], token["sgr"]), False)
            case "carriage_return":
                line.carriage_return()
            case "tab":
                line.tab(tab_size)
            case "erase":
                line.erase(before=token["erase"] in ("1", "2"), after=token["erase"] != "1")
            case "control" | "unterminated":
                line.write("".join(map(_marker, token[0])), (PLAIN, True))
    return line.spans()


_PICTURES = {chr(code): chr(0x2400 + code) for code in range(0x20)} | {"\n": "⏎", "\x7f": "\u2421"}


def _marker(character: str) -> str:
    if character.isprintable():  # the second character of an unterminated introducer
        return character
    code = ord(character)
    return _PICTURES.get(character) or (f"\\x{code:02x}" if code < 0xA0 else f"<U+{code:04X}>")


class _Line:
    """One terminal line. A wide character has its text in its first column, and "" in the second."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.looks: list[_Look] = []
        self.column = 0
        # Zero-width characters by the column they follow (-1: none). They join their cells in the end:
        # one at a time, many of them on one cell would take quadratic time.
        self.marks: dict[int, list[str]] = {}
        self.erased = 0  # so many columns at the start are blank: erasing them again costs nothing

    def write(self, text: str, look: _Look) -> None:
        cells, marks = (text, ()) if text.isascii() else _laid_out(text)
        start, end = self.column, self.column + len(cells)
        self._clear(start, end)
        self.texts[start:end] = cells
        self.looks[start:end] = [look] * len(cells)
        self.column = end
        self.erased = min(self.erased, max(start - 1, 0))  # a mark changes the cell before the cursor
        for offset, mark in marks:
            self.marks.setdefault(start + offset, []).append(mark)

    def tab(self, size: int) -> None:
        """Moves to the next tab stop; as in a terminal, the cells on the way stay as they are."""
        self.column += size - self.column % size
        missing = self.column - len(self.texts)
        self.texts += " " * missing
        self.looks += [_PLAIN_LOOK] * missing

    def carriage_return(self) -> None:
        self._drop_if_erased()
        self.column = 0

    def erase(self, *, before: bool, after: bool) -> None:
        """Erases the line before and after the cursor; its own cell counts to either part."""
        if after:
            self._clear(self.column, len(self.texts))
            del self.texts[self.column :], self.looks[self.column :]
        if before:
            start, end = self.erased, min(self.column + 1, len(self.texts))
            self._clear(start, end)
            self.texts[start:end] = " " * (end - start)
            self.looks[start:end] = [_PLAIN_LOOK] * (end - start)
            self.erased = end
        self.erased = min(self.erased, len(self.texts))

    def spans(self) -> list[Span]:
        """Returns the line in spans as long as can be; nothing can be written after that."""
        self._drop_if_erased()
        leading = self.marks.pop(-1, None)
        for column, marks in self.marks.items():
            self.texts[column] += "".join(marks)
        if leading:
            self.texts.insert(0, "".join(leading))
            self.looks.insert(0, _PLAIN_LOOK)
        texts = iter(self.texts)
        return [
            Span("".join(islice(texts, len(list(cells)))), style, marker)
            for (style, marker), cells in groupby(self.looks)
        ]

    def _clear(self, start: int, end: int) -> None:
        """Makes columns ready to be replaced: no marks on them, no wide character half in and half out."""
        for edge in (start, end):
            if start < end and edge < len(self.texts) and self.texts[edge] == "":
                self.texts[edge - 1 : edge + 1] = "  "
                self.marks.pop(edge - 1, None)
                self.marks.pop(edge, None)
        if self.marks:
            for column in range(start, end):
                self.marks.pop(column, None)

    def _drop_if_erased(self) -> None:
        if self.erased >= len(self.texts):
            self.texts.clear()
            self.looks.clear()
            self.erased = 0


def _laid_out(text: str) -> tuple[list[str], list[tuple[int, str]]]:
    """Returns the cells of a text, and its zero-width characters with the offset of the cell they follow."""
    cells: list[str] = []
    marks: list[tuple[int, str]] = []
    for character in text:
        width = _character_width(character)
        if width == 0:
            marks.append((len(cells) - 1, character))
        else:
            cells += (character,) if width == 1 else (character, "")
    return cells, marks


_VISIBLE_FORMAT = "\u00ad\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"


@lru_cache(maxsize=4096)
def _character_width(character: str) -> int:
    category = unicodedata.category(character)
    is_joining_jamo = "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7fb"
    if category[0] == "M" or is_joining_jamo or (category == "Cf" and character not in _VISIBLE_FORMAT):
        return 0
    if category == "Cn":  # Python knows no width for these: emoji and ideographs of a later Unicode
        return 2 if "\U0001f300" <= character <= "\U0003fffd" else 1
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


_ON = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike", 21: "underline"}
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}
_FIRST_COLORS = {30: ("foreground", 0), 40: ("background", 0), 90: ("foreground", 8), 100: ("background", 8)}
_CHANGES: dict[int, dict[str, Any]] = {
    0: PLAIN._asdict(),
    39: {"foreground": None},
    49: {"background": None},
    **{code: {name: True} for code, name in _ON.items()},
    **{code: dict.fromkeys(names, False) for code, names in _OFF.items()},
    **{code + i: {name: index + i} for code, (name, index) in _FIRST_COLORS.items() for i in range(8)},
}
# The colour of an underline (58) is not kept, but its numbers must not be taken for codes of their own.
_EXTENDED_COLORS = {38: "foreground", 48: "background", 58: ""}
_COLOR_NUMBERS = {2: 3, 5: 1}  # how many follow the kind of colour: RGB, palette


@lru_cache(maxsize=1024)
def _style_after(style: TextStyle, parameters: str) -> TextStyle:
    """Returns the style after an SGR with these parameters: digits, semicolons and colons."""
    changes: dict[str, Any] = {}
    rest = iter([[int(number or "0") for number in part.split(":")] for part in parameters.split(";")])
    for code, *details in rest:
        if code in _EXTENDED_COLORS:
            color = _color(details or _following_numbers(rest))
            if color is not None and _EXTENDED_COLORS[code]:
                changes[_EXTENDED_COLORS[code]] = color
        elif code == 4 and details:
            changes["underline"] = details[0] != 0
        elif not details:
            changes |= _CHANGES.get(code, {})
    return style._replace(**changes)


def _following_numbers(rest: Iterator[list[int]]) -> list[int]:
    """Takes the numbers of a colour written with semicolons; after an unknown kind, all that is left."""
    kind = next(rest, [0])[0]
    return [kind, *(numbers[0] for numbers in islice(rest, _COLOR_NUMBERS.get(kind)))]


def _color(numbers: list[int]) -> Color | None:
    match numbers:
        case [5, index] if index <= 255:
            return index
        # T.416 names a colour space after the 2, most programs do not: `38:2::r:g:b`, `38:2:r:g:b`.
        case [2, red, green, blue] | [2, _, red, green, blue, *_] if max(red, green, blue) <= 255:
            return red, green, blue
    return None
