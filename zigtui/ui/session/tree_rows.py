"""The rows of the step tree: which there are, kept while the session grows, and each one made when it is displayed."""

from collections.abc import Callable, Hashable, Sequence
from itertools import islice
from typing import overload

from zigtui.reader.session.model import Session
from zigtui.wording.trees import ALL_OUTPUT, TreeRow, keys_ahead

__all__ = ["NO_ROWS", "TreeLayout", "TreeRows"]


class TreeLayout:
    """The keys of all rows, in the order of the tree. An update costs as much as what has been added.

    Attributes:
        version: grows whenever rows come, go or move.
        keys: those of the rows.
    """

    def __init__(self) -> None:
        self.version = 0
        self.keys: list[Hashable] = []
        self._rows: dict[Hashable, int] = {}
        self._session: Session | None = None
        self._sizes = (-1, -1, -1)
        self._begun = 0  # how many keys are not of tiers ahead
        self._tiers = self._steps = self._steps_of_last = 0

    def update(self, session: Session) -> None:
        """Take over what has been added to a session, or another session."""
        sizes = (len(session.tiers), len(session.steps), session.tier_count)
        if session is self._session and sizes == self._sizes:
            return
        if session is not self._session:
            self._restart()
        self._session, self._sizes = session, sizes
        self._truncate(self._begun)
        self._add_begun(session)
        if self._steps != len(session.steps):  # a step was added to an earlier tier
            self._restart()
            self._add_begun(session)
        self._begun = len(self.keys)
        for key in keys_ahead(session):
            self._add(key)
        self.version += 1

    def find(self, key: Hashable) -> int | None:
        """The row of a key, None if there is none."""
        return self._rows.get(key)

    def first_active(self, session: Session) -> int | None:
        """The row of the first step under way, None if there is none. Only in the last tier can steps be active."""
        tier = session.tiers[-1] if session.tiers else None
        if tier is None or not tier.is_open:
            return None
        active = next((step for step in tier.steps.values() if step.state.is_active), None)
        return None if active is None else self.find(("step", active.serial))

    def _add_begun(self, session: Session) -> None:
        """Add the rows of tiers and steps behind those that are there already."""
        for tier in islice(session.tiers, max(0, self._tiers - 1), None):
            if tier.ordinal > self._tiers:
                self._add(("tier", tier.ordinal))
                self._tiers, self._steps_of_last = tier.ordinal, 0
            for step in islice(tier.steps.values(), self._steps_of_last, None):
                self._add(("step", step.serial))
            self._steps += len(tier.steps) - self._steps_of_last
            self._steps_of_last = len(tier.steps)

    def _add(self, key: Hashable) -> None:
        self._rows[key] = len(self.keys)
        self.keys.append(key)

    def _truncate(self, length: int) -> None:
        for key in self.keys[length:]:
            del self._rows[key]
        del self.keys[length:]

    def _restart(self) -> None:
        self._truncate(0)
        self._tiers = self._steps = self._steps_of_last = 0
        self._add(ALL_OUTPUT)
        self._begun = 1


class TreeRows(Sequence[TreeRow]):
    """The rows at one time.

    Args:
        layout: which rows there are.
        make: makes the row of a key.
        first_active: the row of the first step under way, None if there is none.
    """

    def __init__(self, layout: TreeLayout, make: Callable[[Hashable], TreeRow], first_active: int | None) -> None:
        self._layout = layout
        self._make = make
        self.version = layout.version
        self.first_active = first_active

    def __len__(self) -> int:
        return len(self._layout.keys)

    @overload
    def __getitem__(self, row: int) -> TreeRow: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[TreeRow]: ...
    def __getitem__(self, row: int | slice) -> TreeRow | Sequence[TreeRow]:
        if isinstance(row, slice):
            return [self._make(key) for key in self._layout.keys[row]]
        return self._make(self._layout.keys[row])

    def find(self, key: Hashable) -> int | None:
        """The row of a key, None if there is none."""
        return self._layout.find(key)


NO_ROWS = TreeRows(TreeLayout(), lambda key: TreeRow(key, 0, None, "", "", ""), None)
"""Those of a tree before its session is displayed."""
