"""Tests that text without secrets is unchanged, and that JSON stays valid."""

import argparse
import configparser
import getpass
import http.client
import imaplib
import json
import logging.handlers
import netrc
import secrets
import smtplib
import ssl
import subprocess
import tarfile
import tokenize
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.redaction.corpus import ordinary_lines, output_lines
from tests.support.cases import each_case
from zigtui.commands.redaction import Redactor

MODULES = [
    argparse,
    configparser,
    getpass,
    http.client,
    imaplib,
    logging.handlers,
    netrc,
    secrets,
    smtplib,
    ssl,
    subprocess,
    tarfile,
    tokenize,
]


@pytest.fixture(scope="module")
def redact() -> Callable[[str], str]:
    return Redactor(["/home/kimberly/src"], "/data/people/alice", "alice").stream()


def test_ordinary_lines_stay_as_they_are(redact: Callable[[str], str]) -> None:
    lines = [*ordinary_lines(), *output_lines()]
    changed = [(line, redacted) for line in lines if (redacted := redact(line)) != line]
    assert len(lines) > 1_000
    assert changed == []


def test_no_line_becomes_unreadable(redact: Callable[[str], str]) -> None:
    for line in ordinary_lines():
        assert redact(line).count("[redacted: ") <= 1


@each_case("module", MODULES)
def test_the_source_of_a_program_that_knows_passwords_or_tokens_stays(
    redact: Callable[[str], str], module: object
) -> None:
    source = Path(str(module.__file__)).read_text()  # type: ignore[attr-defined]  # these modules are files
    lines = [line for line in source.splitlines() if "@" not in line]  # e-mail addresses are masked
    assert [line for line in lines if redact(line) != line] == []


@each_case(
    "value",
    [
        {"password": "k3yk3yk3y", "pin": 123456, "token": None, "ok": True},
        {"pin": 1234, "next": [1, 2]},
        {"otp": 123456},
        {"password": {"type": "string"}, "token": ["a", "b"]},
        {"a": {"password": 12345678}},
        {"secrets": ["a1b2c3d4e5f6", "x"], "x": {"api_key": "a1b2c3d4e5f6"}},
        {"name": "DB_PASSWORD", "value": "k3yk3yk3y", "last": 1},
        {"headers": {"Authorization": "Bearer k3yk3yk3y", "Cookie": "a=b; c=d"}},
        {"url": "https://bob:k3yk3yk3y@h.example/?token=k3yk3yk3y&x=1"},
        {"command": "mysql -u root -pk3yk3yk3y shop | mail 'a'"},
    ],
)
@each_case("separators", [(",", ":"), (", ", ": ")])
def test_json_stays_json(redact: Callable[[str], str], value: object, separators: tuple[str, str]) -> None:
    line = json.dumps(value, separators=separators)
    for text in (line, json.dumps({"message": line})):
        redacted = redact(text)
        assert "k3yk3yk3y" not in redacted
        assert json.loads(redacted)


@each_case(
    "lines",
    [
        ["<secret>", "  <name>x</name>"],
        ['"password":', "  {"],
        ['"token":', "  null,"],
        ["secrets:", "  - db_password", "  - api-key-2"],
        ["tokens:", "  - 12", "  - 13"],
        ["Password:", "login ok"],
        ["Enter password:", "staging"],
        ["Your password is:", "required"],
        ["NAME     SECRETS   AGE", "default  0         5d"],
        ["user     password     role", "-------  --------  ----"],
        ["token    meaning", "user-2   text2"],
    ],
)
def test_lines_after_the_name_of_a_secret_stay_if_they_are_none(redact: Callable[[str], str], lines: list[str]) -> None:
    assert list(map(redact, lines)) == lines


def test_the_bytes_of_a_wallet_are_masked_but_no_other_list_of_numbers(redact: Callable[[str], str]) -> None:
    wallet, short = list(range(100, 164)), list(range(16))
    assert redact(f"secret_key bytes = {wallet}") == "secret_key bytes = [[redacted: key]]"
    assert redact(f"keys of the map: {short}") == f"keys of the map: {short}"
    assert redact(f"sizes: {wallet}") == f"sizes: {wallet}"
