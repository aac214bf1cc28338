"""Random values without a known format: behind a prefix such as ``acme_live_``, or in a text that names a secret."""

import re
from collections.abc import Iterator

from zigtui.commands.redaction.judging.values import (
    changes_often,
    is_random_run,
    is_scrambled,
    is_very_random,
    is_wordlike,
)
from zigtui.commands.redaction.rules import Rule, Span, any_of, listed, lower

__all__ = ["RUN_RULES"]

# acme_live_..., acme-...; the random part has no separator
_PREFIXED = re.compile(
    r"(?<![\w./+%-])(?P<prefix>[A-Za-z][A-Za-z0-9]{0,15}(?:[_-][A-Za-z0-9]{1,16}){0,4}[_-])"
    r"(?P<run>[A-Za-z0-9]{20,250})(?:[_.-][A-Za-z0-9]{2,64}){0,2}(?![\w/+]|-[A-Za-z])"
)
# acme_live_...; the random part may be shorter, and may have separators
_ENVIRONMENTS = listed("live prod production test testing staging stage sandbox dev uat qa")
_OF_ENVIRONMENT = re.compile(
    r"(?<![\w./+%-])(?P<prefix>[A-Za-z][A-Za-z0-9]{0,15}(?:[_.-][A-Za-z0-9]{1,16}){0,3}"
    rf"(?P<separator>[_.-]){any_of(_ENVIRONMENTS)}(?P=separator))"
    r"(?P<run>[A-Za-z0-9][\w-]{15,250})(?![\w/+.])",
    re.ASCII,
)
_SHORTEST_RUN = 20
_RUN = re.compile(rf"(?<![A-Za-z0-9+/_=.-])[A-Za-z0-9+_-]{{{_SHORTEST_RUN},200}}={{0,2}}(?![A-Za-z0-9+/_-]|\.\w)")
# Parts of prefixes of keys whose random part has no capital letters
_PARTS_OF_PREFIXES = frozenset(
    listed(
        "key sk pk rk ak pat tok token secret sec api apikey auth live test prod production sandbox dev server client"
        " oat pw pass cred service"
    )
) | {
    f"{of}{kind}"
    for of in listed("api auth access secret private priv sign signing master license app bot user test live prod dev")
    for kind in ("key", "token", "secret", "sk", "pk")
}
# Objects of Stripe and digests, which are not secrets
_NO_SECRETS = frozenset(
    listed(
        "pi cus evt ch in sub price prod req acct seti pm cs si txn po src card il ii tr fee cn inv prctr we"
        " sha1 sha256 sha384 sha512 md5 chunk asset hash commit digest build image img layer tree blob id"
    )
)
_CHANGE_OF_DIGITS = re.compile("[0-9](?=[A-Za-z])|[A-Za-z](?=[0-9])")
_LEAST_WITHOUT_CAPITALS, _LEAST_NAMED = 30, 24
_LEAST_CHANGES_OF_DIGITS = 4  # between a letter and a digit, in a random part without capitals
_NAMED = listed(
    "token secret oauth password passwd api_key apikey api-key credential access_key private_key auth_key bearer"
    " privkey keypair"
)
# token loaded from file: ..., ... is your API key
_LONGEST_BEFORE = 24  # characters
_PRESENTED_BEFORE = re.compile(
    r"\b(?:file|env|environment|disk|vault|keyring|keychain|config|cache|stdin|generated|created|loaded|found|issued)"
    r"[ \t]?:[ \t]+[\"']?$"
)
_PRESENTED_AFTER = re.compile(
    r"[\"']?[ \t]is[ \t](?:the|your|my|our|its|their)[ \t](?:(?:new|api|access|secret|auth|session|bot|app|root|admin"
    r"|temporary|initial|private|refresh|deploy|license)[ \t_-]){0,3}"
    r"(?:key|token|secret|password|passphrase|credential)\b"
)
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _is_random_without_case(run: str, parts: list[str]) -> bool:
    is_named = not _PARTS_OF_PREFIXES.isdisjoint(parts)
    if len(run) < (_LEAST_NAMED if is_named else _LEAST_WITHOUT_CAPITALS) or not (run.islower() or run.isupper()):
        return False
    digits = sum(map(str.isdigit, run))
    if re.fullmatch("[0-9a-f]*|[0-9A-F]*", run) is not None:  # most of its characters are digits
        return is_named and len(run) < digits * 10 < len(run) * 9
    return len(run) <= digits * 10 and digits * 3 <= len(run) * 2 and (is_scrambled(run) or digits >= 6)


def _prefixed(text: str) -> Iterator[Span]:
    for found in _PREFIXED.finditer(text):
        parts = re.split("[_-]", found["prefix"].lower().strip("_-"))
        if parts[-1] in _NO_SECRETS or (len(parts) == 1 and parts[0] in _NO_SECRETS):
            continue
        if is_random_run(found["run"]) or _is_random_without_case(found["run"], parts):
            yield Span(*found.span(), "key")


def _of_environments(text: str) -> Iterator[Span]:
    for found in _OF_ENVIRONMENT.finditer(text):
        run, parts = found["run"], re.split("[_.-]", found["prefix"].lower())
        is_dotted = found["separator"] == "."  # as in names of modules and hosts
        if is_random_run(re.sub("[_-]", "", run)) or (not is_dotted and _is_key_of_environment(run, parts)):
            yield Span(*found.span(), "key")


def _is_key_of_environment(run: str, parts: list[str]) -> bool:
    """Whether a value without digits, or with letters in one case only, is random."""
    if not run.isalnum():
        return False
    if not (run.islower() or run.isupper()):
        return is_scrambled(run) and changes_often(run)
    if re.fullmatch("[0-9a-f]*", run) is not None and _PARTS_OF_PREFIXES.isdisjoint(
        set(parts).difference(_ENVIRONMENTS)
    ):
        return False  # a hash: nothing names a key
    changes = len(_CHANGE_OF_DIGITS.findall(run))
    is_word = is_wordlike("".join(filter(str.isalpha, run)))
    return changes >= _LEAST_CHANGES_OF_DIGITS or (changes > 1 and not is_word)


def _near_name(text: str) -> Iterator[Span]:
    """Random values in a text that names a secret anywhere, and keys that a sentence presents."""
    lowered = lower(text)
    is_named = any(name in lowered for name in _NAMED)
    for found in _runs(text):
        before = lowered[max(0, found.start() - _LONGEST_BEFORE) : found.start()]
        if is_named and is_random_run(found[0].rstrip("=")):
            is_secret = re.search(r"sha\d{1,3}[:-]?$", before) is None
        else:
            is_secret = _is_presented(found, lowered, before) and is_very_random(found[0])
        if is_secret:
            yield Span(*found.span(), "secret")


def _is_presented(found: re.Match[str], lowered: str, before: str) -> bool:
    """Whether the words around a value say that it is a key."""
    if _UUID.fullmatch(found[0]) is not None:
        return False
    if _PRESENTED_AFTER.match(lowered, found.end()) is not None:
        return True
    return _PRESENTED_BEFORE.search(before) is not None and not lowered[found.end() :].strip("\"' \t")


def _runs(text: str) -> Iterator[re.Match[str]]:
    """The matches of `_RUN`. They are only searched in long words, because most words are short."""
    end = 0
    for word in text.split():
        if len(word) >= _SHORTEST_RUN:
            start = text.index(word, end)
            end = start + len(word)
            yield from _RUN.finditer(text, start, end)


RUN_RULES = (
    Rule("prefixed run", ("_", "-"), _prefixed, tail="[a-z0-9]{20}", head="(?<=[a-z0-9])", longest=23),
    Rule(
        "key of an environment",
        tuple(f"{separator}{name}{separator}" for name in _ENVIRONMENTS for separator in "_.-"),
        _of_environments,
        tail=r"[a-z0-9][\w-]{15}",
        head="(?<=[a-z0-9])",
    ),
    Rule("named run", (*_NAMED, "key"), _near_name, longest=_SHORTEST_RUN),
)
