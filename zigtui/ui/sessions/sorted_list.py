"""Lists of the rows that stay sorted."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator
from typing import Any, TypeAlias

from zigtui.ui.sessions.row_key import RowKey

__all__ = ["Place", "SortedList"]

_SORTED_ANEW = 50  # with more changes than this at once, sorting everything is faster than inserting them one by one

Place: TypeAlias = Callable[[RowKey], Any]
"""What the place of a row depends on. It is unique to the row."""


class SortedList:
    """The keys of rows, sorted by their places.

    Args:
        place: what they are sorted by; None for the keys themselves, which is faster.
        keys: the keys, which are sorted already.

    Attributes:
        keys: the keys. Change them only by the methods.
    """

    def __init__(self, place: Place | None, keys: list[RowKey]) -> None:
        self.keys = keys
        self._place = place

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[RowKey]:
        return iter(self.keys)

    def place(self, key: RowKey) -> Any:
        """What the place of a row depends on."""
        return key if self._place is None else self._place(key)

    def row_of(self, key: RowKey) -> int | None:
        """The row of a key; None if it is not in the list."""
        row = self.first_after(self.place(key), inclusive=True)
        return row if row < len(self.keys) and self.keys[row] is key else None

    def first_after(self, place: Any, *, inclusive: bool = False) -> int:
        """The first row that comes after a place, or with ``inclusive`` is there."""
        return (bisect_left if inclusive else bisect_right)(self.keys, place, key=self._place)

    def replace(self, old: Collection[RowKey], new: Collection[RowKey]) -> None:
        """Remove and add rows.

        Args:
            old: keys to remove: the very objects that are in the list, whose places have not changed.
            new: keys to add.
        """
        keys = self.keys
        if len(old) + len(new) > _SORTED_ANEW:
            left = set(map(id, old))  # comparing the keys would take longer
            keys = [key for key in keys if id(key) not in left] if left else keys
            keys += new
            keys.sort(key=self._place)
            self.keys = keys
            return
        for key in old:
            row = self.row_of(key)
            assert row is not None
            del keys[row]
        for key in new:
            keys.insert(self.first_after(self.place(key)), key)
