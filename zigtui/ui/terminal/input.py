"""Divide the bytes that a terminal sends into typed characters, control sequences and pastes.

Textual 8.2 has a parser of its own (`textual._xterm_parser`), which this one precedes, since it expects a well-behaved
terminal: bytes that are not UTF-8 end its thread, the characters of an unknown sequence become keys (a ``q`` among them
quits), and a paste without an end swallows all keys from then on.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["ControlSequence", "Pasted", "TerminalInput", "Token", "Typed"]

MAX_PASTED_BYTES = 64 * 1024
"""The length at which a paste is cut off. No prompt takes as much."""

POLL_SECS = 0.1
"""How often to call `TerminalInput.tick` at least. An unfinished sequence waits at least as long for its end."""

PASTE_PAUSE_SECS = 0.5
"""A paste without an end is over after this time of silence."""

_MAX_SEQUENCE_BYTES = 64  # longer ones mean nothing, and take Textual's patterns a time that grows with their cube
_MAX_KEY_BYTES = 16  # a key sends no more at once

_PASTE_START, _PASTE_END = b"\x1b[200~", b"\x1b[201~"
# Ctrl-C, also in the protocol of kitty: in any layout, and with Caps Lock or Num Lock.
_INTERRUPT = re.compile(rb"(?:\x03|\x1b\[(?:\d{1,7}:\d{0,7}:)?99;(?:5|69|133|197)u)\Z")

# What a terminal with 8-bit controls sends in place of the escape character and a letter, also as a character of UTF-8.
_INTRODUCER = re.compile(rb"\xc2?([\x8f\x90\x98\x9b\x9d-\x9f])")
_CHARACTERS = re.compile(
    rb"(?:(?!\x1b|" + _INTRODUCER.pattern + rb")(?:[\xc2-\xdf][\x80-\xbf]?|[\xe0-\xef][\x80-\xbf]{0,2}"
    rb"|[\xf0-\xf4][\x80-\xbf]{0,3}|[\x00-\xff]))*"
)
# A string ends with BEL or with ST. In 8 bits, that is a byte which also occurs in characters, behind another one.
_STRING = rb"[\]PX^_](?:[^\x07\x1b\x9c\xc2]|\xc2(?!\x9c)|(?<=[\x80-\xc1\xc3-\xff])\x9c)*"
# Alternatives: a mouse report in the encoding of X10, whose coordinates are any bytes; a function key of the Linux
# console; a key of rxvt; any other sequence that CSI introduces; SS3; a string, such as the answer to a query.
_SEQUENCE = re.compile(
    rb"\x1b\[M[\x20-\xff]{3}|\x1b\[\[[ -~]|\x1b\[(?:[2-8]|[12]\d|3[0-4])\$|\x1b\[(?![M\[])[-0-?]*[ -/]*[@-~]"
    rb"|\x1bO\d?[@-~]|\x1b" + _STRING + rb"(?:\x07|\x1b\\|\xc2\x9c|(?<![\x80-\xff])\x9c)"
)
_UNFINISHED = re.compile(rb"\x1b(?:\[M[\x20-\xff]{0,2}|\[\[|\[[-0-?]*[ -/]*|O\d?|" + _STRING + rb"\x1b?)?")
_WITH_ALT = re.compile(
    rb"\x1b([\x00-\x1a\x1c-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Typed:
    """Characters of keys, among them control characters.

    Attributes:
        text: the characters.
        alt: whether Alt is held.
    """

    text: str
    alt: bool = False


@dataclass(frozen=True, slots=True)
class ControlSequence:
    """A complete control sequence: a key, a mouse report, an answer, or something unknown."""

    text: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """Text that was pasted, without control characters except for tabs and newlines."""

    text: str


Token: TypeAlias = Typed | ControlSequence | Pasted


class TerminalInput:
    """Takes bytes as they arrive, divided anywhere. No bytes raise an exception, and the memory it uses is limited.

    Bytes that are not UTF-8 are dropped from keys, and replaced by U+FFFD in pastes.

    Args:
        escape_secs: an escape character is the Escape key if nothing follows for this time.
    """

    def __init__(self, escape_secs: float) -> None:
        self._escape_secs = escape_secs
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._rest = b""  # the start of a sequence
        self._paste: bytearray | None = None  # None outside a paste
        self._is_paste_reported = False  # because it paused
        self._paste_ends = _PASTE_END, _PASTE_END
        self._introducer = _PASTE_END[:2]  # of the sequence that begins the rest
        self._last_at = 0.0

    def feed(self, data: bytes, now: float) -> Iterator[Token]:
        """Yield what the next bytes complete.

        Args:
            data: the bytes of one read.
            now: the time in seconds, by a monotonic clock.
        """
        self._last_at = now
        if self._paste is not None and self._is_key_after_pause(data):
            self._paste, self._rest = None, b""
        self._is_paste_reported = False
        self._rest += data
        while self._rest:
            token = self._next_in_paste() if self._paste is not None else self._next()
            if token is None:
                break
            yield token
        # Terminals remove Ctrl+C from what they paste.
        if self._paste is not None and _INTERRUPT.search(data, max(0, len(data) - _MAX_SEQUENCE_BYTES)):
            self._paste, self._rest = None, b""
            yield Typed("\x03")

    @property
    def wait_secs(self) -> float:
        """The pause of the input after which to call `tick`."""
        return min(self._pause_secs, POLL_SECS)

    @property
    def _pause_secs(self) -> float:
        """How long nothing may follow the start of a sequence. Only a key that is pressed is urgent."""
        is_key = self._rest == b"\x1b" and self._paste is None
        return self._escape_secs if is_key else max(self._escape_secs, POLL_SECS)

    def tick(self, now: float) -> Iterator[Token]:
        """Yield what is complete because nothing followed. Call this in pauses of the input."""
        silent_secs = now - self._last_at
        if self._paste is not None:
            if silent_secs >= PASTE_PAUSE_SECS and not self._is_paste_reported:
                self._is_paste_reported, self._rest = True, b""
                yield from self._take_paste()
        elif self._rest and silent_secs >= self._pause_secs:
            unfinished, self._rest = self._rest, b""
            if unfinished == b"\x1b":
                yield Typed("\x1b")

    def _next(self) -> Token | None:
        """The next token outside a paste; None if more bytes are needed. An empty text stands for what is dropped."""
        begun = self._decoder.getstate()[0]  # the first bytes of a character
        self._decoder.reset()
        data = begun + self._rest
        if (introducer := _INTRODUCER.match(data)) is not None:
            self._introducer = introducer[0]
            self._rest = b"\x1b" + bytes([introducer[1][0] - 0x40]) + data[introducer.end() :]
            return Typed("")
        if (end := _CHARACTERS.match(data).end()) > len(begun):  # type: ignore[union-attr]  # it also matches nothing
            self._take(end - len(begun))
            return Typed(self._decoder.decode(data[:end]))
        if begun:  # nothing that follows belongs to the character
            return Typed("")
        if (match := _SEQUENCE.match(data)) is not None:
            sequence = self._take(match.end())
            if sequence == _PASTE_START:
                self._paste = bytearray()
                self._paste_ends = _PASTE_END, self._introducer + _PASTE_END[2:]
            self._introducer = _PASTE_END[:2]
            if len(sequence) > _MAX_SEQUENCE_BYTES:
                return Typed("")
            # No byte of a sequence that is known is beyond ASCII.
            return ControlSequence(sequence.decode("ascii", "replace"))
        if (match := _UNFINISHED.fullmatch(data)) is not None:
            if len(data) > _MAX_SEQUENCE_BYTES:  # forget what it is, and remember that it is not over
                self._rest = data[:2] + (b"?" if data[1:2] == b"[" else b"") + data[-1:]
            return None
        if (match := _WITH_ALT.match(data)) is not None and data[1] not in b"[O]PX^_":
            return Typed(self._take(match.end())[1:].decode("utf-8", "ignore"), alt=True)
        if data.startswith(b"\x1b\x1b"):
            return Typed(self._take(1).decode())
        match = _UNFINISHED.match(data)
        assert match is not None  # it matches the escape character alone
        end = match.end()
        self._take(end - 1 if end > 1 and data[end - 1] == 0x1B else end)  # which starts the next sequence
        return Typed("")

    def _take(self, length: int) -> bytes:
        taken, self._rest = self._rest[:length], self._rest[length:]
        return taken

    # Pastes

    def _next_in_paste(self) -> Token | None:
        assert self._paste is not None
        found = [(at, len(end)) for end in self._paste_ends if (at := self._rest.find(end)) >= 0]
        if not found:
            part = max(_common(self._rest, end) for end in self._paste_ends)
            self._add_to_paste(self._take(len(self._rest) - part))
            return None
        at, length = min(found)
        self._add_to_paste(self._take(at))
        self._take(length)
        pasted = next(self._take_paste(), Typed(""))
        self._paste = None
        return pasted

    def _add_to_paste(self, data: bytes) -> None:
        assert self._paste is not None
        self._paste += data[: MAX_PASTED_BYTES - len(self._paste)]

    def _take_paste(self) -> Iterator[Token]:
        assert self._paste is not None
        text = self._paste.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
        self._paste.clear()
        if text := _CONTROLS.sub("", text):
            yield Pasted(text)

    def _is_key_after_pause(self, data: bytes) -> bool:
        """Whether the paste was cut off before: what continues one is longer, or ends it."""
        is_end = any(end in self._rest + data for end in self._paste_ends)
        return self._is_paste_reported and len(data) <= _MAX_KEY_BYTES and not is_end


def _common(data: bytes, end: bytes) -> int:
    """How many bytes at the end of ``data`` may be the start of ``end``."""
    return next((size for size in range(len(end) - 1, 0, -1) if data.endswith(end[:size])), 0)
