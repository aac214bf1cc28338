"""Mask: replace secrets in whatever is recorded."""

import re
from collections.abc import Iterable

from writer._common.text import Text, as_text

__all__ = ["Mask", "MaskItem"]

MaskItem = Text | re.Pattern[str]
"""A secret, or a pattern of secrets."""

_MASKED = "***"
_ESCAPED_BY_GO = {ord(character): f"\\u{ord(character):04x}" for character in "&<>"}
_SAFE_IN_URLS = ("/", "", "!'()*", "!#$&'()*+,/:;=?@[]~")  # of Python, of forms, of JavaScript, and of whole addresses
_SHORTEST_LINE = 4  # of a secret of several lines: a shorter one, such as a brace, would be masked everywhere


class Mask:
    """Replaces secrets with ``***``, also in the forms in which messages, commands and addresses have them."""

    def __init__(self, items: Iterable[MaskItem]) -> None:
        """Compile the secrets and patterns.

        Lines are recorded one by one, so each line of a secret is masked.

        Raises:
            ValueError: If ``items`` is a single text, or an item is empty, or neither text nor a pattern of text.
        """
        if isinstance(items, str | bytes | re.Pattern) or not isinstance(items, Iterable):
            raise ValueError(f"mask must be a list of text and patterns, not {type(items).__name__}")
        secrets: set[str] = set()
        self._patterns: list[re.Pattern[str]] = []
        for item in items:
            if not isinstance(item, re.Pattern):
                for line in _lines(as_text(item, "mask")):
                    secrets |= _forms(line)
            elif isinstance(item.pattern, str):
                self._patterns.append(item)
            else:
                raise ValueError(f"a pattern of mask must be one of text, not {item.pattern!r}")
        self._secrets = sorted(secrets, key=len, reverse=True)  # the longest one first, which may contain others
        if self._secrets:
            self._patterns.insert(0, re.compile("|".join(map(re.escape, self._secrets))))

    def apply(self, text: str) -> str:
        """Return ``text`` without its secrets."""
        for pattern in self._patterns:
            text = pattern.sub(_replacement, text)
        return text

    def held_back(self, text: str) -> int:
        """Return the length of the end of ``text`` that may be the beginning of a secret."""
        longest = len(self._secrets[0]) - 1 if self._secrets else 0
        for start in range(max(0, len(text) - longest), len(text)):
            end = text[start:]
            if any(len(secret) > len(end) and secret.startswith(end) for secret in self._secrets) and not any(
                match.start() < start < match.end() for match in self._patterns[0].finditer(text)
            ):
                return len(end)
        return 0


def _forms(secret: str) -> set[str]:
    """Return a secret and what becomes of it in Python, JSON and shells, which escape or quote it, and in URLs."""
    if secret.isalnum() and secret.isascii():
        return {secret}
    import json
    from urllib.parse import quote, quote_plus

    quoted = {secret.replace("'", form) for form in ("'\"'\"'", "'\\''")}
    in_python = {repr(secret)[1:-1], repr(secret.encode(errors="replace"))[2:-1]}
    in_json = {json.dumps(secret, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False)}
    in_json |= {text.translate(_ESCAPED_BY_GO) for text in in_json} | {text.replace("/", "\\/") for text in in_json}
    in_urls = {quote(secret, safe, errors="replace") for safe in _SAFE_IN_URLS} | {quote_plus(secret, errors="replace")}
    return {secret} | quoted | in_python | in_json | in_urls


def _replacement(match: re.Match[str]) -> str:
    return _MASKED if match[0] else ""  # a pattern that matches nothing would mask the gaps between all characters


def _lines(secret: str) -> set[str]:
    lines = secret.splitlines()
    if len(lines) > 1:
        lines = [line for line in lines if len(line.strip()) >= _SHORTEST_LINE]
    if not any(map(str.strip, lines)):
        raise ValueError("a secret of mask must not be empty")
    return set(lines)
