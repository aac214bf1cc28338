"""Secrets on the line after their name: in YAML, pretty JSON, property lists, lists of arguments, and prompts."""

import re
from collections.abc import Iterator

from zigtui.commands.redaction.by_name import continuations
from zigtui.commands.redaction.by_name.continuations import Reader
from zigtui.commands.redaction.judging.names import NAME, Family, family_of, is_name
from zigtui.commands.redaction.rules import Rule, Span, lower

__all__ = ["PROMPT_RULE", "NextLine"]

_LONGEST = 200
# name: DB_PASSWORD, "name": "DB_PASSWORD", <key>password</key>
_FIELD = re.compile(
    r"[\s\-{]*(?:<key>|[\"']?[\w-]{0,24}(?:name|key|variable)[\"']?\s*[:=]\s*)[\"']?"
    r"(?P<name>[\w .-]{1,80})[\"']?(?:</key>)?,?\s*",
    re.IGNORECASE | re.ASCII,
)
# Your new API key is: , "--token",
_BLOCK = re.compile(r"(?::[ \t]*[>|][+-]?[0-9]?|=[ \t]*(?:\"{3}|'{3}))[ \t]*$")
_ENDING = re.compile(r"(?:[:=]|[\"'`],?|\bis|^[\s-]*--[\w-]+)[ \t]*[>|]?[+-]?$")
# Please use the following password to proceed:
_NAME_BEFORE_END = re.compile(r"\b(?:password|passphrase|token|secret)\b[^:\n]{1,120}:[ \t]*$", re.IGNORECASE)
_NAME_AT_END = re.compile(
    rf"{NAME}(?:[ \t](?:is|value))?[\"'`]?,?[ \t]{{0,20}}[:=]?[ \t]*(?:[>|]?[+-]?|\"{{3}}|'{{3}})[ \t]*$", re.ASCII
)
# Commands that print a secret
_PRINTS = re.compile(
    r"(?:^|[\s|;&($`])(?:(?:go)?pass[ \t]+show|op[ \t]+(?:item[ \t]+get|read)|bw[ \t]+get[ \t]+password|lpass[ \t]+show"
    r"|security[ \t]+find-|secret-tool[ \t]+lookup|kubectl[ \t][^|]{0,100}get[ \t]+secret|vault[ \t][^|]{0,100}-field"
    r"|(?:printenv[ \t]+|echo[ \t]+[\"']?\$\{?)\w*(?:PASS|SECRET|TOKEN|KEY|PWD)\w*"
    r"|cat[ \t]+[^\s|]*(?:secret|passw|token|credential)[^\s|]*[ \t]*$"
    r"|\S+[ \t]+auth[ \t]+(?:token|print-)|.*get-login-password\b"
    r"|\S*(?:generate|create|gen)[-_]?(?:password|token|secret|key)\S*)"
)
# Every match has one of these parts
_PARTS_OF_PRINTS = (
    *("show", "item", "read", "get", "find-", "lookup", "kubectl", "-field", "printenv", "echo", "cat", "print-"),
    *("create", "gen"),
)
_AUTH_TOKEN = re.compile(r"auth[ \t]+token")
# OpenVPN: the user and the password are the next two lines
_LOGIN_BLOCK = re.compile(r"\s*<(?:auth|http-proxy|socks-proxy)-user-pass>\s*", re.IGNORECASE)
# <password> or "password": on a line of its own
_TAG = re.compile(r"\s*<(?:[\w-]{1,40}:)?(?P<name>[\w.-]{1,80})>\s*", re.ASCII)
_MEMBER = re.compile(r"[\s{]*\"(?P<name>[\w .-]{1,80})\"\s*:\s*", re.ASCII)
# passwords: before the items of a list. Not ``secrets:``, which is often a list of names
_LIST = re.compile(
    r"[\s{-]*[\"']?[\w.-]{0,80}?(?:password|passphrase|token|[_-]key|[a-z]Key)s[\"']?\s*:\s*\[?\s*", re.IGNORECASE
)
# A sentence that presents a password, which may be a word
_PRESENTED = re.compile(r"\b(?:is|your|new|generated|initial|temporary|default|root|admin)\b", re.IGNORECASE)
_PROMPT = "UGFzc3dvcmQ6"  # "Password:" in base64, as a mail server asks for it (RFC 4954)

PROMPT_RULE = Rule("prompt", (_PROMPT.lower(),), lambda _: ())
"""A rule that finds nothing, but selects the lines that ask for a password in base64."""


class NextLine:
    """Finds secrets in a line of a stream whose name is on the line before."""

    def __init__(self) -> None:
        self._readers: list[Reader] = []

    @property
    def is_open(self) -> bool:
        """Whether the next line may hold a secret."""
        return bool(self._readers)

    def spans(self, line: str, *, has_keyword: bool) -> Iterator[Span]:
        """The spans of the secrets in a line whose name is on the previous line.

        Args:
            line: the line, without control characters.
            has_keyword: whether the line contains a word that may name a secret.
        """
        readers, self._readers = self._readers, []
        for reader in readers:
            spans, goes_on = reader(line)
            yield from spans
            if goes_on:
                self._readers.append(reader)
        if has_keyword and not self._readers and len(line) <= _LONGEST:
            self._readers = _opened(line)


def _opened(line: str) -> list[Reader]:
    """The readers of the lines after a line with the name of a secret."""
    if _may_print(line) and _PRINTS.search(line) is not None:
        return [continuations.value(may_be_word=False)]
    if "user-pass>" in line and _LOGIN_BLOCK.fullmatch(line) is not None:
        return [continuations.login()]
    if _PROMPT in line:
        return [continuations.mail_password()]
    if not _may_name(line):
        return []
    block = _BLOCK.search(line)
    is_block = block is not None and is_name(line[: block.start()].strip(" \t-\"'"))
    readers = []
    record = _FIELD.fullmatch(line)
    if record is not None and is_name(record["name"]):
        readers.append(continuations.field(line.strip().rstrip(",")))
    if block is not None and is_block:
        return [*readers, continuations.block(len(line) - len(line.lstrip()) if block[0][0] == ":" else -1)]
    for pattern, reader in ((_TAG, continuations.text_of_element), (_MEMBER, continuations.value_of_member)):
        found = pattern.fullmatch(line)
        if found is not None and is_name(found["name"]):
            return [*readers, reader()]
    if _LIST.fullmatch(line) is not None:
        return [*readers, continuations.items()]
    if _ENDING.search(line) is not None:
        ending = _NAME_AT_END.search(lower(line))
        is_named = ending is not None and ending["word"] not in ("key", "pass", "auth")
        if is_named or _NAME_BEFORE_END.search(line) is not None:
            is_password = ending is not None and family_of(ending["word"]) is Family.PASSWORD
            readers.append(continuations.value(may_be_word=is_password and _PRESENTED.search(line) is not None))
    return readers


def _may_print(line: str) -> bool:
    """Whether the pattern of commands that print a secret may match. This is a quick test."""
    for part in _PARTS_OF_PRINTS:  # not `any`, which takes twice as long
        if part in line:
            return True
    return "auth" in line and _AUTH_TOKEN.search(line) is not None


def _may_name(line: str) -> bool:
    """Whether any of the patterns of names may match. This is a quick test."""
    if ":" in line or "=" in line or "<" in line or "--" in line:
        return True
    return line.rstrip(" \t,")[-2:].lower().endswith(('"', "'", "`", "is"))
