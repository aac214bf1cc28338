"""Addresses that only this machine can reach, and the name by which others may reach it."""

import socket

import pytest

from tests.support.cases import each_case
from zigtui.system.loopback import is_loopback, name_of_host


@each_case("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])
def test_these_are_reached_from_this_machine_only(host: str) -> None:
    assert is_loopback(host)


@each_case("host", ["0.0.0.0", "::", "10.1.2.3", "box", "localhost.example.com", "127.0.0.1.example.com", ""])
def test_these_may_be_reached_from_others(host: str) -> None:
    assert not is_loopback(host)


@each_case(
    ("full_name", "name", "expected"),
    [
        ("ci.example.com", "ci", "ci.example.com"),
        ("localhost", "ci", "ci"),
        ("localhost.localdomain", "ci", "ci"),
        ("localhost6.localdomain6", "ci", "ci"),
        ("ip6-localhost", "ci", "ci"),
        ("127.0.1.1", "ci", "ci"),
        ("1.0.0.127.in-addr.arpa", "ci", "ci"),
        ("localhost.example.com", "localhost", "localhost.example.com"),
        ("localhost", "LOCALHOST", "localhost"),
        ("localhost", "", "localhost"),
    ],
)
def test_the_name_of_the_host_is_one_that_others_can_know(
    full_name: str, name: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda: full_name)
    monkeypatch.setattr(socket, "gethostname", lambda: name)
    assert name_of_host() == expected
