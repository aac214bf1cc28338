"""Standard output and standard error when they are closed, full or without a reader."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TextIO

__all__ = ["discard", "note", "notes"]

_shows_notes = ContextVar("_shows_notes", default=True)


@contextmanager
def notes(*, shown: bool) -> Iterator[None]:
    """Print or drop the notes of a block."""
    token = _shows_notes.set(shown)
    try:
        yield
    finally:
        _shows_notes.reset(token)


def note(text: str) -> None:
    """Print lines for people on standard error. If it cannot be written to, they are dropped."""
    if sys.stderr is not None and _shows_notes.get():
        try:
            print(text.encode("utf-8", "replace").decode(), file=sys.stderr, flush=True)
        except (OSError, ValueError):
            discard(sys.stderr)


def discard(stream: TextIO) -> None:
    """Redirect a broken stream to the null device: otherwise flushing it at exit would change the exit code to 120."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
