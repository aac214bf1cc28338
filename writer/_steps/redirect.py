"""Redirect ``sys.stdout`` and ``sys.stderr`` while a block runs, for the code of some contexts only."""

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any, TextIO, cast

__all__ = ["Find", "redirected"]

Find = Callable[[str], TextIO | None]
"""Returns the file that takes the place of "stdout" or "stderr" for the running code, or None for the original."""

_STREAMS = ("stdout", "stderr")

_lock = RLock()  # reentrant, since a signal handler of the runner may redirect too
_blocks = 0
_routers: dict[str, TextIO] = {}

if hasattr(os, "register_at_fork"):
    # Held during a fork: in the forked process, no other thread would complete its change and release the lock.
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


class _Router:
    """Takes the place of a standard stream, and passes each use on to the file of the running code."""

    def __init__(self, stream: str, original: TextIO | None, find: Find) -> None:
        self._stream = stream
        self.original = original
        self._find = find

    def __getattr__(self, name: str) -> Any:
        target = self._find(self._stream) or self.original
        return getattr(_Nothing() if target is None else target, name)


class _Nothing(io.TextIOBase):
    """Discards what is written to it, as `print` does where there is no standard output, in a daemon for example."""

    def write(self, text: str) -> int:
        return len(text)


@contextmanager
def redirected(find: Find) -> Iterator[None]:
    """Let ``find`` decide, for each use of a standard stream, while the block runs. Blocks may overlap."""
    global _blocks
    with _lock:
        _blocks += 1
        if not _routers:
            _install(find)
    try:
        yield
    finally:
        with _lock:
            _blocks -= 1
            if _blocks == 0:
                _restore()


def _install(find: Find) -> None:
    for stream in _STREAMS:
        _routers[stream] = cast("TextIO", _Router(stream, getattr(sys, stream), find))
        setattr(sys, stream, _routers[stream])


def _restore() -> None:
    for stream, router in list(_routers.items()):  # a signal handler may clear them meanwhile
        if getattr(sys, stream) is router:  # otherwise the runner has put its own file around it
            setattr(sys, stream, cast("_Router", router).original)
    _routers.clear()
