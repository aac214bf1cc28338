"""Decides whether the value after a name is a secret, or something else that people and programs write there."""

import re

from zigtui.commands.redaction.judging.after_space import WORD_BEHIND, follows_name
from zigtui.commands.redaction.judging.found import (
    PHRASE,
    Found,
    begins_phrase,
    is_alias,
    is_chosen,
    is_last_word,
    is_strong,
)
from zigtui.commands.redaction.judging.names import Family
from zigtui.commands.redaction.judging.prose import is_code, is_code_word, is_prose
from zigtui.commands.redaction.judging.values import (
    groups_at,
    has_common_ending,
    is_branch,
    is_long_word,
    is_mixed,
    is_number,
    is_path,
    is_random,
    is_sentence,
    is_stand_in,
    is_very_random,
    is_wordlike,
)
from zigtui.commands.redaction.rules import listed

__all__ = ["is_secret"]

_KEY_OF_LINE = re.compile(
    r"(?:^|(?<=['\"`]))[ \t]*(?:[-*+>#|][ \t]+)?(?:export[ \t]+|set[ \t]+)?(?:[\"']|\*{1,3})?[\w.-]*$", re.IGNORECASE
)
_KEY_OF_WORDS = re.compile(r"[ \t]*(?:[A-Za-z]{1,16}[ \t]){1,2}")
_ROW = re.compile(r"\s*[|│┃║](?:[\w .-]*[|│┃║])*[\w .-]*")
_PLACEHOLDER = re.compile("[A-Z]{2,}(?:_[A-Z]+)+-?|[A-Z]{4,}-")  # of a synopsis, perhaps cut at the end of a line
_ATTRIBUTE = re.compile(r"(?:self|this|cls|\w+->|\$\w+)[.\w>-]*$", re.IGNORECASE)
_TYPES = frozenset(
    listed(
        "str string int integer number bool boolean object any text char bytes none password hidden secretstr optional"
        " required array float sensitive secret token varchar file stdin env prompt arg value list dict type default"
        " opaque incomplete"
    )
)
_EXPANSION = re.compile(r"\$\{\w*$")
_CODE = re.compile(
    r"[0-9]{4,10}|(?=\D*\d)[A-Za-z0-9]{4,6}(?:-[A-Za-z0-9]{4,6}){1,7}|(?=\D*\d)(?=\d*[a-z])[a-z0-9]{8,16}"
)
_ACCOUNT = re.compile(r"(?:user|username|login|email|account)[ \t]?[:=][ \t]?\S+[,;]?[ \t]+[\w.-]*$", re.IGNORECASE)
_WORDS_OF_PHRASE = 4
_SETTER = re.compile(r"(?:define|set\w*|put\w*)\([ \t]*[\"'][\w.]*$", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\([\w.-]*$")  # the name of a function, as in a changelog
_CHANGES = re.compile(r"\b(?:set|chang|reset|updat|rotat)[a-z]{0,4}\b", re.IGNORECASE)
_NEXT_NAME = re.compile(r"[A-Za-z_]\w*=")  # in a list of names, without values
_PLAIN_URL = re.compile(r"https?://[\w.:-]{1,253}(?:/[A-Za-z0-9._-]{1,16}){0,8}/?")  # of a page, without a long part
_ARTIFACT = re.compile("(?:jar|war|ear|aar|pom|zip|bundle|test-jar|maven-plugin):")  # of Maven
_ANNOTATED = re.compile(r"[ \t]\|[ \t](?:None|null|undefined)\b")  # a type that may be missing
_NAME_OF_TEST = re.compile("tests?[_-]|Test[A-Z0-9_]")
_TIME_OF_TEST = re.compile(r"[ \t]+\(?[0-9.]+[ \t]?m?s\b")
_JOINED_WORDS = re.compile("[A-Za-z]{3,}-[A-Za-z]{3,}|^[A-Za-z]+[.][A-Za-z]+$")
_CALL = re.compile(r"[A-Za-z_][\w.]*(?:(?:::|->)\w+)*[(\[]")
_ARCHITECTURE = re.compile("(?:amd|arm|mips|riscv|ppc|x86_)64(?:el)?|i[36]86|armhf|armel|aarch64|s390x|all|any|native")
_PROMPT = re.compile(
    r"(?:^|[\s'\"`(])(?:enter|type|new|old|current|retype|confirm)[ \t](?:(?:your|the|import|export|pem|same)[ \t])*$",
    re.IGNORECASE,
)
_FIELD_BEHIND = re.compile(r"[ \t]+[A-Za-z_]\w*:\S")


def is_secret(found: Found) -> bool:
    """Whether the value of a name is a secret."""
    value = found.value
    if not value or is_stand_in(value):
        return False
    if not found.is_quoted and (is_code(value) or (found.is_spaced and _CALL.match(value) is not None)):
        return False
    if found.separator == ">" and ((found.after[:2] not in ("", "</") and not is_random(value)) or value[0] in "@]"):
        return False
    if not found.is_quoted and (_PLAIN_URL.fullmatch(value) or _ARTIFACT.match(value) or _ANNOTATED.match(found.after)):
        return False
    if _EXPANSION.search(found.before) is not None:  # ${NAME:-default}
        return False
    if value.lower() in _TYPES and not (found.separator == "=" and not found.is_spaced and value == "secret"):
        return False
    if _PLACEHOLDER.fullmatch(value) is not None and (found.word == "Pass" or is_wordlike(value.rstrip("-"))):
        return False
    if found.word.lower() == "pass" and (value.lower() in ("fail", "failed", "ok", "skip") or _is_test(found)):
        return False
    if is_alias(found):
        return False
    if (found.word.lower() == "pwd" or found.family is not Family.PASSWORD) and is_path(value):
        return False
    if found.family in (Family.PASSWORD, Family.KEY) and groups_at(value + found.after) > len(value):
        return found.separator not in ("", ",")
    if found.family is Family.NUMBER:
        if found.separator == "":
            takes_digits = found.is_flag or "code" in found.word.lower()
            return takes_digits and re.fullmatch("[0-9]{6,8}", value) is not None
        return found.separator != "," and _CODE.fullmatch(value) is not None
    match found.separator:
        case "":
            return follows_name(found)
        case ",":
            is_set = _SETTER.search(found.before) is not None and found.family is Family.PASSWORD and " " not in value
            is_closed = found.is_closed or found.before.endswith("{")
            return is_closed and found.is_quoted and (is_random(value) or is_chosen(found) or is_set)
        case "to":
            return _is_changed_to(found)
        case "is":
            return _is_stated(found)
        case "is:":
            return _is_stated(found) or is_last_word(found)
        case ":":
            return _follows_colon(found)
        case "->" | "|" | "│" | "┃" | "║":
            return not found.is_flag and _is_cell(found)
    return _follows_equals(found)


def _is_test(found: Found) -> bool:
    """Whether the value is the name of a test that has passed, as in ``--- PASS: TestHTTP2 (0.00s)``."""
    if found.is_quoted or found.is_flag or found.separator not in ("", ":") or found.before[-1:] not in ("", " ", "\t"):
        return False
    before = found.before.strip()
    if found.word != "PASS" and (before or found.separator):  # rather a field of settings
        return False
    if before.endswith(("---", "===")) or _TIME_OF_TEST.match(found.after) is not None:
        return True
    parts = re.split("[/_.-]", found.value)
    is_below_directory = "/" in found.value and any(len(part) > 3 and part.isalpha() for part in parts)
    return is_below_directory or _NAME_OF_TEST.match(found.value) is not None


def _is_cell(found: Found) -> bool:
    """Whether a value is a secret that an arrow or the line between two cells separates from its name."""
    is_arrow = found.separator == "->"
    if is_arrow and found.is_closed and (not found.is_spaced or found.value.endswith(":")):
        return False  # a member of a structure in C, or the type of the result of a function
    if not (is_arrow or found.is_spaced or _ROW.fullmatch(found.before) is not None):
        return False
    if is_branch(found.value):
        return False
    if is_random(found.value) or is_mixed(found.value) or is_chosen(found):
        return True
    return is_last_word(found) and (is_arrow or found.is_shouted or found.separator != "|")  # not in a manual


def _follows_colon(found: Found) -> bool:
    value = found.value if found.is_quoted else found.value.rstrip(".!?")
    if found.gap == 1 and _ARCHITECTURE.fullmatch(value) is not None:  # of a package, such as libsecret-1:amd64
        return False
    if not found.is_quoted and is_prose(value):
        return False
    if found.is_closed and is_wordlike(value) and _IN_BRACKETS.search(found.before) is not None:
        return False
    if is_random(value) and not (found.word.lower() in ("key", "pass") and not is_strong(found)):
        return found.family is not Family.METHOD or is_very_random(value)
    if found.word.lower() == "key" or found.family is Family.METHOD:
        return False
    if found.family is not Family.PASSWORD:
        is_only_value = found.is_quoted or (_KEY_OF_LINE.search(found.before) is not None and not found.after.strip())
        return (found.is_shouted and is_mixed(value)) or (is_only_value and is_long_word(value))
    if found.word.lower() == "pass" and is_number(value):
        return False
    if found.is_quoted:
        return not is_sentence(value) and not (PHRASE.search(found.word) and is_wordlike(value))
    if is_mixed(value) or not (is_wordlike(value) or is_number(value)) or begins_phrase(found):
        return True
    if is_number(value):
        return len(value) >= 4
    is_field = found.gap == 1 and _FIELD_BEHIND.match(found.after) is not None and len(value) >= 5
    if (not is_field and WORD_BEHIND.match(found.after)) or is_code_word(value):
        return False
    if is_field or (_PROMPT.search(found.before) is not None and is_last_word(found)):
        return True
    if len(value) >= 4 and value.isalpha() and (found.is_shouted or found.is_flag or _ACCOUNT.search(found.before)):
        return True
    if found.word.lower() == "pass" and found.before[-1:] not in ("_", "-"):
        return False
    return _KEY_OF_LINE.search(found.before) is not None and len(value) >= 4 and value.isalpha()


def _follows_equals(found: Found) -> bool:
    value = found.value
    lowered = found.word.lower()
    if found.is_apart and not found.is_quoted and (is_prose(value) or _NEXT_NAME.fullmatch(value) is not None):
        return False
    if lowered == "key":
        return is_strong(found)
    if found.family is Family.METHOD:
        return is_very_random(value)
    if lowered == "pass" and is_number(value):
        return False
    if found.family is not Family.PASSWORD:
        if is_random(value):
            return True
        is_short = len(value) < 12 or found.is_spaced or " " in value
        is_word = is_number(value) or (is_wordlike(value) and is_short) or len(value) < 6
        is_made = found.family is Family.KEY and found.is_quoted and is_long_word(value)
        return found.separator == "=" and (is_mixed(value) or not is_word or is_made)
    if found.separator == "==":
        return is_mixed(value) or is_random(value)
    if found.is_quoted:
        return not (found.is_spaced and is_sentence(value))
    if is_mixed(value) or is_random(value) or begins_phrase(found):
        return True
    if not found.is_spaced:
        return not (lowered == "pass" and (is_prose(value) or (len(value) < 3 and not found.is_shouted)))
    if is_number(value):
        return len(value) >= 4
    if not is_wordlike(value):
        return True
    is_code = is_code_word(value) or "_" in value or _ATTRIBUTE.search(found.before) is not None
    is_key = _KEY_OF_LINE.search(found.before) is not None or _KEY_OF_WORDS.fullmatch(found.before) is not None
    return not is_code and not found.after.strip() and is_key and len(value) >= 4


def _is_changed_to(found: Found) -> bool:
    """Whether the value in a sentence such as ``I set the password to x`` is a secret."""
    if found.word.lower() == "pass":
        return False
    if found.is_quoted:
        return _is_stated(found)
    value = found.value.rstrip(".!")
    return is_random(value) and is_mixed(value) and not is_path(value) and _CHANGES.search(found.before) is not None


def _is_stated(found: Found) -> bool:
    """Whether the value in a sentence such as ``the password is x`` is a secret."""
    value = found.value if found.is_quoted else found.value.rstrip(".:!?")
    if found.family is Family.METHOD or _JOINED_WORDS.search(value) is not None:
        return False
    if is_random(value) or found.family is not Family.PASSWORD:
        return is_random(value)
    if found.is_quoted and " " in value:
        return (
            PHRASE.search(found.word) is not None and len(value.split()) >= _WORDS_OF_PHRASE and not is_sentence(value)
        )
    is_word = found.is_quoted and len(value) >= 6 and not (is_prose(value) or has_common_ending(value))
    return is_word or ((is_mixed(value) or not is_wordlike(value)) and len(value) >= 5)
