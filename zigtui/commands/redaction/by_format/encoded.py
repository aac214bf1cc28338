"""Secrets in base64: private keys, and text in which other rules find a secret."""

import base64
import re
from collections.abc import Callable, Iterable, Iterator

from zigtui.commands.redaction.by_format.tokens import TOKEN_PREFIXES
from zigtui.commands.redaction.rules import Rule, Span

__all__ = ["encoded_rule"]

_RUN = re.compile(r"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/]{16,}|[A-Za-z0-9_-]{16,})={0,2}(?![A-Za-z0-9+/])")
_LONGEST_READ = 4096  # characters; the rest of a longer run is not decoded
_BEGIN_KEY = "-----BEGIN"
_OTHERS = ("password", "passwd", "secret", "https://", "postgres", "mongodb", "redis://", "mysql://", _BEGIN_KEY)
_PEM = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE")


def _in_base64(word: str) -> Iterator[str]:
    """The base64 of a word at each of the three possible byte offsets, in lower case.

    Characters that also depend on the bytes before or after the word are left out.
    """
    raw = word.encode()
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + raw).decode()
        whole = (offset + len(raw)) * 8 // 6
        yield encoded[-(-offset * 8 // 6) : whole].lower()


_WORDS = tuple(
    dict.fromkeys(
        piece for word in (*TOKEN_PREFIXES, *_OTHERS) for piece in _in_base64(word) if len(word) > 3 and len(piece) > 3
    )
)


def encoded_rule(find: Callable[[str], Iterable[Span]]) -> Rule:
    """A rule that decodes base64 and applies other rules to the decoded text.

    Args:
        find: returns the spans of the secrets in a plain text.
    """

    def find_encoded(text: str) -> Iterator[Span]:
        for run in _RUN.finditer(text):
            raw = _decoded(run[0][:_LONGEST_READ])
            if _PEM.match(raw):
                yield Span(*run.span(), "private-key")
            elif _is_text(raw) and next(iter(find(raw.decode("ascii"))), None) is not None:
                yield Span(*run.span(), "secret")

    return Rule("base64", _WORDS, find_encoded)


def _decoded(run: str) -> bytes:
    run = run.rstrip("=").replace("-", "+").replace("_", "/")
    size = len(run) if len(run) % 4 != 1 else len(run) - 1
    return base64.b64decode(run[:size] + "=" * (-size % 4))


def _is_text(raw: bytes) -> bool:
    return raw.isascii() and not raw.startswith(b"{") and re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", raw) is None
