"""Join adjacent chunks of a log: many passes of a listener are quick to fold together."""

from collections.abc import Callable, Iterable, Iterator

from zigtui.reader.lines.tail import Chunk

__all__ = ["joined_chunks"]


def joined_chunks(chunks: Iterable[Chunk], is_wanted: Callable[[], bool]) -> Iterator[Chunk]:
    """Yield chunks, joined with those that follow as long as that is wanted.

    Args:
        chunks: chunks of one log in order.
        is_wanted: whether the chunk that was just read should be joined with others.
    """
    joined: list[Chunk] = []
    for chunk in chunks:
        if is_wanted() and not chunk.restarted and not chunk.skipped_bytes:
            joined.append(chunk)
            continue
        yield from _join(joined)
        joined = []
        yield chunk
    yield from _join(joined)


def _join(chunks: list[Chunk]) -> Iterator[Chunk]:
    if chunks:
        yield chunks[-1]._replace(offset=chunks[0].offset, data=b"".join([chunk.data for chunk in chunks]))
