"""Words of prose and of source code, which are not secrets after the name of one."""

import re
from functools import lru_cache

__all__ = ["is_code", "is_code_word", "is_function_word", "is_prose"]

_PROSE = (
    "a about added after again all already also an and any are argument as ask asked at authentication based be been"
    " before but by can cannot can't changed character characters check could denied did do does done during each"
    " either else empty enter entry error exists expected expired expires failed failure field file flag for found from"
    " generated generation given has hash have hint if ignored in incorrect input instead into invalid is it its length"
    " login manager matches may missing mismatch must name need needed never new no not null of ok okay on correct only"
    " option optional or out parameter passed per policy prompt protected protection provided read reading refresh"
    " rejected required reset returned rotated rotation same set should skipped so standard such than that the their"
    " them then there these this to too type under unexpected unknown unless unset up updated"
    " use used user username using validation value values via was we were when where which will with"
    " without word wrong you your"
)
# Words that hold a sentence together. Unlike others, such as ``will`` and ``may``, they are hardly names or passwords.
_FUNCTION = (
    "a all an and any are as at be been before but by can cannot did do does each for from had has have if in into is"
    " it its must no not of on or should than that the their then there these this those to was were when where"
    " which while with without you your"
)
_CODE_WORDS = (
    "value values data line lines text texts input output result results response request args kwargs user username"
    " name names item items default body obj object field fields param params option options config settings env"
    " environ string str bytes buffer buf content contents payload message msg row node elem element entry match parts"
    " raw tmp temp empty self this cls func callback ctx context info secret password passwd pwd pass token key"
    " account admin guest login auth creds plaintext encoded decoded encrypted hash hashed salt digest random generated"
    " confirm confirmed confirmation repeat repeated retype retyped typed entered candidate attempt expected actual"
    " old new current previous provided supplied stored saved cached original initial"
)
_WORDS_OF_PROSE = frozenset(_PROSE.split())
_FUNCTION_WORDS = frozenset(_FUNCTION.split())
_WORDS_OF_CODE = frozenset(_CODE_WORDS.split())
_CODE = re.compile(
    r"(?:str|string|bytes|int|integer|number|bool|boolean|object|any|text|char|secretstr|self|void)\b[?\])|].*"
    r"|(?:str|string|bytes|int|integer|number|bool|boolean|object|any|char|secretstr|self|void)\??"
    r"|optional\b.*|[|>][-+]?|[{[(].*|->.*|!(?:vault|ref|sub|getatt|importvalue|secret|env|join)\b.*"
    r"|&(?:mut|str|self)\b.*|[0-9]?\*[a-z_]+"
    r"|(?:os|env|environ|process|import|self|this|config|cfg|settings|secrets|vars|args|ctx|req|request|response|res"
    r"|options|opts|props|params|system|std|getpass|credentials|creds|conf|body|data|user|session|parser|module|data"
    r"|local|var|each|random|string|kwargs|match|event|state|form|input|account|client|auth|info|m|o|p|s|u)"
    r"(?:\.|\[|::|->)[A-Za-z_\"'].*"
    r"|[A-Za-z_.]+(?:\(|\[[\"'\w\]:-]).*|[A-Za-z_][\w.]*\(.*\)"
    r"|[A-Za-z_]{1,40}(?:\.[A-Za-z_]{1,40})+\)*|new|await|lambda",
    re.IGNORECASE | re.DOTALL,
)


def is_prose(word: str) -> bool:
    """Whether a word is common in sentences."""
    return word.lower().rstrip(".,:;!?)") in _WORDS_OF_PROSE


def is_function_word(word: str) -> bool:
    """Whether a word holds a sentence together, such as ``the`` or ``with``."""
    return word.lower() in _FUNCTION_WORDS


def is_code_word(word: str) -> bool:
    """Whether a word is a common name of a variable, and so not a password."""
    return word.lower() in _WORDS_OF_CODE


@lru_cache(maxsize=5_000)  # the values of a log are repeated
def is_code(value: str) -> bool:
    """Whether an unquoted value is an expression or a type in source code."""
    return _CODE.fullmatch(value[:300]) is not None
