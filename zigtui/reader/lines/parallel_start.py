"""Decide whether a second process should parse a log from its other end."""

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from zigtui.reader.lines.tail import Tail

if TYPE_CHECKING:
    from zigtui.reader.lines.parallel_read import ParallelReader

__all__ = ["start_parallel_reader"]

_WORTH_A_PROCESS = 64 * 1024 * 1024  # bytes; fewer are read before another process would have started


def start_parallel_reader(tail: Tail, block_bytes: int, session_id: str | None) -> "ParallelReader | None":
    """Start another process at the end of a log, if much is left to read and there is a processor for it.

    Args:
        tail: the reader of the log, which goes on from its current position.
        block_bytes: the size of the chunks in which it reads.
        session_id: the session of the log; None if it is not known.

    Returns:
        None if there is no such process.
    """
    start = tail.offset + tail.torn_bytes
    has_processor = (os.cpu_count() or 1) > 1 and bool(sys.executable)
    if tail.size - start <= _WORTH_A_PROCESS or session_id is None or not has_processor:
        return None
    from zigtui.reader.lines.parallel_read import ParallelReader  # importing it takes longer than reading most logs

    with suppress(OSError, ValueError, RuntimeError):  # the last one if there can be no more threads
        return ParallelReader(tail.path, start, tail.size, block_bytes, session_id, follows_link=tail.follows_link)
    return None
