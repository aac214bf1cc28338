"""Locations of logs."""

from tests.support.growth import assert_grows_linearly
from zigtui.reader.location import recorded_repository


def test_a_repository_is_found_in_time_that_grows_with_the_working_directory() -> None:
    assert_grows_linearly(1_000, lambda size: "/a" * size, lambda cwd: recorded_repository("home-dev-shop", cwd))
