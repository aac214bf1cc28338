"""Chunks: bytes of one log, with the offset at which they belong.

The payload is the bytes of the log, so that any client of the server can print them; or, if that saves a fifth, these
bytes compressed by zlib. The rest is in the header, see `Chunk.encoded`.
"""

import re
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from zigtui.fleet.wire.wire_error import WireError

__all__ = [
    "AGE_HEADER",
    "ANCHOR_BYTES",
    "CHUNK_HEADER",
    "MAX_CHUNK_BYTES",
    "MAX_NUMBER",
    "Chunk",
    "age_header",
    "age_of",
    "anchor_of",
]

CHUNK_HEADER = "Zig-Chunk"
"""The name of the header of a chunk."""

AGE_HEADER = "Zig-Age"
"""The name of the header with the milliseconds since the log last grew, in a chunk that comes late."""

MAX_CHUNK_BYTES = 256 * 1024
"""The most bytes of a log in one chunk."""

MAX_NUMBER = 2**53
"""The greatest offset, and the greatest number of a generation: a larger one is not exact in every JSON parser."""

ANCHOR_BYTES = 64
"""The number of bytes before an offset from which an anchor is computed."""

_VERSION = "1"
_FORM = re.compile(
    rf"{_VERSION} ([1-9]\d{{0,15}}) (0|[1-9]\d{{0,15}}) ([1-9]\d{{0,5}}) ([0-9a-f]{{8}}) ([rz])", re.ASCII
)
_AGE = re.compile(r"[1-9]\d{0,14}", re.ASCII)
_LATE_SECS = 1.0  # below, the time until the server has the chunk counts as well
_MIN_COMPRESSED_BYTES = 256  # below, headers cost more than compression saves
_MAX_COMPRESSED_SHARE = 0.8
_LEVEL = 1  # 10 times smaller at 360 MB/s on recorded logs; level 6 saves little more at less than half of that


def anchor_of(before: bytes) -> int:
    """The CRC-32 of the last 64 bytes of ``before``, which are the bytes before an offset."""
    return zlib.crc32(before[-ANCHOR_BYTES:])


def age_header(age_secs: float) -> dict[str, str]:
    """The header of a chunk whose log last grew some time ago; empty if it has just grown.

    The age is a difference of two times of the machine, so that it holds whatever its clock shows.
    """
    return {AGE_HEADER: str(round(age_secs * 1000))} if age_secs >= _LATE_SECS else {}


def age_of(headers: Mapping[str, str]) -> float:
    """How long before it was published the log of a chunk last grew, in seconds.

    Raises:
        WireError: if the header for that is wrong.
    """
    age = headers.get(AGE_HEADER)
    if age is None:
        return 0.0
    if _AGE.fullmatch(age) is None:
        raise WireError(f"the header {AGE_HEADER} is not a number of milliseconds")
    return int(age) / 1000


class Chunk(NamedTuple):
    """Consecutive bytes of a log.

    Attributes:
        gen: the generation of the file that the bytes are from: the time in milliseconds when it began. Another
            generation begins when the shipper cannot prove that the file continues the one before, so a greater one is
            newer.
        offset: the position of the first byte in the file.
        anchor: `anchor_of` the bytes before the offset; 0 at the start of the file.
        data: the bytes, at least one.
    """

    gen: int
    offset: int
    anchor: int
    data: bytes

    @property
    def end(self) -> int:
        """The position after the last byte."""
        return self.offset + len(self.data)

    def encoded(self) -> tuple[str, bytes]:
        """Return the value of the header and the payload.

        The header is ``1 <gen> <offset> <length> <anchor> <r|z>``: the version of the format, decimal numbers, eight
        hexadecimal digits, and whether the payload is raw or compressed. The length is that of the bytes of the log.

        Raises:
            WireError: if there are no bytes, or too many, or if a number is out of range.
        """
        if not (1 <= self.gen <= MAX_NUMBER and self.offset >= 0 and self.end <= MAX_NUMBER):
            raise WireError(f"a chunk of generation {self.gen} at {self.offset} is out of range")
        if not 1 <= len(self.data) <= MAX_CHUNK_BYTES:
            raise WireError(f"a chunk cannot have {len(self.data)} bytes")
        payload, form = self.data, "r"
        if len(self.data) >= _MIN_COMPRESSED_BYTES:
            compressed = zlib.compress(self.data, _LEVEL)
            if len(compressed) <= _MAX_COMPRESSED_SHARE * len(self.data):
                payload, form = compressed, "z"
        return f"{_VERSION} {self.gen} {self.offset} {len(self.data)} {self.anchor:08x} {form}", payload

    @classmethod
    def decoded(cls, header: str, payload: bytes) -> "Chunk":
        """Parse a message. No payload needs more memory than `MAX_CHUNK_BYTES`, however much it would expand to.

        Raises:
            WireError: if the header is not a header of a chunk, or if the payload does not fit it.
        """
        match = _FORM.fullmatch(header)
        if match is None:
            raise WireError("the header is not that of a chunk")
        gen, offset, length = int(match[1]), int(match[2]), int(match[3])
        if length > MAX_CHUNK_BYTES or gen > MAX_NUMBER or offset + length > MAX_NUMBER:
            raise WireError("the header has a number that is out of range")
        data = payload if match[5] == "r" else _decompressed(payload, length)
        if len(data) != length:
            raise WireError(f"the header announces {length} bytes, but there are {len(data)}")
        return cls(gen, offset, int(match[4], 16), data)


def _decompressed(payload: bytes, length: int) -> bytes:
    decompressor = zlib.decompressobj()
    try:
        data = decompressor.decompress(payload, length)
        if not decompressor.eof:  # the end may be in bytes that were not needed yet
            data += decompressor.decompress(decompressor.unconsumed_tail, 1)
    except zlib.error:
        raise WireError("the payload is not compressed by zlib") from None
    if len(data) > length or not decompressor.eof or decompressor.unused_data:
        raise WireError(f"the payload does not expand to exactly {length} bytes")
    return data
