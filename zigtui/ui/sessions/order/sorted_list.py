"""Lists of the rows that stay sorted."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator
from typing import Any, TypeAlias

from zigtui.ui.sessions.order.row_key import RowKey

__all__ = ["SortKey", "SortedList"]

_SORTED_ANEW = 50  # with more changes than this at once, sorting everything is faster than inserting them one by one

SortKey: TypeAlias = Callable[[RowKey], Any]
"""Returns the value by which a row is sorted. It is unique to the row."""


class SortedList:
    """The keys of rows, sorted by a value of each.

    Args:
        sort_key: what they are sorted by; None for the keys themselves, which is faster.
        keys: the keys, which are sorted already.

    Attributes:
        keys: the keys. Change them only by the methods.
    """

    def __init__(self, sort_key: SortKey | None, keys: list[RowKey]) -> None:
        self.keys = keys
        self._sort_key = sort_key

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[RowKey]:
        return iter(self.keys)

    def sort_key(self, key: RowKey) -> Any:
        """The value by which a row is sorted."""
        return key if self._sort_key is None else self._sort_key(key)

    def row_of(self, key: RowKey) -> int | None:
        """The row of a key; None if it is not in the list."""
        row = self.first_after(self.sort_key(key), inclusive=True)
        return row if row < len(self.keys) and self.keys[row] is key else None

    def first_after(self, value: Any, *, inclusive: bool = False) -> int:
        """The first row with a greater value, or with ``inclusive`` at least this one."""
        return (bisect_left if inclusive else bisect_right)(self.keys, value, key=self._sort_key)

    def replace(self, old: Collection[RowKey], new: Collection[RowKey]) -> None:
        """Remove and add rows.

        Args:
            old: keys to remove: the very objects that are in the list, whose values have not changed.
            new: keys to add.
        """
        keys = self.keys
        if len(old) + len(new) > _SORTED_ANEW:
            left = set(map(id, old))  # comparing the keys would take longer
            keys = [key for key in keys if id(key) not in left] if left else keys
            keys += new
            keys.sort(key=self._sort_key)
            self.keys = keys
            return
        for key in old:
            row = self.row_of(key)
            assert row is not None
            del keys[row]
        for key in new:
            keys.insert(self.first_after(self.sort_key(key)), key)
