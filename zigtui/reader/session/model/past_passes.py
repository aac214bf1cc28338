"""The passes of a listener that are no longer kept in full: their counts, and where they are in the log.

A listener runs for months. Its last passes are folded in full; of each earlier one some numbers are kept, in columns.
Its tiers and steps are folded again from the log when they are displayed, page by page.
"""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter, itemgetter
from typing import NamedTuple, overload

from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.usage import NO_USAGE, Usage

__all__ = ["NO_PAST", "Page", "PassTable", "PastPasses"]

_PASSES_PER_PAGE = 16
_BYTES_PER_PAGE = 4 * 1024 * 1024
_BYTES_PER_NAME = 64 * 1024
_FIRST_NUMBER, _END_OF_NUMBERS = PassRun._fields.index("first_tier"), PassRun._fields.index("lines") + 1
_NUMBERS = PassRun._fields[_FIRST_NUMBER:_END_OF_NUMBERS]
_UNKNOWN = -1
_UNKNOWN_TOKENS = array("q", (_UNKNOWN, _UNKNOWN))
_NO_COST = math.nan
_MOST_TOKENS = 2**63 - 1


class Page(NamedTuple):
    """Adjacent passes that are folded again together.

    Attributes:
        first: the index of the first pass among the past passes, from 0.
        offset: the position of its first event in the log, in bytes.
        occurrences: how many runs each step had before, by its name.
    """

    first: int
    offset: int
    occurrences: Mapping[str, int]


class PassTable:
    """The past passes of a session while its log is being folded. It only grows, so that views of it stay valid."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self._rows = array("Q")  # the numbers of each pass, one after the other
        self._failed_before = array("Q", [0])  # failed passes before each pass, and before the one to come
        self._failures_before = array("Q", [0])  # failed attempts before it
        self._early = array("B")
        self._early_passes = array("Q")  # the indices of those that ended early, which are few
        self._times = bytearray()  # start and end of each pass, each with a newline behind it
        self._times_end = array("Q", [0])
        self._tokens = array("q")  # two for each pass
        self._costs = array("d")
        self._page_end = self._page_limit = 0  # the index of a pass, and the offset, that begin another page

    def add(self, run: PassRun, occurrences: Mapping[str, int]) -> None:
        """Add the pass after the last one.

        Args:
            run: the pass.
            occurrences: how many runs each step had before the pass, by its name.
        """
        count = len(self._early)
        if count >= self._page_end or run.offset >= self._page_limit:
            self._begin_page(Page(count, run.offset, dict(occurrences)))
        self._rows.extend(_numbers_of(run))
        self._failed_before.append(self._failed_before[-1] + run.is_failed)
        self._failures_before.append(self._failures_before[-1] + run.failed_attempts)
        started, ended = [(time or "").replace("\n", " ") for time in (run.started_at, run.ended_at)]
        self._times += f"{started}\n{ended}\n".encode("utf-8", "replace")
        self._times_end.append(len(self._times))
        usage = run.usage
        if usage is NO_USAGE:
            self._tokens.extend(_UNKNOWN_TOKENS)
            self._costs.append(_NO_COST)
        else:
            self._tokens.extend([_UNKNOWN if tokens is None else min(tokens, _MOST_TOKENS) for tokens in usage[:2]])
            self._costs.append(_NO_COST if usage.cost_usd is None else float(usage.cost_usd))
        if run.ended_early:
            self._early_passes.append(count)
        self._early.append(run.ended_early)  # last, since it makes the pass visible to other threads

    def _begin_page(self, page: Page) -> None:
        self.pages.append(page)
        # A page grows with the number of names, so that the copies of the occurrences take little memory.
        self._page_end = page.first + max(_PASSES_PER_PAGE, len(page.occurrences))
        self._page_limit = page.offset + max(_BYTES_PER_PAGE, _BYTES_PER_NAME * len(page.occurrences))

    def __len__(self) -> int:
        return len(self._early)

    def view(self) -> "PastPasses":
        """The passes so far."""
        return PastPasses(self, len(self))

    def run(self, index: int) -> PassRun:
        """The pass with this index, from 0."""
        started, ended = self._times[self._times_end[index] : self._times_end[index + 1]].decode().split("\n")[:2]
        return PassRun(
            number=index + 1,
            started_at=started or None,
            ended_at=ended or None,
            is_failed=self.failed_before(index) < self.failed_before(index + 1),
            ended_early=bool(self._early[index]),
            usage=self._usage(index),
            **dict(zip(_NUMBERS, self._rows[index * len(_NUMBERS) : (index + 1) * len(_NUMBERS)], strict=True)),
        )

    def times(self, first: int, count: int) -> Iterator[tuple[str | None, str | None]]:
        """Yield when each of some passes began and ended, as recorded."""
        texts = self._times[self._times_end[first] : self._times_end[count]].decode().split("\n")
        return ((started or None, ended or None) for started, ended in zip(texts[::2], texts[1::2], strict=False))

    def _usage(self, index: int) -> Usage:
        tokens, cost = self._tokens[2 * index : 2 * index + 2], self._costs[index]
        if cost != cost and tokens[0] == _UNKNOWN:  # not a number
            return NO_USAGE
        from decimal import Decimal  # slow to import, and only needed here

        known = [None if number == _UNKNOWN else number for number in tokens]
        return Usage(known[0], known[1], None if math.isnan(cost) else Decimal(repr(cost)))

    def failed_before(self, index: int) -> int:
        """The number of failed passes before the one with this index."""
        return self._failed_before[index]

    def failures_before(self, index: int) -> int:
        """The number of failed attempts before the pass with this index."""
        return self._failures_before[index]

    def early_before(self, index: int) -> int:
        """The number of passes that ended early before the one with this index."""
        return bisect_left(self._early_passes, index)

    def last_at(self, name: str, number: int, count: int) -> int:
        """The index of the last of the first ``count`` passes whose value of a field is not above a number."""
        rows, width, column = self._rows, len(_NUMBERS), _NUMBERS.index(name)
        return bisect_right(range(count), number, key=lambda index: rows[index * width + column]) - 1

    def last_at_item(self, number: int, count: int) -> int:
        """The index of the last of the first ``count`` passes with at most ``number`` lines and marks before it."""
        rows, width = self._rows, len(_NUMBERS)
        line, mark = _NUMBERS.index("first_line"), _NUMBERS.index("first_mark")
        passes = range(count)
        return (
            bisect_right(passes, number, key=lambda index: rows[index * width + line] + rows[index * width + mark]) - 1
        )

    def nth_failed(self, number: int, count: int) -> int:
        """The index of failed pass ``number`` (from 0)."""
        return bisect_right(self._failed_before, number, hi=count + 1) - 1

    def pass_of_failure(self, number: int, count: int) -> int:
        """The index of the pass with failure ``number`` of the session (from 0); see `PastPasses.of_failure`."""
        before = self._failures_before
        return bisect_right(range(count + 1), number, key=lambda index: before[index] + self.early_before(index)) - 1


class PastPasses(Sequence[PassRun]):
    """The past passes of a session at one moment, the first one first.

    Args:
        table: the passes.
        count: the number of those that had passed by then.
    """

    __slots__ = ("_count", "_table")

    def __init__(self, table: PassTable, count: int) -> None:
        self._table = table
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> PassRun: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[PassRun]: ...

    def __getitem__(self, index: int | slice) -> PassRun | Sequence[PassRun]:
        if isinstance(index, slice):
            return [self._table.run(number) for number in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return self._table.run(index % self._count)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PastPasses) or self._count != other._count:
            return False
        return self._table is other._table or list(self) == list(other)

    def __hash__(self) -> int:
        return hash(self._count)

    def times(self, first: int) -> Iterator[tuple[str | None, str | None]]:
        """Yield when each pass from one on began and ended, as recorded; None if that is not known."""
        return self._table.times(first, self._count)

    @property
    def failed(self) -> int:
        """The number of failed passes."""
        return self._table.failed_before(self._count)

    @property
    def failures(self) -> int:
        """The number of failed attempts."""
        return self._table.failures_before(self._count)

    @property
    def early(self) -> int:
        """The number of passes that ended early."""
        return self._table.early_before(self._count)

    def early_before(self, index: int) -> int:
        """The number of passes that ended early before the one with this index."""
        return self._table.early_before(index)

    def failed_pass(self, number: int) -> int:
        """The index of failed pass ``number`` (from 0), which must be below `failed`."""
        return self._table.nth_failed(number, self._count)

    def failed_before(self, index: int) -> int:
        """The number of failed passes before the one with this index."""
        return self._table.failed_before(index)

    def failures_before(self, index: int) -> int:
        """The number of failed attempts before the pass with this index."""
        return self._table.failures_before(index)

    def of_failure(self, number: int) -> int:
        """The index of the pass with failure ``number`` of the session (from 0).

        In each pass, the failed attempts count, then its early end.
        """
        return self._table.pass_of_failure(number, self._count)

    def of_tier(self, ordinal: int) -> int:
        """The index of the pass with a tier run; -1 if there is none."""
        return self._table.last_at("first_tier", ordinal, self._count)

    def of_step(self, serial: int) -> int:
        """The index of the pass with a step run; -1 if there is none."""
        return self._table.last_at("first_step", serial, self._count)

    def of_line(self, line: int) -> int:
        """The index of the pass that printed a line of the session; -1 if there is none."""
        return self._table.last_at("first_line", line, self._count)

    def of_mark(self, mark: int) -> int:
        """The index of the pass with a mark; -1 if there is none."""
        return self._table.last_at("first_mark", mark, self._count)

    def of_item(self, number: int) -> int:
        """The index of the pass with an item, numbered among the lines and marks of the session; -1 for none."""
        return self._table.last_at_item(number, self._count)

    def page_of(self, index: int) -> tuple[Page, int]:
        """The page with a pass, and the index of the pass after its last one."""
        pages = self._table.pages
        number = bisect_right(pages, index, key=_first) - 1
        following = next(islice(pages, number + 1, None), None)
        end = self._count if following is None else min(self._count, following.first)
        return pages[number], end


_numbers_of = itemgetter(slice(_FIRST_NUMBER, _END_OF_NUMBERS))
_first = attrgetter("first")

NO_PAST = PastPasses(PassTable(), 0)
"""No past passes; one object for all sessions, of which there may be many."""
