"""The headings between the rows of the list."""

from datetime import datetime

import pytest

from zigtui.reader.location import LogLocation
from zigtui.ui.sessions.order.groups import groups_of
from zigtui.ui.sessions.order.row_key import RowKey

NOW = datetime(2026, 11, 26, 14, 3).timestamp()  # noqa: DTZ001  # local, as days are


def key(began: datetime, *, is_live: bool = False, is_other: bool = False) -> RowKey:
    path = f"/base/{began}.jsonl"
    return RowKey(is_other, not is_live, -began.timestamp(), path, "/base", is_live, LogLocation(path, "/base", None))


def test_each_day_has_a_heading_and_each_line_is_a_row_or_a_heading() -> None:
    keys = [
        key(datetime(2026, 11, 20, 9), is_live=True),  # noqa: DTZ001
        key(datetime(2026, 11, 27, 9)),  # noqa: DTZ001  # the clock of its writer is ahead
        key(datetime(2026, 11, 26, 0, 0)),  # noqa: DTZ001
        key(datetime(2026, 11, 25, 23, 59, 59)),  # noqa: DTZ001
        key(datetime(2026, 11, 25, 0, 0)),  # noqa: DTZ001
        key(datetime(2026, 11, 24, 12)),  # noqa: DTZ001
        key(datetime(2025, 1, 1)),  # noqa: DTZ001
        key(datetime(2026, 11, 26), is_other=True),  # noqa: DTZ001
    ]
    assert keys == sorted(keys)
    groups = groups_of(keys, NOW)
    assert groups.headings == (
        "today",
        "yesterday",
        "Tuesday 24 November",
        "Wednesday 1 January 2025",
        "copies and other files",
    )
    lines = range(len(keys) + len(groups.headings))
    rows = [groups.row_at(line) for line in lines]
    assert [row for row in rows if row is not None] == list(range(len(keys)))
    assert [groups.line_of(row) for row in range(len(keys))] == [line for line in lines if rows[line] is not None]
    assert [groups.heading_at(line) for line in lines if rows[line] is None] == list(groups.headings)


@pytest.mark.parametrize("keys", [[], [key(datetime(2026, 11, 26), is_live=True)]])  # noqa: DTZ001
def test_without_ended_sessions_there_are_no_headings(keys: list[RowKey]) -> None:
    assert groups_of(keys, NOW).headings == ()
