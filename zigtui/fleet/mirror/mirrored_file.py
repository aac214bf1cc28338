"""One mirrored file: how many of its bytes are proven, and how a chunk changes it."""

import os
from enum import Enum, auto

from zigtui.fleet.mirror.open_files import OpenFile
from zigtui.fleet.wire.chunk import ANCHOR_BYTES, Chunk, anchor_of
from zigtui.fleet.wire.messages import State
from zigtui.reader.lines.tail import read_at

__all__ = ["MirroredFile", "Placement"]


class Placement(Enum):
    """The position of a chunk relative to the proven bytes."""

    OLD = auto()
    """It is of an earlier generation of the file."""

    KNOWN = auto()
    """All its bytes are proven."""

    NEXT = auto()
    """It continues the proven bytes."""

    AHEAD = auto()
    """Bytes are missing before it."""


class MirroredFile:
    """What is known about one mirrored file.

    The first `proven` bytes are those of the current generation of the original. Bytes after that are from an earlier
    generation, or from an earlier run of the mirror. They are compared before they are replaced: when a shipper begins
    a new generation since it lost its notes, nothing is written, and no reader has to start again.

    Args:
        size: the size of the file, in bytes.

    Attributes:
        gen: the current generation of the original, see `Chunk.gen`; 0 if it is unknown.
        proven: the number of bytes, from the start, that are known to be those of the original.
        size: the size of the file when it was last written, in bytes.
        modified: when the original was last modified by its last state, in seconds since the epoch of the clock here;
            None without a state.
    """

    __slots__ = (
        "_anchor",
        "_anchor_end",
        "_announced",
        "_earlier_gen",
        "_earlier_proven",
        "_is_contested",
        "_received",
        "_state_gen",
        "gen",
        "modified",
        "proven",
        "size",
    )

    def __init__(self, size: int = 0) -> None:
        self.gen = self.proven = 0
        self.size = size
        self.modified: float | None = None
        self._received = 0  # the end of the last chunk of the current generation
        self._announced = -1  # the size in the last state of the current generation
        self._state_gen = 0  # the generation in the last state
        self._is_contested = False  # see `note_asked`
        self._earlier_gen = 0  # the generation before the current one,
        self._earlier_proven = 0  # and how many of its bytes are still there
        self._anchor = 0  # `anchor_of` the bytes before this offset, so that they need not be read again:
        self._anchor_end = -1  # mostly the next chunk continues there

    @property
    def lacks_bytes(self) -> bool:
        """Whether bytes of the original are missing here, or belong to a generation that counts as an earlier one."""
        return self.proven < max(self._received, self._announced) or self._is_outdated or self._is_contested

    @property
    def is_incomplete(self) -> bool:
        """Whether the file is shorter than its original is known to be."""
        return self.size < max(self._received, self._announced)

    @property
    def _is_outdated(self) -> bool:
        """Whether the last state is of an earlier generation, so that its machine may not know of the current one.

        The chunks of the current one may have been read after that state, although they were sent before it: they come
        in another stream. If its machine does know of it, the next state comes soon.
        """
        return 0 < self._state_gen < self.gen

    @property
    def is_as_announced(self) -> bool:
        """Whether the file is what the original was by its last state."""
        return self.proven == self._announced and not self.lacks_bytes

    @property
    def is_of_last_state(self) -> bool:
        """Whether no byte is newer than the last state, so that the original was last modified then, as is known."""
        return self.proven <= self._announced and not self._is_outdated

    def restore(self, gen: int, proven: int) -> None:
        """Take over what an earlier run of the mirror has proven, as far as the file has these bytes."""
        self.gen = gen
        self.proven = self._received = min(proven, self.size)

    def placement(self, chunk: Chunk) -> Placement:
        """The position of a chunk relative to the proven bytes. The first chunk of a new generation begins it here."""
        if chunk.gen < self.gen:
            self._is_contested = self._is_contested or chunk.end > self.proven
            return Placement.OLD
        self._begin_generation(chunk.gen)
        self._received = max(self._received, chunk.end)
        if chunk.end <= self.proven:
            return Placement.KNOWN
        return Placement.NEXT if chunk.offset <= self.proven else Placement.AHEAD

    def _begin_generation(self, gen: int) -> None:
        if gen > self.gen:
            self._earlier_gen, self._earlier_proven = self.gen, self.proven
            self.gen, self.proven = gen, 0
            self._received, self._announced = 0, -1
            self._is_contested = False

    def note_asked(self) -> None:
        """Note that the machine was asked for bytes, so that it knows of the current generation.

        Until then, no state of the current generation counts that follows on one of an earlier generation, or on more
        bytes of one: two shippers send the log, and the one that sent the current generation may have ended since.
        """
        self._is_contested = False

    def write(self, file: OpenFile, chunk: Chunk) -> bool:
        """Write a chunk that is `Placement.NEXT`. Bytes that are there already are compared.

        Args:
            file: the file, just measured.
            chunk: the chunk.

        Returns:
            Whether the chunk continues the file. If not, by its anchor or since the file was cut off, bytes must be
            sent again from `proven` on.

        Raises:
            OSError: if the file cannot be written. What could be written stays, and the chunk may be tried again.
        """
        self._note_size(file.size)
        if chunk.offset > self.proven:
            return False
        descriptor = file.descriptor
        if self._anchor_at(descriptor, chunk.offset) != chunk.anchor:
            self._cut_off(descriptor, 0)
            return False
        data: bytes | memoryview = chunk.data
        if chunk.offset < self.proven:
            data = memoryview(data)[self.proven - chunk.offset :]
        if self.proven < self.size:
            data = data[self._compare(descriptor, data) :]
        while data:
            written = os.pwrite(descriptor, data, self.proven)
            self.proven += written
            self.size = max(self.size, self.proven)
            data = data[written:]
        if len(chunk.data) >= ANCHOR_BYTES:
            self._anchor, self._anchor_end = anchor_of(chunk.data), chunk.end
        self._cut_off_rest(descriptor)
        return True

    def _note_size(self, size: int) -> None:
        if size != self.size:
            self.size = size
            self.proven = min(self.proven, size)
            self._anchor_end = -1  # others have written here

    def _anchor_at(self, descriptor: int, offset: int) -> int:
        if offset == self._anchor_end:
            return self._anchor
        return anchor_of(_before(descriptor, offset))

    def _compare(self, descriptor: int, data: bytes | memoryview) -> int:
        """Compare the bytes after the proven ones with those that belong there. Cut off the file where they differ.

        Returns:
            The number of bytes that are equal. They are proven now.
        """
        existing = read_at(descriptor, self.proven, min(len(data), self.size - self.proven))
        equal = len(existing)
        if existing != data[:equal]:
            equal = _common_length(existing, data)
            self._cut_off(descriptor, self.proven + equal)
        self.proven += equal
        return equal

    def _cut_off_rest(self, descriptor: int) -> None:
        """Cut off bytes of an earlier generation if the current one is known to be shorter, and is here as a whole."""
        if self.is_as_announced and self.proven < self.size:
            self._cut_off(descriptor, self.proven)

    def _cut_off(self, descriptor: int, size: int) -> None:
        os.ftruncate(descriptor, size)
        self.size = size
        self.proven = min(self.proven, size)
        self._earlier_proven = min(self._earlier_proven, size)
        if self._anchor_end > size:
            self._anchor_end = -1

    def note_state(self, state: State, modified: float) -> None:
        """Take note of a state of the original.

        Args:
            state: the state.
            modified: when the original was last modified then, in seconds since the epoch of the clock here.
        """
        self._is_contested = self._is_contested or state.gen < self._state_gen
        self._state_gen = state.gen
        if state.gen >= self.gen:
            self._begin_generation(state.gen)
            self._announced = state.size
            self.modified = modified
            if state.after and state.after == self._earlier_gen:
                self.proven = max(self.proven, min(self._earlier_proven, state.kept))

    def check_state(self, file: OpenFile, state: State) -> None:
        """Compare the file with a state that was noted. Bytes that cannot be the original's are cut off.

        Args:
            file: the file, just measured.
            state: the state.

        Raises:
            OSError: if the file cannot be written.
        """
        self._note_size(file.size)
        if state.gen == self.gen and state.size == self.proven and not self.lacks_bytes:
            if anchor_of(_before(file.descriptor, state.size)) != state.crc:
                self._cut_off(file.descriptor, 0)
            self._cut_off_rest(file.descriptor)


def _common_length(existing: bytes, data: bytes | memoryview) -> int:
    """The length of the common start of two that differ. It takes no longer than comparing them a few times."""
    low, high = 0, len(existing)  # equal up to the one, different up to the other
    while high - low > 1:
        middle = (low + high) // 2
        if existing[low:middle] == data[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _before(descriptor: int, offset: int) -> bytes:
    start = max(0, offset - ANCHOR_BYTES)
    return read_at(descriptor, start, offset - start)
