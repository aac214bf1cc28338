"""Turn the tokens of `zigtui.ui.terminal.input` into events of Textual. Unknown sequences become no event."""

import logging
import re
from collections.abc import Iterable, Iterator

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import XTermParser
from textual.keys import Keys
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

from zigtui.ui.messages import FocusChanged, FocusIsReported
from zigtui.ui.terminal.input import ControlSequence, Pasted, Token, Typed

__all__ = ["InputEvents"]

_LOGGER = logging.getLogger(__name__)

_MOUSE = re.compile(r"\x1b\[<(\d{1,4});(\d{1,4});(\d{1,4})[mM]")
_FOCUS, _NO_FOCUS = "\x1b[I", "\x1b[O"
_CAN_REPORT_FOCUS = re.compile(r"\x1b\[\?1004;[123]\$y")
_SYNCHRONIZED = re.compile(r"\x1b\[\?2026;[1-4]\$y")
# A key in the protocol of kitty: code:shifted:base ; modifiers:event ; text. The older sequences of keys are like it.
# The base is the key in the same place of a Latin layout.
_KEY = re.compile(r"\x1b\[(\d*)(?::\d*)?(?::(\d*))?(?::[\d:]*)?(?:;(\d{0,6})(?::(\d*))?)?(?:;([\d:]*))?([u~A-FHPQRS])")
_RELEASED = "3"
_LATIN = range(ord(" "), 0x7F)
_COMMANDS = 2 | 4 | 8  # Alt, Ctrl and Super, with which a key types nothing


class InputEvents:
    """Keeps the state that events depend on, such as the last position of the mouse.

    The names of keys and the fields of mouse reports are those of Textual 8.2, whose parser is only given what is
    well-formed. It raises an exception for a kitty key with an event type and for a code point beyond Unicode. It takes
    the number of an unknown function key for a character.
    """

    def __init__(self) -> None:
        self._parser = XTermParser()

    def understood(self, token: Token) -> list[Message]:
        """The events that a token stands for; none for one that raises an exception, which must not end the program."""
        try:
            return list(self.events_of(token))
        except Exception:
            _LOGGER.exception("terminal input is ignored: %r", token)
            return []

    def events_of(self, token: Token) -> Iterator[Message]:
        """The events that a token stands for."""
        match token:
            case Typed(text, alt):
                # Until the screen was set up, the terminal has turned Enter into a newline.
                for character in text.replace("\n", "\r"):
                    yield from _understood(self._parser._sequence_to_key_events(character, alt))
            case Pasted(text):
                yield events.Paste(text)
            case ControlSequence(text):
                yield from self._events_of_sequence(text)

    def _events_of_sequence(self, sequence: str) -> Iterator[Message]:
        if _MOUSE.fullmatch(sequence):
            event = self._parser.parse_mouse_code(sequence)
            if event is not None:
                yield event
        elif _SYNCHRONIZED.fullmatch(sequence):
            yield TerminalSupportsSynchronizedOutput()
        elif sequence in (_FOCUS, _NO_FOCUS):
            yield FocusChanged(has_focus=sequence == _FOCUS)
        elif _CAN_REPORT_FOCUS.fullmatch(sequence):
            yield FocusIsReported()
        elif (match := _KEY.fullmatch(sequence)) is None:
            yield from _understood(self._parser._sequence_to_key_events(sequence))
        elif (plain := _plain_key(match)) is not None:
            yield from _understood(self._parser._sequence_to_key_events(plain))


def _plain_key(key: "re.Match[str]") -> str | None:
    """The sequence of a key without the parts that Textual does not know; None if it is not a key press."""
    code, base, modifiers, event, text, final = key.groups(default="")
    if code and base and int(code) not in _LATIN and int(base) in _LATIN and int(modifiers or 1) - 1 & _COMMANDS:
        code = base  # Ctrl+C is the same key in a layout without a C
    is_known = final == "u" or f"{code or 1}{final}" in FUNCTIONAL_KEYS or key[0] in ANSI_SEQUENCES_KEYS
    if event == _RELEASED or not is_known or not all(map(_is_character, [code, *text.split(":")])):
        return None
    fields = f"{code};{modifiers};{text}".rstrip(";")
    return f"\x1b[{fields}{final}"


def _is_character(code: str) -> bool:
    """Whether an empty or decimal code stands for a character that may be typed."""
    if len(code) > 7:
        return False
    number = int(code or ord(" "))
    return number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF and not 0x80 <= number <= 0x9F


def _understood(keys: Iterable[events.Key]) -> Iterator[events.Key]:
    for key in keys:
        is_control = key.character is not None and "\x80" <= key.character <= "\x9f"
        if key.key != Keys.Ignore and not is_control:
            yield key
