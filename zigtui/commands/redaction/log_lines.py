"""Redaction of whole logs, byte by byte: a masked line has the length of the original, so that all offsets stay."""

import getpass
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache

import msgspec

from zigtui import __version__
from zigtui.commands.redaction.by_format.persons import home_of
from zigtui.commands.redaction.redactor import Redactor
from zigtui.commands.redaction.rules import MASKED

__all__ = ["LogMasking"]

_NOT_TEXT = frozenset({"type", "ts", "zig_session_id", "stream", "status"})
"""The fields that readers need as they are, and that contain no text of a program or a person."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(?P<colon>\s*:)?|[\[\]{}]', re.DOTALL)
_SHORTER_MASKS = (None, "[redacted]", "***", "*")  # of which the first one that fits is used
_MOST_STREAMS = 8  # of which a damaged line may be a part
_DEEPEST = 100  # levels of lists and objects. Python has a limit too, which depends on the callers
_BLANK_START, _BLANK_END = b'{"type":"redacted"', b"}\n"


class LogMasking:
    """Masks the lines of logs.

    Args:
        redactor: masks secrets.
        users: what the redactor knows of users, on which its results depend.

    Attributes:
        fingerprint: identifies how secrets are masked. Two maskings with the same one give the same bytes.
        max_line_bytes: longer lines are not read for secrets, but replaced by `blank`.
    """

    max_line_bytes = 512 * 1024  # takes half a second to mask, or several seconds if it is full of secrets

    def __init__(self, redactor: Redactor, users: Iterable[str] = ()) -> None:
        self._redactor = redactor
        self.fingerprint = hashlib.sha256("\0".join([__version__, *sorted(users)]).encode()).hexdigest()[:16]

    @classmethod
    def of_here(cls, paths: Iterable[str]) -> "LogMasking":
        """A masking that knows the current user and the users in these paths."""
        known = list(paths)
        homes = {found[0] for path in known if (found := home_of(path)) is not None}
        with suppress(KeyError, OSError):  # the user ID has no name, as in some containers
            homes.add(getpass.getuser())
        homes.add(os.path.expanduser("~"))  # noqa: PTH111  # a missing home directory is not an error
        return cls(Redactor.of_here(known), homes)

    def lines(self) -> Callable[[bytes], bytes]:
        """Return a function that masks whole lines in order. Earlier lines affect later ones.

        Each result has the length of its line. A line may be masked by itself, but with the lines before it, more
        secrets are found, such as the lines of a private key.
        """
        return _Lines(self._redactor)

    @staticmethod
    def blank(size: int, start: int, end: int) -> bytes:
        """A part of the event without text that replaces a line of ``size`` bytes, which is too long to be read."""
        spaces = size - len(_BLANK_END)
        head = _BLANK_START[start:end]
        middle = b" " * (min(end, spaces) - max(start, len(_BLANK_START)))
        return head + middle + _BLANK_END[max(0, start - spaces) : max(0, end - spaces)]


class _Lines:
    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._short = lru_cache(1024)(redactor.text)  # names of steps, which come with each line of output
        self._streams: dict[tuple[str, str], Callable[[str], str]] = {}  # by step and stream
        self._damaged_stream: Callable[[str], str] | None = None  # of lines whose stream is unknown

    def __call__(self, line: bytes) -> bytes:
        body = line.removesuffix(b"\n")
        try:
            event = None if _is_deep(body) else msgspec.json.decode(body)
        except (msgspec.MsgspecError, UnicodeError):
            event = None
        if not isinstance(event, dict):
            return self._damaged(body) + line[len(body) :]
        printed = event.get("line") if event.get("type") == "step_output" else None
        redacted: str | None = None
        if isinstance(printed, str):
            redacted = self._printed(printed, str(event.get("step_name")), str(event.get("stream")))
        is_clean = all(
            redacted == printed if name == "line" and redacted is not None else self._is_clean(name, value)
            for name, value in event.items()
        )
        # The event has only the last value of a name that comes twice. The form in which zig writes has none of these.
        if is_clean and (msgspec.json.encode(event) == body or not _has_repeated_names(body)):
            return line
        return self._rewritten(body.decode(), printed, redacted).encode("utf-8", "backslashreplace") + line[len(body) :]

    def _printed(self, line: str, step_name: str, stream: str) -> str:
        """A masked line of output. It may go on a private key that began in a damaged line."""
        key = step_name, stream
        redact = self._streams.pop(key, None) or self._redactor.stream()
        self._streams[key] = redact  # the last one that was used
        redacted = redact(line)
        return redacted if self._damaged_stream is None else self._damaged_stream(redacted)

    def _is_clean(self, name: str, value: object) -> bool:
        if isinstance(value, str):
            return name in _NOT_TEXT or self._text(value) == value
        return not isinstance(value, list | dict) or self._redactor.value(value) == value

    def _text(self, text: str) -> str:
        return self._short(text) if len(text) <= 200 else self._redactor.text(text)

    def _rewritten(self, body: str, printed: str | None, redacted: str | None) -> str:
        """A JSON object with each text masked. The space that is left over follows each of them.

        Args:
            body: the object.
            printed: the line of output in it, if it is one.
            redacted: the same line, masked.
        """
        depth, name = 0, ""

        def replaced(token: re.Match[str]) -> str:
            nonlocal depth, name
            literal = token[0]
            if literal in "[{":
                depth += 1
            elif literal in "]}":
                depth -= 1
            elif token["colon"] is not None:
                if depth == 1:
                    name = json.loads(literal[: token.start("colon") - token.start()], strict=False)
            elif depth > 1 or name not in _NOT_TEXT:
                text = json.loads(literal, strict=False)
                is_line = redacted is not None and depth == 1 and name == "line" and text == printed
                masked = redacted if is_line else self._text(text)
                if masked is not None and masked != text:
                    size = len(literal.encode())
                    return _fitting(masked, _json, size) or f'"{"*" * (size - 2)}"'
            return literal

        return _TOKEN.sub(replaced, body)

    def _damaged(self, body: bytes) -> bytes:
        """A line that is not a JSON object, or a very deep one, masked as one text."""
        text = body.decode("utf-8", "surrogateescape")
        if self._damaged_stream is None:
            self._damaged_stream = self._redactor.stream()
        masked = self._damaged_stream(text)
        for redact in list(self._streams.values())[-_MOST_STREAMS:]:  # it may be part of a key in any of them
            masked = redact(masked)
        if masked == text:
            return body
        fitting = _fitting(masked, str, len(body))
        return b"*" * len(body) if fitting is None else fitting.encode("utf-8", "surrogateescape")


def _is_deep(body: bytes) -> bool:
    """Whether a line has more levels than are read. No event of zig has more than a few."""
    if body.count(b"[") + body.count(b"{") <= _DEEPEST:
        return False
    depth = 0
    for token in _TOKEN.finditer(body.decode("utf-8", "replace")):
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
        if depth > _DEEPEST:
            return True
    return False


def _has_repeated_names(body: bytes) -> bool:
    repeated = False

    def check(pairs: list[tuple[str, object]]) -> None:
        nonlocal repeated
        repeated |= len(pairs) != len({name for name, _ in pairs})

    try:
        json.loads(body, object_pairs_hook=check)
    except ValueError:
        return True  # as far as is known
    return repeated


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _fitting(masked: str, encode: Callable[[str], str], size: int) -> str | None:
    """A masked text that takes exactly ``size`` bytes, with shorter masks if necessary; None if that is not enough."""
    for shorter in _SHORTER_MASKS:
        encoded = encode(masked if shorter is None else MASKED.sub(shorter, masked))
        left = size - len(encoded.encode("utf-8", "surrogateescape" if encode is str else "backslashreplace"))
        if left >= 0:
            return encoded + " " * left
    return None
