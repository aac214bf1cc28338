"""Values that commands put into a store of secrets, the environment of a service or a configuration of hosts.

Their names may be any.
"""

import re
from collections.abc import Iterator

from zigtui.commands.redaction.by_position.commands import PROGRAM_HEAD, PROGRAM_TAIL
from zigtui.commands.redaction.judging.values import (
    is_mixed,
    is_number,
    is_path,
    is_random,
    is_random_run,
    is_stand_in,
    is_wordlike,
)
from zigtui.commands.redaction.rules import Rule, Span, listed, pattern_rule

__all__ = ["STORE_RULES"]

_VAULTS = "secrets secret kv"
_SERVICES = "config env environment variables variable vars"
_PUTS = ("set", "put", "patch", "add", "create")
_PUT = f"(?:{'|'.join(_PUTS)})"
_ENDS = tuple(f"{put} " for put in _PUTS)
# fly secrets set A=x B=y, heroku config:set A=x, netlify env:set A x, eas secret:create --name A --value x
_COMMAND = re.compile(
    rf"(?<![\w.-])(?:(?P<vault>secrets?|kv)|config|env(?:ironment)?|var(?:iable)?s?)[ \t:]{{1,4}}(?:--)?{_PUT}"
    r"(?P<rest> [^|;\n]{1,4000})"
)
_VALUE = r"(?:\"(?P<double>[^\"\n]+)\"|'(?P<single>[^'\n]+)'|(?P<bare>[^\s\"'<>$(-][^\s\"']*))"
_PAIR = re.compile(rf"(?<=[ \t\"'])[A-Za-z_][\w.:/-]{{0,99}}={_VALUE}")
_OPTION = re.compile(rf"[ \t]--value[ \t=]{{1,4}}{_VALUE}")
_ARGUMENT = re.compile(rf"(?:[ \t]+--?[\w-]+)*[ \t]+[\"']?[A-Za-z_][\w.:/-]{{0,99}}[\"']?[ \t]+{_VALUE}(?=[ \t]|$)")
# A secret of several values, in JSON
_JSON = re.compile(r"--secret-string[ \t=]{1,4}[\"']?(?P<json>\{[^\n]{1,4000})")
_CONFIG = r"[ \t]+config[ \t]+(?:(?:set|--\w+)[ \t]+){0,3}"
_HOST = r"(?:https?://[^\s\"']{1,200}|[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})"
_LITERAL = re.compile(r"--from-literal[= \t][\"']?[\w.-]{1,100}=[\"']?(?P<secret>[^\s\"']{3,})")
_MEMBER = re.compile(r":[ \t]{0,4}(?P<quote>\\?[\"'])(?P<secret>[^\"'\n\\]{4,})(?P=quote)")


def _stored(text: str) -> Iterator[Span]:
    if not any(map(text.__contains__, _ENDS)):
        return
    for command in _COMMAND.finditer(text):
        start, end = command.span("rest")
        is_vault = command["vault"] is not None
        argument = _ARGUMENT.match(text, start, end)
        for found in (*_PAIR.finditer(text, start, end), *_OPTION.finditer(text, start, end), argument):
            if found is not None:
                group = found.lastgroup or "bare"
                if _is_secret(found[group], is_vault=is_vault):
                    yield Span(*found.span(group), "secret")


def _is_secret(value: str, *, is_vault: bool) -> bool:
    """Whether a value is a secret. The environment of a service has mostly other values."""
    if is_stand_in(value) or is_number(value) or is_path(value) or "://" in value:
        return False
    return is_random(value) if is_vault else len(value) >= 16 and is_random_run(value)


def _members(text: str) -> Iterator[Span]:
    for found in _JSON.finditer(text):
        for member in _MEMBER.finditer(text, *found.span("json")):
            if is_mixed(member["secret"]) or not is_wordlike(member["secret"]):
                yield Span(*member.span("secret"), "secret")


def _literals(text: str) -> Iterator[Span]:
    """The values of a secret of Kubernetes, whatever their names are."""
    secret = text.find(" secret ")
    if secret >= 0:
        for found in _LITERAL.finditer(text, secret):
            if not is_stand_in(found["secret"]):
                yield Span(*found.span("secret"), "secret")


def _is_key_of_host(value: str) -> bool:
    """Whether a value in the configuration of a host is a key. Most other settings are words, paths and numbers."""
    if is_stand_in(value) or value.isdigit() or is_path(value) or "://" in value:
        return False
    return is_mixed(value) or is_random(value) or not is_wordlike(value)


STORE_RULES = (
    Rule("store", listed(f"{_VAULTS} {_SERVICES}"), _stored, tail=f"(?::{_PUT})?$", head=r"(?<![\w.-])"),
    Rule("literal", ("--from-literal",), _literals),
    Rule("members of a secret", ("--secret-string",), _members),
    # Bundler: bundle config HOST bob:..., bundle config HOST ..., BUNDLE_GEMS__EXAMPLE__COM=...
    pattern_rule(
        "password",
        "bundle",
        rf"\b{{words}}{_CONFIG}{_HOST}[ \t]+[\"']?[\w.-]{{1,64}}:(?!//)(?P<secret>[^\s\"']{{4,128}})",
        tail=PROGRAM_TAIL,
        head=PROGRAM_HEAD,
    ),
    pattern_rule(
        "key",
        "bundle",
        rf"\b{{words}}{_CONFIG}{_HOST}[ \t]+[\"']?(?P<secret>[^\s:/~\"'-][^\s:/\"']{{3,127}})(?=$|[\s\"';|&)])",
        accept=_is_key_of_host,
        tail=PROGRAM_TAIL,
        head=PROGRAM_HEAD,
    ),
    pattern_rule(
        "key",
        "bundle_",
        r"\b{words}[a-z0-9]{1,63}__[a-z0-9_]{1,511}[\"']?[ \t]?[=:][ \t]?[\"']?"
        r"(?P<secret>[^\s\"'/~-][^\s\"']{3,255})",
        accept=_is_key_of_host,
        tail=r"\w{1,200}[\"']?(?:[=:]|$)",
    ),
)
