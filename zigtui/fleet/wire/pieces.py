"""Where to cut bytes of a log into chunks."""

from collections.abc import Iterator

from zigtui.fleet.wire.chunk import MAX_CHUNK_BYTES

__all__ = ["pieces"]


def pieces(lines: bytes, limit: int = MAX_CHUNK_BYTES) -> Iterator[bytes]:
    """Cut whole lines into pieces of at most ``limit`` bytes, at newlines if possible.

    A line that is longer than a piece begins in a piece of its own, and goes on in as many as it needs.

    Args:
        lines: bytes that end with a newline. A line is sent once it is whole: a torn one may yet be taken back.
        limit: the most bytes of a piece.

    Yields:
        The pieces, which together are the lines.
    """
    start = 0
    while len(lines) - start > limit:
        end = lines.rfind(b"\n", start, start + limit) + 1 or start + limit
        yield lines[start:end]
        start = end
    if start < len(lines):
        yield lines[start:]
