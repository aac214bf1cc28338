"""Secrets on the line after their name: in YAML, pretty JSON, property lists, lists of arguments, and prompts."""

import re
from collections.abc import Iterator

from zigtui.commands.redaction.by_name.pairs import PAIR_RULES
from zigtui.commands.redaction.judging.names import NAME, is_name
from zigtui.commands.redaction.judging.values import is_mixed, is_scrambled, is_stand_in
from zigtui.commands.redaction.rules import Span, lower

__all__ = ["NextLine"]

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
_ONLY_VALUE = re.compile(r"[\s-]*[\"'`]?(?P<value>[^\s\"'`,]{6,})[\"'`]?,?\s*")
_OF_BLOCK = re.compile(r"(?P<indent>[ \t]*)(?P<value>[^\s\"']{4,})(?P<close>\"{3}|'{3})?\s*")


# OpenVPN: the user and the password are the next two lines
_LOGIN_BLOCK = re.compile(r"\s*<(?:auth|http-proxy|socks-proxy)-user-pass>\s*", re.IGNORECASE)
_LINE_OF_LOGIN = re.compile(r"\s*(?P<value>[^\s<]\S{2,})\s*")


class NextLine:
    """Finds secrets in a line of a stream whose name is on the line before."""

    def __init__(self) -> None:
        self._field = ""
        self._is_named = False
        self._block_indent: int | None = None  # of the line that opened a block, whose lines are indented more
        self._before_password = 0  # the number of lines up to a password

    @property
    def is_open(self) -> bool:
        """Whether the next line may hold a secret."""
        is_in_block = self._block_indent is not None or self._before_password > 0
        return bool(self._field) or self._is_named or is_in_block

    def spans(self, line: str, *, has_keyword: bool) -> Iterator[Span]:
        """The spans of the secrets in a line whose name is on the previous line.

        Args:
            line: the line, without control characters.
            has_keyword: whether the line contains a word that may name a secret.
        """
        if self._before_password:
            self._before_password -= 1
            password = _LINE_OF_LOGIN.fullmatch(line)
            if password is not None and not self._before_password and not is_stand_in(password["value"]):
                yield Span(*password.span("value"), "password")
            if password is not None:
                return
            self._before_password = 0
        field, is_named = self._field, self._is_named
        if self._block_indent is not None:
            found = _OF_BLOCK.fullmatch(line)
            if found is not None and len(found["indent"]) > self._block_indent:
                if not is_stand_in(found["value"]):
                    yield Span(*found.span("value"), "secret")
                if found["close"]:
                    self._block_indent = None
                return
            self._block_indent = None
        if is_named and not line.strip():
            return  # the value may follow a blank line
        self._field, self._is_named = "", False
        if not has_keyword or len(line) > _LONGEST:
            pass
        elif _may_print(line) and _PRINTS.search(line) is not None:
            self._is_named = True
        elif "user-pass>" in line and _LOGIN_BLOCK.fullmatch(line) is not None:
            self._before_password = 2
        elif _may_name(line):
            found = _FIELD.fullmatch(line)
            if found is not None and is_name(found["name"]):
                self._field = line.strip().rstrip(",")
            if _ENDING.search(line) is not None:
                ending = _NAME_AT_END.search(lower(line))
                self._is_named = ending is not None and ending["word"] not in ("key", "pass", "auth")
                self._is_named = self._is_named or _NAME_BEFORE_END.search(line) is not None
            block = _BLOCK.search(line)
            if block is not None and is_name(line[: block.start()].strip(" \t-\"'")):
                is_scalar = block[0][0] == ":"
                self._is_named = False
                self._block_indent = len(line) - len(line.lstrip()) if is_scalar else -1
        if field:
            joint = field + ("" if field.endswith(">") else ", ")
            shift = len(joint)
            for rule in PAIR_RULES:
                for span in rule.find(joint + line.strip()):
                    indent = len(line) - len(line.lstrip())
                    if span.start >= shift:
                        yield span._replace(start=span.start - shift + indent, end=span.end - shift + indent)
        if is_named:
            only = _ONLY_VALUE.fullmatch(line)
            if only is not None and _is_secret(only["value"]):
                yield Span(*only.span("value"), "secret")


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


def _is_secret(value: str) -> bool:
    if is_stand_in(value) or "/" in value[:2]:
        return False
    if re.fullmatch(r"[\w+/=.~!#%^*-]{6,}", value) is None or re.fullmatch(r"0[xX]\w+|[\d.x-]+", value) is not None:
        return False
    if is_scrambled(value) and len(value) >= 10:
        return True
    return is_mixed(value) and (len(value) >= 8 or re.search("[A-Z]", value) is not None)
