"""Decides whether a value that follows its name after whitespace only is a secret: after a flag, in a directive."""

import re

from zigtui.commands.redaction.judging.found import Found, is_chosen, is_last_word
from zigtui.commands.redaction.judging.names import Family
from zigtui.commands.redaction.judging.prose import is_code_word, is_prose
from zigtui.commands.redaction.judging.values import (
    is_irregular,
    is_long_word,
    is_mixed,
    is_number,
    is_path,
    is_random,
    is_sentence,
    is_very_random,
    is_wordlike,
)

__all__ = ["SETTING", "WORD_BEHIND", "follows_name"]

_DIRECTIVE = re.compile(
    r"(?:^|[\s|+#>'\"`(])(?:ENV|ARG|setenv|setx|fastcgi_param|env|set(?:[ \t]+-[\w-]+){1,3}"
    r"|(?:config|secrets?|env|variable)(?:[ :](?:set|add|put))"
    r"|config(?:[ \t]--?\w+){0,3}|configure[ \t]set|export|requirepass|masterauth)[ \t]+(?:[-/:\w]+[ \t]+)?[\w.:/-]*$",
    re.IGNORECASE,
)
# Parts of every match of `_DIRECTIVE` and of `_WITH`, which are quicker to find
_PARTS_OF_DIRECTIVES = (
    "env",
    "arg",
    "set",
    "param",
    "config",
    "secret",
    "variable",
    "export",
    "requirepass",
    "masterauth",
)
_DEFINITION = re.compile(r"(?:^|\s)[#%`][ \t]*define[ \t]+\w*$", re.IGNORECASE)
_COLUMN = re.compile(r"(?:^|[|\t'\"`])[ \t]*[\w.-]*$")
_URL = re.compile("[a-z]+://")
_HELP = re.compile(r"[ \t]{2,}[A-Z(]")
_DIGEST = re.compile("[0-9a-f]{32,128}")
_WITH = re.compile(r"\b(?:with|and|use)[ \t](?:(?:the|a|new|temporary|initial|default)[ \t])*$", re.IGNORECASE)
_LAST_WORDS = ("with", "and", "use", "the", "a", "new", "temporary", "initial", "default")
# A line of a configuration: the name of a setting, such as ``bindpw``, or one that is indented
SETTING = re.compile(r"[ \t]*[A-Za-z][\w.-]{1,40}|[ \t]{1,16}")
WORD_BEHIND = re.compile(r"[ \t]+[^\W\d]")


def follows_name(found: Found) -> bool:
    """Whether a value that follows its name after whitespace is a secret, as after a flag or in a directive."""
    value = found.value
    if value.startswith("-") or is_prose(value) or _URL.match(value) is not None:
        return False
    if not found.is_flag and is_path(value) and "/" in value:
        return False
    is_help = _HELP.match(found.after) is not None or (value.isupper() and is_wordlike(value))
    is_help = is_help or (found.gap > 1 and is_wordlike(value) and WORD_BEHIND.match(found.after) is not None)
    if found.before.rpartition(" ")[2].startswith("--no-"):
        return False
    if found.is_flag:
        if found.family is Family.PASSWORD:
            return is_mixed(value) or not (is_help or is_number(value) or re.fullmatch("user-?id|secret", value))
        is_made = is_random(value) or is_mixed(value) or (len(value) >= 12 and value.isalpha() and not is_help)
        return is_made and not is_number(value)
    if _is_directive(found.before):
        is_made = found.is_shouted and is_long_word(value)
        return is_random(value) or is_mixed(value) or is_made or (found.family is Family.PASSWORD and not is_help)
    if found.is_quoted:
        return _is_quoted_behind(found) or (_DEFINITION.search(found.before) is not None and _is_defined(found))
    if _DIGEST.fullmatch(value) is not None and "/" in found.before:  # the digest of a file with such a name
        return False
    if is_very_random(value):
        return found.word.lower() != "key" or len(value) >= 32
    if _ends_with_preposition(found.before) and (is_last_word(found) or _is_last_and_chosen(found)):
        return True
    if found.word.lower().startswith("api") and value.isalnum() and (is_mixed(value) or is_random(value)):
        return True
    if (found.family in (Family.PASSWORD, Family.TOKEN) or found.is_shouted) and is_irregular(value):
        return True
    if found.is_closed and found.before[-1:] in ("[", "("):
        return is_random(value)
    if not (found.is_closed or found.after.strip(" \t'\"`")) and _COLUMN.search(found.before) is not None:
        if found.is_shouted:
            return is_random(value) or is_mixed(value)
        is_setting = SETTING.fullmatch(found.before) is not None and (is_mixed(value) or is_last_word(found))
        return found.family is Family.PASSWORD and (is_random(value) or is_setting)
    return False


def _is_defined(found: Found) -> bool:
    """Whether a quoted value is a password that a preprocessor defines."""
    value = found.value
    is_word = is_prose(value) or is_code_word(value) or value.isupper() or len(value) < 8
    return found.family is Family.PASSWORD and " " not in value and (is_mixed(value) or not is_word)


def _is_directive(before: str) -> bool:
    """Whether the text before a name is a command or a keyword that sets a variable."""
    lowered = before.lower()
    return any(part in lowered for part in _PARTS_OF_DIRECTIVES) and _DIRECTIVE.search(before) is not None


def _ends_with_preposition(before: str) -> bool:
    """Whether the text before a name ends as in ``with the new``."""
    return before[-1:] in (" ", "\t") and before[:-1].lower().endswith(_LAST_WORDS) and _WITH.search(before) is not None


def _is_last_and_chosen(found: Found) -> bool:
    return (
        len(found.value) >= 6 and not found.after.strip(" \t.!'\"`)]") and (is_mixed(found.value) or is_chosen(found))
    )


def _is_quoted_behind(found: Found) -> bool:
    """Whether a quoted value that follows its name after whitespace is a secret, as in SQL."""
    if found.before.endswith(":") and found.family is Family.PASSWORD and not found.after[:1].isalnum():
        return not (is_sentence(found.value) or is_prose(found.value))  # a keyword of Clojure
    if found.family is Family.PASSWORD and SETTING.fullmatch(found.before) is not None and is_last_word(found):
        return True
    if found.family is not Family.PASSWORD or found.word.lower() == "pass":
        return is_very_random(found.value) or (found.family in (Family.KEY, Family.TOKEN) and is_irregular(found.value))
    return (found.is_shouted and not is_prose(found.value)) or (is_random(found.value) or is_mixed(found.value))
