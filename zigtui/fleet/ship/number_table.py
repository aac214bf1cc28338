"""Sets and maps of many numbers, such as the hashes of names, in little memory."""

from array import array

__all__ = ["NumberMap", "NumberSet"]

_LEAST_SLOTS = 64
_FREE = 0
_IN_PLACE_OF_FREE = 1  # hashes that differ only in this are as rare as those that are equal


class NumberSet:
    """A set of signed 64-bit numbers. Each takes 12 to 24 bytes, a tenth of what a string in a `set` takes.

    Args:
        expected: how many numbers it will have, about.
    """

    __slots__ = ("_count", "_numbers")

    def __init__(self, expected: int = 0) -> None:
        slots = _LEAST_SLOTS
        while slots * 2 < expected * 3:
            slots *= 2
        self._numbers = array("q", bytes(8 * slots))  # the length is a power of two
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, number: int) -> bool:
        number = number or _IN_PLACE_OF_FREE  # not through `_slot`, as many thousands of names are looked up at once
        numbers = self._numbers
        mask = len(numbers) - 1
        slot = number & mask
        while (found := numbers[slot]) != number:
            if found == _FREE:
                return False
            slot = (slot + 1) & mask
        return True

    def add(self, number: int) -> None:
        """Add a number."""
        self._place(number or _IN_PLACE_OF_FREE)

    def _slot(self, number: int) -> int:
        """Where a number is, or where it belongs."""
        numbers = self._numbers
        mask = len(numbers) - 1
        slot = number & mask
        while (found := numbers[slot]) != number and found != _FREE:
            slot = (slot + 1) & mask
        return slot

    def _place(self, number: int) -> int:
        """Add a number, and return where it is."""
        slot = self._slot(number)
        if self._numbers[slot] == _FREE:
            if self._count * 3 >= len(self._numbers) * 2:
                self._grow()
                slot = self._slot(number)
            self._numbers[slot] = number
            self._count += 1
        return slot

    def _grow(self) -> None:
        old = self._numbers
        self._numbers = array("q", bytes(16 * len(old)))
        for number in old:
            if number != _FREE:
                self._numbers[self._slot(number)] = number


class NumberMap(NumberSet):
    """A map from signed 64-bit numbers to such numbers. Each pair takes 24 to 48 bytes."""

    __slots__ = ("_values",)

    def __init__(self, expected: int = 0) -> None:
        super().__init__(expected)
        self._values = array("q", bytes(8 * len(self._numbers)))

    def get(self, number: int, default: int) -> int:
        """The value of a number, or the default if it has none."""
        slot = self._slot(number or _IN_PLACE_OF_FREE)
        return default if self._numbers[slot] == _FREE else self._values[slot]

    def set(self, number: int, value: int) -> None:
        """Give a number a value."""
        slot = self._place(number or _IN_PLACE_OF_FREE)  # which may replace `_values`
        self._values[slot] = value

    def _grow(self) -> None:
        numbers, values = self._numbers, self._values
        super()._grow()
        self._values = array("q", bytes(8 * len(self._numbers)))
        for number, value in zip(numbers, values, strict=True):
            if number != _FREE:
                self._values[self._slot(number)] = value
