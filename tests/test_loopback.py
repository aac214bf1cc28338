"""Addresses that only this machine can reach."""

import pytest

from zigtui.loopback import is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])
def test_these_are_reached_from_this_machine_only(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "10.1.2.3", "box", "localhost.example.com", "127.0.0.1.example.com", ""]
)
def test_these_may_be_reached_from_others(host: str) -> None:
    assert not is_loopback(host)
