"""Secrets in base64: private keys, and tokens or passwords of known forms."""

import base64
import re
from collections.abc import Callable, Iterable, Iterator

from zigtui.commands.redaction.rules import Rule, Span
from zigtui.commands.redaction.tokens import TOKEN_PREFIXES

__all__ = ["encoded_rule"]

_RUN = re.compile(r"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/]{16,}|[A-Za-z0-9_-]{16,})={0,2}(?![A-Za-z0-9+/])")
_LONGEST_READ = 4096  # characters: a secret stands at the beginning
_BEGIN_KEY = "-----BEGIN"
_OTHERS = ("password", "passwd", "://", "secret", _BEGIN_KEY)
_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]*(?:PRIVATE|$)")


def _in_base64(word: str) -> Iterator[str]:
    """The characters that a word has in base64 wherever it is in a text: it may begin at each of three bytes."""
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
    """A rule for what other rules find in the text that is in base64.

    Args:
        find: returns the secrets in a plain text.
    """

    def find_encoded(text: str) -> Iterator[Span]:
        for run in _RUN.finditer(text):
            plain = _decoded(run[0])
            if plain is None:
                continue
            if _PEM.match(plain):
                yield Span(*run.span(), "private-key")
            elif not plain.startswith("{") and next(iter(find(plain)), None) is not None:
                yield Span(*run.span(), "secret")

    return Rule("base64", _WORDS, find_encoded)


def _decoded(run: str) -> str | None:
    """The text that base64 stands for, as far as it is printable; None if it is no text."""
    run = run[:_LONGEST_READ].rstrip("=").replace("-", "+").replace("_", "/")
    raw = base64.b64decode(run[: len(run) // 4 * 4] + _padded(run[len(run) // 4 * 4 :]))
    try:
        plain = raw.decode("ascii")
    except UnicodeDecodeError:
        return None
    return plain if plain.replace("\n", "").replace("\r", "").isprintable() else None


def _padded(rest: str) -> str:
    return "" if len(rest) < 2 else rest + "=" * (4 - len(rest))
