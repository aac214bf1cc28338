"""Secrets in sentences of programs: changed passwords, codes to sign in with, keys, and logins that were tried."""

import re

from zigtui.commands.redaction.judging.values import (
    is_irregular,
    is_mixed,
    is_number,
    is_path,
    is_random_run,
    is_stand_in,
    is_very_random,
    is_wordlike,
)
from zigtui.commands.redaction.rules import pattern_rule

__all__ = ["SENTENCE_RULES"]

_CHANGED = r"\b{words}\b[^\n:=]{0,60}?[ \t]from[ \t]+[\"']?"
_VALUE = r"[^\s\"']{6,128}"
_FROM_AND_TO = rf"from[ \t]+[\"']?{_VALUE}[\"']?[ \t]+to[ \t]"
_USER = r"b?[\"']?[a-z_][\w.@+$\\-]{0,63}[\"']?"
_TRIED = rf"{_USER}[ \t]?[/:][ \t]?b?[\"']?(?P<secret>[^\s\"'\])/:,;]{{4,128}})(?=$|[\s\"'\]),;])"
_FAILED = "(?:failed|failure|denied|rejected|incorrect|invalid|unsuccessful|bad|wrong|error)"
_SUCCEEDED = "(?:succeeded|successful|success|ok|accepted)"
_NUMBERED = re.compile(r"[A-Za-z]{0,16}[._-]?v?[0-9][0-9.]{0,16}")  # tls1.2, host-01
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _is_password(value: str) -> bool:
    """Whether a value in a sentence is a password, not a word or the name of an algorithm."""
    return is_random_run(value) or is_irregular(value)


def _is_tried(value: str) -> bool:
    """Whether the value after a user name and a slash or a colon is a password, not a host, a version or a word."""
    if is_stand_in(value) or is_number(value) or is_path(value):
        return False
    if _NUMBERED.fullmatch(value) is not None:
        return value.isalnum() and len(value) > 6 and not value.isupper()
    return is_mixed(value) or not is_wordlike(value)


def _is_key(value: str) -> bool:
    return len(value) >= 20 and is_very_random(value) and not is_path(value) and _UUID.fullmatch(value) is None


SENTENCE_RULES = (
    # login failed: bob/..., login attempt [root/...] failed
    pattern_rule(
        "password",
        "login log-in logon log-on signin sign-in auth authentication bind",
        rf"\b{{words}}(?:[ \t]attempt)?(?:[ \t](?:{_FAILED}|{_SUCCEEDED})|(?<=attempt))"
        rf"(?:[ \t](?:for|of|with|as))?(?:[ \t]user)?[ \t]?:?[ \t]*(?:user[ \t])?[\[(]?{_TRIED}",
        accept=_is_tried,
        tail="$",
        head=r"(?<!\w)",
        also="/ :",
    ),
    # Use bob/... to sign in
    pattern_rule(
        "password",
        "sign log",
        rf"\b(?:use|with|using|as)[ \t]+[\"'`]?{_USER}[ \t]?/[ \t]?(?P<secret>[^\s\"'`/:,;]{{5,128}})[\"'`]?[ \t]+"
        r"(?:to|and)[ \t]+{words}[ \t-]?(?:in|on)\b",
        accept=_is_tried,
        tail="(?:$|-?(?:in|on))",
        head=r"(?<!\w)",
        also="/",
        needed=r"/[^\s/]{5,129}[ \t]+(?:to|and)[ \t]+(?:sign|log)",
    ),
    # Log in as bob with ..., sign in with bob / ...
    pattern_rule(
        "password",
        "sign signed signing log logged logging",
        rf"\b{{words}}[ \t-](?:in|on)(?:[ \t]to[ \t]\S{{1,64}})?[ \t](?:as|with|using)(?:[ \t]user)?[ \t]+[\"'`]?"
        rf"{_USER}(?:[ \t]?/[ \t]?|[ \t]+(?:with|and|using)[ \t]+)[\"'`]?(?P<secret>[^\s\"'`/:,;]{{6,128}})",
        accept=lambda value: _is_tried(value.rstrip(".")) and is_mixed(value),
        tail="(?:$|-?(?:in|on))",
        head=r"(?<!\w)",
        also="as with using",
    ),
    # invalid credentials: bob/...
    pattern_rule(
        "password",
        "login logon sign-in auth authentication credential credentials creds",
        rf"\b{_FAILED}[ \t]{{words}}(?:[ \t]attempt)?(?:[ \t](?:for|of|with|as))?(?:[ \t]user)?:?[ \t]+[\[(]?{_TRIED}",
        accept=_is_tried,
        tail=":?$",
        head=r"(?<!\w)",
        also="/ :",
        needed=rf"{_FAILED}[ \t](?:log|sign|auth|cred)",
    ),
    # Tools for tests of passwords: [+] CORP\bob:..., Success: 'root:...'
    pattern_rule(
        "password",
        "[+] [-]",
        r"(?<!\S){words}[ \t]+[\w.-]{1,64}\\[\w.$-]{1,64}:(?P<secret>[^\s:]{4,128})",
        accept=_is_tried,
        tail="$",
        head=r"(?<!\S)",
    ),
    pattern_rule(
        "password",
        "success: successful:",
        r"\b{words}[ \t]+(?P<quote>[\"'])[\w.@\\-]{1,64}:(?P<secret>[^\s\"']{4,128})(?P=quote)",
        accept=_is_tried,
        tail="$",
    ),
    # authenticated with acme_...
    pattern_rule(
        "key",
        "authenticated authenticating authorized signed",
        r"\b{words}[ \t](?:with|using|by)[ \t][\"'(]?(?P<secret>[a-z][a-z0-9]{0,15}[_-][\w-]{20,512})(?=$|[\s\"'),.;])",
        accept=_is_key,
        tail="$",
    ),
    # password of bob changed from ... to ...
    pattern_rule(
        "password",
        "password passwd passphrase",
        rf"{_CHANGED}(?P<secret>{_VALUE})[\"']?[ \t]+to[ \t]",
        accept=_is_password,
        needed=_FROM_AND_TO,
    ),
    pattern_rule(
        "password",
        "password passwd passphrase",
        rf"{_CHANGED}{_VALUE}[\"']?[ \t]+to[ \t]+[\"']?(?P<secret>{_VALUE})",
        accept=_is_password,
        needed=_FROM_AND_TO,
    ),
    # Use code 123456 to sign in
    pattern_rule(
        "credential",
        "code",
        r"\b(?:use|enter|your)[ \t](?:(?:the|this|following)[ \t])?{words}[ \t](?:is[ \t])?(?P<secret>[0-9]{4,8})\b",
        tail="$",
        head=r"(?<!\w)",
    ),
    # 123456 is your verification code
    pattern_rule(
        "credential",
        "code",
        r"(?<![\w.-])(?P<secret>(?:[a-z]-)?[0-9]{4,8})[ \t]is[ \t]your[ \t](?:[\w-]{1,20}[ \t]){0,4}{words}\b",
        tail="(?![a-z])",
        head=r"(?<!\w)",
    ),
    # Password for the [elastic] user successfully reset. New value: ...
    pattern_rule(
        "secret",
        "value:",
        r"^[ \t]*new[ \t]{words}[ \t]+(?P<secret>[^\s\"']{12,128})[ \t]*$",
        accept=lambda value: is_random_run(value) or is_irregular(value),
        tail="$",
        head=r"(?<!\w)",
    ),
    # KEY FOUND! [ ... ]
    pattern_rule(
        "key",
        "found!",
        r"\bkey[ \t]{words}[ \t]+\[[ \t](?P<secret>[^\]\n]{5,64}?)[ \t]\]",
        accept=lambda value: not is_stand_in(value),
    ),
)
