"""Private keys, which span several lines: PEM, PGP, PuTTY, OpenVPN, and PEM in base64."""

import base64
import re
from collections.abc import Callable

from zigtui.commands.redaction.disguise import plain
from zigtui.commands.redaction.rules import mask

__all__ = ["LONGEST_KEY_LINES", "PrivateKeys"]

LONGEST_KEY_LINES = 400
"""A private key is taken to end after this number of lines.
"""

_LINES_OF_PROSE_THAT_END_A_KEY = 3

_LEAST_DASHES = 8  # before BEGIN and after KEY together
_KEY_MASK = mask("private-key")
_KEY = r"(?:[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?|OpenVPN [A-Z0-9 -]{0,40}KEY(?: V\d)?)"
_BEGIN = re.compile(rf"-{{4,5}} ?BEGIN {_KEY} ?-{{4,5}}|Private-Lines: \d", re.IGNORECASE)
_END = re.compile(rf"-{{4,5}} ?END {_KEY} ?-{{0,5}}|Private-MAC: ?\w*", re.IGNORECASE)
_BODY = re.compile(r"[A-Za-z0-9+/]{16}|^\W*(?:[\w-]{1,30}: .*|[A-Za-z0-9+/=]+\W*)$")
_PROSE = re.compile(r"[A-Za-z]{2}[^A-Za-z0-9+/]+[A-Za-z]{2}")
_BASE64_OF_BEGIN = "LS0tLS1CRUdJTi"  # "-----BEGIN "
# In the last word of a line; the key goes on in the next lines
_BASE64_BEGIN = re.compile(rf"(?<![A-Za-z0-9+/]){_BASE64_OF_BEGIN}[A-Za-z0-9+/]{{20,}}$")
_BASE64_LINE = re.compile(r"\s*(?P<body>[A-Za-z0-9+/]{8,}={0,2})\s*")
_LONGEST_HEADER = 80  # characters of base64 that contain the first line of a PEM file


class PrivateKeys:
    """Redacts the lines of one stream in order, and masks the lines of private keys.

    Args:
        line: redacts a line outside of private keys.
    """

    def __init__(self, line: Callable[[str], str]) -> None:
        self._line = line
        self._key_lines = 0  # the most lines that the current key may still have; 0 outside of a key
        self._margin = ""  # the text before the key on each line, such as a timestamp or a line number
        self._prose = 0
        self._is_base64 = False

    def __call__(self, text: str) -> str:
        """Return the redacted line."""
        if "\n" in text:
            return "\n".join(map(self, text.split("\n")))
        if self._is_base64:
            row = _BASE64_LINE.fullmatch(text)
            if row is not None:
                return text[: row.start("body")] + _KEY_MASK
            self._is_base64 = False
        if not self._key_lines and not _may_begin(text):
            return self._line(text)
        seen = plain(text).text
        if self._key_lines:
            return self._within_key(seen, text)
        begin = _BEGIN.search(seen)
        if begin is not None:
            return self._with_key(seen, begin)
        encoded = _BASE64_BEGIN.search(seen)
        self._is_base64 = encoded is not None and _is_key(encoded[0])
        return self._line(text)

    def _with_key(self, seen: str, begin: re.Match[str]) -> str:
        before = self._line(seen[: begin.start()])
        end = _END.search(seen, begin.end())
        if end is not None:
            return before + _KEY_MASK + self(seen[end.end() :])
        self._key_lines = LONGEST_KEY_LINES
        self._margin = seen[: begin.start()]
        self._prose = 0
        return before + _KEY_MASK

    def _within_key(self, seen: str, text: str) -> str:
        end = _END.search(seen)
        if end is not None:
            self._key_lines = 0
            return _KEY_MASK + self(seen[end.end() :])
        self._key_lines -= 1
        size = len(self._margin)
        body = (seen[size:] if _shape(seen[:size]) == _shape(self._margin) else seen).strip()
        if _BODY.search(body) is None and (not body or _PROSE.search(body) is not None):
            # The BEGIN line was only mentioned, for example in code, or the key ended without an END line
            self._prose += bool(body)
            if self._prose == _LINES_OF_PROSE_THAT_END_A_KEY:
                self._key_lines = 0
            return self._line(text)
        self._prose = 0
        return _KEY_MASK


def _may_begin(text: str) -> bool:
    """Whether a key may begin in a line. This is a quick test."""
    if text.count("-") < _LEAST_DASHES and "rivate-" not in text and _BASE64_OF_BEGIN not in text:
        return False
    if not (text.isascii() and text.isprintable()) or _BASE64_OF_BEGIN in text:
        return True
    lowered = text.lower()  # which hides nothing between its letters
    return "begin" in lowered or "private-lines" in lowered


def _is_key(encoded: str) -> bool:
    head = encoded[:_LONGEST_HEADER]
    return b"PRIVATE KEY" in base64.b64decode(head[: len(head) // 4 * 4])


def _shape(margin: str) -> str:
    return re.sub(r"[0-9 ]+", "0", margin)
