"""Secrets in sentences of programs: an old and a new password, codes to sign in with, keys that were found."""

from zigtui.commands.redaction.judging.values import is_irregular, is_random_run, is_stand_in
from zigtui.commands.redaction.rules import pattern_rule

__all__ = ["SENTENCE_RULES"]

_CHANGED = r"\b{words}\b[^\n:=]{0,60}?[ \t]from[ \t]+[\"']?"
_VALUE = r"[^\s\"']{6,128}"
_FROM_AND_TO = rf"from[ \t]+[\"']?{_VALUE}[\"']?[ \t]+to[ \t]"


def _is_password(value: str) -> bool:
    """Whether a value in a sentence is a password, not a word or the name of an algorithm."""
    return is_random_run(value) or is_irregular(value)


SENTENCE_RULES = (
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
    # KEY FOUND! [ ... ]
    pattern_rule(
        "key",
        "found!",
        r"\bkey[ \t]{words}[ \t]+\[[ \t](?P<secret>[^\]\n]{5,64}?)[ \t]\]",
        accept=lambda value: not is_stand_in(value),
    ),
)
