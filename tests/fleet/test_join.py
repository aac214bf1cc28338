import base64
import io
import json
import sys
import zlib
from pathlib import Path

import msgspec
import pytest

from tests.support.cases import each_case
from zigtui.fleet.join import Join, JoinError, check_url, is_local, read_join

JOIN = Join("tls://ci.example.com:4222", "web-07", "SU...", "-----BEGIN CERTIFICATE-----\n")


def token_of(**values: str) -> str:
    fields = {**msgspec.to_builtins(JOIN), **values}
    content = json.dumps(fields).encode()
    return "zigfleet1_" + base64.urlsafe_b64encode(zlib.crc32(content).to_bytes(4, "big") + content).decode()


def test_a_token_is_one_word_that_is_read_back(tmp_path: Path) -> None:
    assert not any(character.isspace() for character in JOIN.token)
    assert Join.of_token(f"  {JOIN.token}\n") == JOIN
    (tmp_path / "x.join").write_text(f"{JOIN.token}\n")
    assert read_join(str(tmp_path / "x.join")) == JOIN


@each_case(
    "token",
    [
        "",
        "nonsense",
        "zigfleet1_",
        "zigfleet1_!!!",
        "zigfleet1_bm8=",
        JOIN.token[:-9],
        JOIN.token[:40] + JOIN.token[44:],
        "zigfleet1_" + "A" * 100_000,
        token_of(user=".."),
        token_of(user="web 07"),
        token_of(url="ftp://x:1"),
        token_of(url="tls://ci/../x"),
        token_of(ca=""),
        token_of(seed=""),
        token_of(ca="x" * 5000),
    ],
)
def test_other_text_is_refused(token: str, tmp_path: Path) -> None:
    (tmp_path / "x.join").write_text(token)
    with pytest.raises(JoinError):
        read_join(str(tmp_path / "x.join"))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"zigfleet1_\xe9"])
def test_standard_input_that_is_no_token_is_refused(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
    with pytest.raises(JoinError):
        read_join("-")


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(JoinError, match=r"none\.join' cannot be read: No such file"):
        read_join(str(tmp_path / "none.join"))


@each_case(
    ("typed", "url"),
    [
        ("tls://ci.example.com", "tls://ci.example.com:4222"),
        ("tls://ci.example.com:5000/", "tls://ci.example.com:5000"),
        ("nats://[::1]:4222", "nats://[::1]:4222"),
        ("tls://10.0.0.1", "tls://10.0.0.1:4222"),
    ],
)
def test_a_url_has_a_port(typed: str, url: str) -> None:
    assert check_url(typed) == url


@each_case(
    "url",
    ["", "ci.example.com", "http://x", "tls://", "tls://x:99999", "tls://u:p@x", "tls://x/y", "tls://x?y", "tls://[x"],
)
def test_what_is_no_url_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(JoinError, match="is not the URL of a server"):
        check_url(url)


@each_case(
    ("url", "expected"),
    [
        ("nats://127.0.0.1:4222", True),
        ("nats://127.9.9.9:4222", True),
        ("nats://[::1]:4222", True),
        ("nats://localhost:4222", True),
        ("nats://10.0.0.1:4222", False),
        ("nats://localhost.example.com:4222", False),
        ("nats://127.0.0.1.example.com:4222", False),
    ],
)
def test_only_addresses_of_this_machine_are_loopback(url: str, expected: bool) -> None:
    assert is_local(url) is expected
