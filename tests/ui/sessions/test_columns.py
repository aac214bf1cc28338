"""The room of the columns of the list."""

import pytest

from tests.support.cases import each_case
from zigtui.ui.sessions.columns import NameWidths, columns_for


def names(*known: str) -> NameWidths:
    widths = NameWidths()
    for name in known:
        widths.add(name)
    return widths


@pytest.mark.parametrize("width", [79, 80])  # beside a scroll bar, and without one
def test_at_80_columns_names_of_20_cells_are_whole(width: int) -> None:
    workflows = names("w" * 20, "lint", "deploy", "nightly", "review", "essay", "solve")
    columns = columns_for(width, workflows, names(), names("p" * 20, "shop"))
    widths = {column.name: column.width for column in columns}
    assert (widths["workflow"], widths["project"]) == (20, 20)
    assert widths["now"] >= 12


def test_at_60_columns_names_leave_room_for_what_happened() -> None:
    workflows, projects = names(*"abcdefgh", "w" * 20, "v" * 20), names("p" * 20, "q" * 20, "shop")
    widths = {column.name: column.width for column in columns_for(59, workflows, names(), projects)}
    assert widths["now"] >= max(12, widths["project"])
    short = {column.name: column.width for column in columns_for(59, names("lint", "deploy"), names(), names("shop"))}
    assert short["now"] >= 15


@each_case("width", [80, 99, 120, 200])
def test_a_single_long_name_is_not_cut_off_while_the_errors_have_room(width: int) -> None:
    workflows = names("deploy", "lint", "essay", "backup", "nightly", "review", "release-candidate-for-all")
    widths = {column.name: column.width for column in columns_for(width, workflows, names(), names("shop"))}
    assert widths["workflow"] >= 16
    assert widths["now"] >= 22
