"""Make hostile text safe to show.

A log contains whatever a tool printed: colours and progress bars, but also sequences that rename the window or write to
the clipboard. The functions here return text without control characters. Colours are returned as data, and other
sequences are dropped. Characters that would act on the terminal or hide text become visible markers.

Control sequences follow ECMA-48 (sections 5.3 to 5.6).
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from zigtui.reader.text.overwritten import without_overwritten
from zigtui.reader.text.terminal_line import PLAIN_CELL, Span, TerminalLine, character_width
from zigtui.reader.text.text_style import PLAIN, SGR_PARAMETERS, Color, TextStyle, style_after

__all__ = [
    "PLAIN",
    "Color",
    "Span",
    "TextStyle",
    "safe_json",
    "safe_plain",
    "safe_runs",
    "safe_short",
    "safe_spans",
    "valid_unicode",
]


def safe_spans(text: str) -> list[Span]:
    """Split a line of recorded output into spans that are safe to print.

    The spans are what a terminal would finally show: carriage returns and erasures (EL, ECMA-48, 8.3.41) are applied,
    and tabs advance to the next multiple of 8 cells. Accepts any text and never raises.
    """
    if text.isprintable():
        return [Span(text, PLAIN)] if text else []
    runs = _styled_runs(text)
    return _play(text, tab_size=8) if runs is None else [Span(*run) for run in runs]


def safe_runs(text: str) -> Sequence[tuple[str, TextStyle]]:
    """The texts and styles of `safe_spans`, which are quicker to make for a line of many megabytes."""
    runs = _styled_runs(text)
    return [span[:2] for span in _play(text, tab_size=8)] if runs is None else runs


def safe_plain(text: str, *, newline: str = "⏎") -> str:
    """Make a name, a prompt or an error safe to show, as one line without styles.

    Control sequences are treated as in `safe_spans`, but a tab becomes one space. Lines are joined by `newline` between
    two spaces. Accepts any text and never raises. The time taken grows with the text: use `safe_short` for whatever is
    shown in limited space.
    """
    if text.isprintable():
        return text
    if "\n" not in text:
        return "".join(span.text for span in _play(text, tab_size=1))
    parts = [part for line in text.split("\n") for part in (newline, safe_plain(line).strip(" "))][1:]
    return " ".join(filter(None, parts))


def safe_short(text: str, max_length: int, *, newline: str = "⏎") -> str:
    """Make the beginning of a text safe to show, as one line of bounded length that ends in "…" if it is cut off.

    The time taken depends on ``max_length`` only: the text is bounded before it is made safe. For that, about four
    characters are examined for each one returned, so text full of control sequences may be cut off earlier. Neither a
    control sequence nor a character with its combining marks is cut in two.

    Args:
        text: any text.
        max_length: the largest number of characters to return. For a width in cells, use twice that width, since
            combining marks take no cell.
        newline: joins the lines, as in `safe_plain`.
    """
    examined = 4 * max_length + 64
    if len(text) <= examined:
        return _safe_start(text, max_length, newline, is_cut=False)
    return _safe_start(text[: _cluster_boundary(text, examined)], max_length, newline, is_cut=True)


@lru_cache(maxsize=512)  # a screen shows the same texts frame after frame
def _safe_start(text: str, max_length: int, newline: str, *, is_cut: bool) -> str:
    if is_cut:
        safe = safe_plain(_without_partial_sequence(text), newline=newline)
    else:
        safe = safe_plain(text, newline=newline)
        if len(safe) <= max_length:
            return safe
    return safe[: _cluster_boundary(safe, min(len(safe), max_length - 1))] + "…" if max_length > 0 else ""


def safe_json(text: str) -> str:
    """Escape the characters of a JSON text that act on the terminal or hide text, on one line.

    The value stays the same. Control characters that are not escaped can only be white space between values, and become
    spaces. Unlike in the other functions nothing is lost by an escape, so joiners are escaped too.
    """
    return text if text.isprintable() else _NOT_ASCII_TEXT.sub(_json_escape, text)


def valid_unicode(text: str) -> str:
    """Replace lone surrogates with U+FFFD, and pairs of them with the character they encode."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# Format characters that reorder or hide text; not the joiners that emoji and some scripts need.
_HIDDEN = (
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
# The flag of a region such as Scotland is followed by its code in tag characters (UTS #51). More of them hide text.
_FLAG = "\U0001f3f4"
_REGION_TAGS = "[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"

_CONTROL = r"\x00-\x1f\x7f-\x9f"
_CSI = r"(?:\x1b\[|\x9b)"
# A string (OSC, DCS, SOS, PM, APC) may contain the controls that ECMA-48, 5.6 allows, except the newline.
_STRING_INTRODUCER = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])"
_STRING_TEXT = r"[^\x00-\x07\x0a\x0e-\x1f\x7f-\x9f]*+"
_PARTIAL_STRING = re.compile(rf"{_STRING_INTRODUCER}{_STRING_TEXT}\Z")

_SGR = re.compile(rf"{_CSI}({SGR_PARAMETERS})m")

# Every character starts one of these tokens, and no token examines the text of the next one, so the time taken is
# linear in the length of the text. A control character that interrupts a sequence is not part of it.
_TOKEN = re.compile(
    rf"(?P<text>[^{_CONTROL}{_HIDDEN}{_FLAG}]+)"
    rf"|(?P<flag>{_FLAG}(?:{_REGION_TAGS})?)"
    rf"|{_CSI}(?P<sgr>{SGR_PARAMETERS})m"
    rf"|{_CSI}(?P<erase>[012]?)K"
    r"|(?P<carriage_return>\r+)"
    r"|(?P<tab>\t)"
    rf"|(?P<string>{_STRING_INTRODUCER}{_STRING_TEXT}(?:\x07|\x9c|\x1b\\))"  # xterm accepts BEL as the terminator
    # A string without a terminator must not hide the rest of the line, so its text is shown.
    rf"|(?P<unterminated>{_STRING_INTRODUCER})"
    rf"|(?P<sequence>{_CSI}[ -?]*+[@-~]?|\x1b(?:[ -/]++[0-~]?|[0-~]|\x1b*(?=[{_CONTROL}])))"
    rf"|(?P<control>[\x00-\x08\x0a-\x0c\x0e-\x1a\x1c-\x1f\x7f-\x8f\x91-\x97\x99\x9a\x9c{_HIDDEN}]+|\x1b)"
)


_NOT_ASCII_TEXT = re.compile(r"[^ -~]")
_ACTING_CATEGORIES = ("Cc", "Cf", "Zl", "Zp")


def _json_escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in "\t\n\r":
        return " "
    if character.isprintable() or unicodedata.category(character) not in _ACTING_CATEGORIES:
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[index : index + 2].hex()}" for index in range(0, len(units), 2))


def _without_partial_sequence(text: str) -> str:
    """Drop a control sequence that has been cut at the end of a text, if its beginning would be shown."""
    text = text.rstrip("\x1b")
    match = _PARTIAL_STRING.search(text)
    return text if match is None else text[: match.start()].rstrip("\x1b")


def _cluster_boundary(text: str, end: int) -> int:
    """Return the largest index up to ``end`` that does not separate characters shown as one."""
    while 0 < end < len(text) and (character_width(text[end]) == 0 or _is_joined(text, end)):
        end -= 1
    return end


def _is_joined(text: str, index: int) -> bool:
    """Whether a character is joined to the one before it by an emoji sequence (UTS #51)."""
    if "\U0001f1e6" <= text[index] <= "\U0001f1ff":  # flags are pairs of regional indicators
        before = text[:index]
        return bool((len(before) - len(before.rstrip(_REGIONAL_INDICATORS))) % 2)
    return text[index - 1] == "\u200d" or "\U0001f3fb" <= text[index] <= "\U0001f3ff"


_REGIONAL_INDICATORS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


def _styled_runs(text: str) -> list[tuple[str, TextStyle]] | None:
    """Split a line of printable text, tabs and SGR as `_play` does, but many times as fast.

    Returns:
        None for any other line, and where a run of text is more than an addition to the runs before it.
    """
    runs = _SGR.split(text)
    whole = "".join(runs[::2])
    has_tabs = "\t" in whole
    if not (whole.isascii() if has_tabs else whole.isprintable()) or not whole.replace("\t", "").isprintable():
        return None
    has_marks = not whole.isascii()
    done: list[tuple[str, TextStyle]] = []
    style = joined_style = PLAIN
    joined = ""  # runs of one style
    column = 0  # only known if there are tabs
    changes: dict[TextStyle, dict[str, TextStyle]] = {}  # quicker than the cache of `style_after`
    following = changes.setdefault(PLAIN, {})
    for run, sgr in zip(runs[::2], [*runs[1::2], ""], strict=True):
        if run:
            if has_marks and character_width(run[0]) == 0:  # it belongs to the run before, of another style
                return None
            if has_tabs:
                if style != PLAIN and "\t" in run:  # a tab leaves the cells it passes without a style
                    return None
                run = (" " * (column % 8) + run).expandtabs(8)[column % 8 :]
                column += len(run)
            if style is joined_style or style == joined_style:
                joined += run
            else:
                if joined:
                    done.append((joined, joined_style))
                joined, joined_style = run, style
        after = following.get(sgr)
        if after is None:
            after = following[sgr] = style_after(style, sgr)
        if after is not style:
            style = after
            following = changes.setdefault(style, {})
    return [*done, (joined, joined_style)] if joined else done


def _play(text: str, tab_size: int) -> list[Span]:
    """Play a text on one terminal line and return what the line finally contains."""
    line = TerminalLine()
    style = PLAIN_CELL
    for token in _TOKEN.finditer(without_overwritten(text)):
        match token.lastgroup:
            case "text" | "flag":
                line.write(token[0], style)
            case "sgr":
                style = (style_after(style[0], token["sgr"]), False)
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
