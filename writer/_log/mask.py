"""Mask: replace secrets in whatever is recorded."""

import re
from collections.abc import Iterable, Iterator

from writer._common.text import Text, as_text
from writer._log.secret import Secret

__all__ = ["Mask", "MaskItem"]

MaskItem = Text | re.Pattern[str]
"""A secret, or a pattern of secrets."""

_MASKED = "***"
_UNICODE_ESCAPE = re.compile(r"(\\u)([0-9a-f]{4})")  # some write its digits in upper case
_URL_ESCAPE = re.compile("%[0-9A-F]{2}")  # and these in lower case
_ESCAPED_BY_GO = {ord(character): f"\\u{ord(character):04x}" for character in "&<>"}
_SAFE_IN_URLS = ("/", "", "!'()*", "!#$&'()*+,/:;=?@[]~")  # of Python, of forms, of JavaScript, and of whole addresses
_SEARCHED = 16  # characters of each secret that are searched for first; bounds the time for texts that resemble them
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
        self._secrets = [*map(Secret, secrets)]
        self._finders = [pattern.search for pattern in self._patterns]
        if secrets:
            beginnings = sorted({secret[:_SEARCHED] for secret in secrets})
            self._finders.insert(0, re.compile("|".join(map(re.escape, beginnings))).search)

    def apply(self, text: str) -> str:
        """Return ``text`` without its secrets."""
        for find in self._finders:
            if find(text):
                return self._masked(text)
        return text

    def _masked(self, text: str) -> str:
        spans = self._spans_of_secrets(text)
        for pattern in self._patterns:  # of the original text, in which no secret has broken up a match
            spans += [match.span() for match in pattern.finditer(text) if match[0]]
        parts = []
        end = 0
        for start, next_end in _merged(sorted(spans)):
            parts += [text[end:start], _MASKED]
            end = next_end
        return "".join(parts) + text[end:]

    def held_back(self, text: str) -> int:
        """Return the length of the end of ``text`` that may be the beginning of a secret.

        A secret that overlaps with it is held back too.
        """
        length = max((secret.held_back(text) for secret in self._secrets), default=0)
        if length == 0:
            return 0
        start = len(text) - length
        return len(text) - next((first for first, end in self._spans_of_secrets(text) if first < start < end), start)

    def _spans_of_secrets(self, text: str) -> list[tuple[int, int]]:
        """Find all secrets; those that overlap as one."""
        return [*_merged(sorted(span for secret in self._secrets for span in secret.spans(text)))]


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield sorted spans, those that overlap as one."""
    first, last = -1, -1
    for start, end in spans:
        if start >= last:
            if last > 0:
                yield first, last
            first = start
        last = max(last, end)
    if last > 0:
        yield first, last


def _forms(secret: str) -> set[str]:
    """Return a secret in all normal forms, and what becomes of it in Python, JSON, shells and URLs."""
    if secret.isascii():
        return {secret} if secret.isalnum() else _written(secret)
    from unicodedata import normalize

    return _written(secret) | _written(normalize("NFC", secret)) | _written(normalize("NFD", secret))


def _written(secret: str) -> set[str]:
    import json
    from urllib.parse import quote, quote_plus

    quoted = {secret.replace("'", form) for form in ("'\"'\"'", "'\\''")}
    in_python = {repr(secret)[1:-1], ascii(secret)[1:-1], repr(secret.encode(errors="replace"))[2:-1]}
    in_json = {json.dumps(secret, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False)}
    in_json |= {text.translate(_ESCAPED_BY_GO) for text in in_json} | {text.replace("/", "\\/") for text in in_json}
    in_urls = {quote(secret, safe, errors="replace") for safe in _SAFE_IN_URLS} | {quote_plus(secret, errors="replace")}
    in_json |= {_UNICODE_ESCAPE.sub(lambda match: match[1] + match[2].upper(), text) for text in in_json}
    in_urls |= {_URL_ESCAPE.sub(lambda match: match[0].lower(), text) for text in in_urls}
    return {secret} | quoted | in_python | in_json | in_urls


def _lines(secret: str) -> set[str]:
    lines = secret.splitlines()
    if len(lines) > 1:
        lines = [line for line in lines if len(line.strip()) >= _SHORTEST_LINE]
    if not any(map(str.strip, lines)):
        raise ValueError("a secret of mask must not be empty")
    return set(lines)
