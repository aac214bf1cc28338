"""Classifies values: placeholders, words, sentences, numbers, paths, and random values such as secrets."""

import math
import re
from collections import Counter
from functools import lru_cache

from zigtui.commands.redaction.judging.prose import is_prose
from zigtui.commands.redaction.rules import FILLER

__all__ = [
    "changes_often",
    "groups_at",
    "has_common_ending",
    "is_branch",
    "is_irregular",
    "is_long_word",
    "is_mixed",
    "is_number",
    "is_path",
    "is_random",
    "is_random_run",
    "is_scrambled",
    "is_sentence",
    "is_stand_in",
    "is_very_random",
    "is_wordlike",
]

# Pairs of letters that are rare in English words and in identifiers. Random letters often contain two of them.
_RARE_AFTER = {
    "a": "aejoqz", "b": "bfghkmnqvwxz", "c": "bfgjqvwxz", "d": "hjkqwxz", "e": "jz", "f": "bcdghjkmnpqvwxz",
    "g": "bcdfjkpqvwxyz", "h": "bcdfghjknpqvwxz", "i": "hijquwy", "j": "bcdfghijklmnpqrstvwxyz",
    "k": "bcdfghjkmpqrtuvxyz", "l": "hjkmqrwxz", "m": "cfghjknqrvwxz", "n": "jqwxz", "o": "hjqyz", "p": "bgjkmqvwxz",
    "q": "abcdefghijklmnopqrstvwxyz", "r": "hjqxz", "s": "bjqvxz", "t": "gjkqxz", "u": "hjkquvwxyz",
    "v": "bcdfghjklmnpqrstuvwxyz", "w": "bcdfgjkmpqtuvwxyz", "x": "bdfghjklmnoqrsuvwxyz", "y": "abdfghjkoqruvwxyz",
    "z": "bcdfghjklmnpqrstuvwxyz",
}  # fmt: skip
_RARE = re.compile("|".join(f"{first}(?=[{rest}])" for first, rest in _RARE_AFTER.items()))

_CHANGING = re.compile("[a-z][A-Z].?[A-Z]|[a-z][A-Z]{2}|[A-Z]{2}[a-z][A-Z]")  # rare in camelCase
_MOST_REMEMBERED = 5_000  # results of each test, because values of a log are repeated
_LONGEST = 300  # characters; the rest of a longer value is ignored

# References, templates, placeholders, the masks of other programs, and what functions that convert passwords are given
_STAND_IN = re.compile(
    "|".join(
        (
            rf".*{FILLER}.*",
            r"\\?[\"']?\$\w+(?:\\[\"']|/.*|[\[{].*|::\w+|->.*)?|\$[{(@].*|%\w+%",  # shell variables
            r"\$[A-Za-z_]\w*(?:[:/@.]\$[A-Za-z_]\w*)+",
            r":[A-Za-z_]\w*|@\w*@?",  # parameters of statements and variables of build files
            r"(?:env|file|fd|stdin):\w+|op://.*|arn:.*|vault:.*|secret:.*",  # references to other places
            r"(?:[0-9]?\*)?<[A-Za-z_][^<>]*>?|<[^<>]*>|\[[A-Za-z_ .-]+\]|\(.*",  # placeholders in prose
            r"\{\{?[^{}]*\}\}?|%\(\w+\)s|(?:%[a-z]|\{[\w.!]*\})(?:\W{0,3}(?:%[a-z]|\{[\w.!]*\}))*",  # templates
            r":?[*xX•.…#?_-]+|\\+",
            r"\\[sSwWdDbB](?:[\[*+?].*)?",  # patterns
            r"path/to/.*",
            "utf[-_]?(?:8|16|32)(?:[-_]?(?:le|be|sig))?|(?:us-)?ascii|latin[-_]?1|iso-?8859-[0-9]{1,2}",  # encodings
            r"(?:your|my|the|some|change|replace|insert|enter|example)[\w .-]*"
            "(?:here|me|this|password|token|key|secret)",
            "none|null|nil|~|undefined|true|false|yes|no|on|off|redacted|hidden|masked",
        )
    ),
    re.IGNORECASE | re.DOTALL,
)
_BASE64 = re.compile("[A-Za-z0-9+/]{24,}={0,2}")
_DIGIT, _LETTER = re.compile("[0-9]"), re.compile("[A-Za-z]")
_COUNT = re.compile(r"[0-9.,/%:+-]+[a-z]{0,2}", re.IGNORECASE)
_KINDS = (re.compile("[a-z]"), re.compile("[A-Z]"), _DIGIT)
_CHANGE_OF_KIND = re.compile("[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|[0-9](?=[A-Za-z])")
_LEAST_CHANGES = 0.4  # per pair of neighbours; words in camelCase have 0.3, random characters 0.6
_CHANGES = re.compile("[A-Za-z](?=[0-9])|[0-9](?=[A-Za-z])")
_ENDING_OF_WORD = re.compile(r"(?:ing|ions?|ments?|ity|ness|[eo]rs?|ed|[ai]bl[ey]|less|ful|ly|al|ism|s)$")
_PATH = re.compile(
    r"(?:~|\.{1,2}|[A-Za-z]:)?(?:[/\\][A-Za-z0-9_.-]+)+[/\\]?|[\w.-]{1,80}(?:/[\w.-]{1,80})*\.[a-z]{1,5}"
)
_GROUPS = re.compile(r"[A-Za-z0-9]{4}(?:[ ][A-Za-z0-9]{4}){3,7}(?![ ]?\w)")
_MIXED_CASE = re.compile("[a-z][A-Z].*[a-z][A-Z].*[A-Z][a-z]")
_SIZE_OF_AWS_SECRET = 40  # it may begin with a slash, like a path


@lru_cache(maxsize=_MOST_REMEMBERED)
def is_stand_in(value: str) -> bool:
    """Whether a value stands for another one: a variable, a template, a placeholder or a mask."""
    if value[:1] == "{" and len(value) > 30 and _BASE64.fullmatch(value[1:-1]) and re.search("[0-9]", value):
        return False  # as Maven encrypts passwords
    return _STAND_IN.fullmatch(value[:_LONGEST]) is not None


@lru_cache(maxsize=_MOST_REMEMBERED)
def is_number(value: str) -> bool:
    """Whether a value is a number, a percentage, a date or time, or a number with a short unit."""
    return _COUNT.fullmatch(value[:_LONGEST]) is not None


@lru_cache(maxsize=_MOST_REMEMBERED)
def is_wordlike(value: str) -> bool:
    """Whether a value consists of words: only letters and single separators, with few rare pairs of letters."""
    value = value[:_LONGEST]
    letters = "".join(filter(str.isalpha, value))
    if len(letters) < len(value) and re.fullmatch(r"[A-Za-z]+(?:[_. -][A-Za-z]+)*", value) is None:
        return False
    return not _CHANGING.search(value) and len(_RARE.findall(value.lower())) < 2


def is_scrambled(value: str) -> bool:
    """Whether the letters of a value contain too many rare pairs for a language. Other characters are ignored."""
    letters = "".join(filter(str.isalpha, value[:_LONGEST]))
    return len(_RARE.findall(letters.lower())) >= 3 and len(letters) < 10 * len(_RARE.findall(letters.lower()))


@lru_cache(maxsize=_MOST_REMEMBERED)
def is_mixed(value: str) -> bool:
    """Whether a value has both letters and digits, like many short secrets, and at least five characters."""
    return len(value) >= 5 and _DIGIT.search(value) is not None and _LETTER.search(value) is not None


@lru_cache(maxsize=_MOST_REMEMBERED)
def is_random(value: str) -> bool:
    """Whether a value looks random: it has letters and digits, rare pairs of letters, or many kinds of characters."""
    value = value[:_LONGEST]
    if len(value) < 8 or " " in value:
        return False
    if is_mixed(value):
        return True
    if value.isascii() and value.isalpha():
        return not is_wordlike(value)
    if len(value) < 16:
        return len(value) >= 12 and _classes(value) >= 3 and not is_wordlike("".join(filter(str.isalpha, value)))
    return _classes(value) >= 2 and _entropy(value) >= 3.5 and not is_wordlike(value)


@lru_cache(maxsize=_MOST_REMEMBERED)
def is_very_random(value: str) -> bool:
    """Whether a value is so random that it can only be a secret, a hash or an ID."""
    value = value[:_LONGEST]
    if re.fullmatch(r"[\w+/=.~-]{16,}", value) is None or re.search("[A-Za-z]", value) is None:
        return False
    digits = len(re.findall("[0-9]", value))
    return (digits >= 2 or is_scrambled(value)) and _entropy(value) >= 3.0


def is_random_run(value: str) -> bool:
    """Whether a value has letters in both cases and digits that change as often as in a random one."""
    return all(kind.search(value) for kind in _KINDS) and changes_often(value)


def changes_often(value: str) -> bool:
    """Whether the kinds of letters and digits in a value change as often as in a random one."""
    return len(_CHANGE_OF_KIND.findall(value)) >= _LEAST_CHANGES * (len(value) - 1)


def is_long_word(value: str) -> bool:
    """Whether a value is longer than most words, and has no ending that is common."""
    return len(value) >= 12 and value.isalpha() and value.islower() and not has_common_ending(value)


@lru_cache(maxsize=_MOST_REMEMBERED)
def is_irregular(value: str) -> bool:
    """Whether a value in a sentence is too irregular to be a word or a name."""
    is_varied = re.search("[a-z]", value) is not None and re.search("[A-Z0-9]", value) is not None
    is_unordered = is_scrambled(value) or len(_CHANGES.findall(value)) >= 3
    return len(value) >= 10 and value.isalnum() and is_varied and is_unordered and not is_wordlike(value)


def is_sentence(value: str) -> bool:
    """Whether a value has several words, of which some are common in sentences and none has digits."""
    words = value.split()
    return (
        len(words) >= 2
        and not any(map(is_mixed, words))
        and sum(is_prose(word.strip(".,:;!?")) for word in words) * 4 >= len(words)
    )


@lru_cache(maxsize=_MOST_REMEMBERED)
def is_path(value: str) -> bool:
    """Whether a value is the path or the name of a file."""
    first, slash, _ = value[:300].partition("/")
    if len(value) == _SIZE_OF_AWS_SECRET and is_very_random(value) and "." not in value:
        return False
    if any(_MIXED_CASE.search(part) and is_very_random(part) for part in value[:300].split("/") if len(part) > 15):
        return False
    return _PATH.fullmatch(value[:300]) is not None and not (first and slash and is_random(first) and len(first) > 15)


def groups_at(text: str, start: int = 0) -> int:
    """The end of the groups of four random characters that begin at a position, as in passwords for apps; or -1."""
    found = _GROUPS.match(text, start)
    return -1 if found is None or is_wordlike(found[0]) or is_number(found[0].replace(" ", "")) else found.end()


def is_branch(value: str) -> bool:
    """Whether a value has slashes between words, as names of branches have."""
    return "/" in value and all(map(is_wordlike, value.strip("/").split("/")))


def has_common_ending(word: str) -> bool:
    """Whether a word ends like many English words."""
    return _ENDING_OF_WORD.search(word) is not None


def _entropy(value: str) -> float:
    """The Shannon entropy in bits per character."""
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values())


def _classes(value: str) -> int:
    return sum(re.search(kind, value) is not None for kind in ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]"))
