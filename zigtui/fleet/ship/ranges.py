"""Ranges of offsets that must be sent again."""

__all__ = ["Ranges"]


class Ranges:
    """A set of offsets, as ranges that neither overlap nor touch."""

    __slots__ = ("_ranges",)

    def __init__(self) -> None:
        self._ranges: tuple[tuple[int, int], ...] = ()  # sorted

    def __bool__(self) -> bool:
        return bool(self._ranges)

    @property
    def total(self) -> int:
        """The number of bytes in all ranges."""
        return sum(end - start for start, end in self._ranges)

    @property
    def first(self) -> tuple[int, int]:
        """The start and the end of the first range.

        Raises:
            IndexError: if there is none.
        """
        return self._ranges[0]

    def add(self, start: int, end: int) -> None:
        """Add a range."""
        if start >= end:
            return
        others = []
        for other_start, other_end in self._ranges:
            if other_end < start or end < other_start:
                others.append((other_start, other_end))
            else:
                start, end = min(start, other_start), max(end, other_end)
        self._ranges = tuple(sorted([*others, (start, end)]))

    def remove_before(self, offset: int) -> None:
        """Remove all offsets before this one."""
        self._ranges = tuple((max(start, offset), end) for start, end in self._ranges if end > offset)

    def clear(self) -> None:
        """Remove all ranges."""
        self._ranges = ()
