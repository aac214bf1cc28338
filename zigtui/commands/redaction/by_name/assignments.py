"""Secrets after their names: in assignments, in flags, and in similar syntax."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from zigtui.commands.redaction.judging.found import PHRASE, Found
from zigtui.commands.redaction.judging.judgement import is_secret
from zigtui.commands.redaction.judging.names import (
    NAME,
    NAME_TAIL,
    NAME_WORDS,
    Family,
    family_of,
    kind_of,
    name_starts,
    stands_alone,
)
from zigtui.commands.redaction.judging.prose import is_prose
from zigtui.commands.redaction.judging.prose_names import names_only_in_prose
from zigtui.commands.redaction.judging.values import groups_at, is_mixed, is_random
from zigtui.commands.redaction.rules import Rule, Span, lower, mask

__all__ = ["ASSIGNMENT_RULE"]

_QUOTE = r"""(?:\"{3}|'{3}|\\{0,7}["'`])"""

# A quote, a separator or a tag ends a bare value only where something else can follow.
_BARE = (
    r"""(?:[^\s"'`&;,<\\|]|["'`](?=[^\s,;:)\]}>"'`])|[&;,](?![\w .-]{0,40}=)(?=\S)|<(?!/)|\|(?=\S)"""
    r"""|\\(?!\\{0,6}["'`]))"""
)
# A type, the accessors of a property or the size of an array, between a name and its value
_TYPE = (
    r"(?:(?::[ \t]?|[ \t])(?:&(?:'static[ \t])?)?(?:(?:optional|option|final)[\[<])?(?:string|str|text|char|nsstring)"
    r"[\]>?!]{0,2}(?=[ \t]{0,8}=)|[ \t]?\{(?:[ \t]?(?:private[ \t])?(?:get|set|init);){1,2}[ \t]?\}(?=[ \t]{0,8}=)"
    r"|\[[0-9]{0,4}\](?=[ \t]{0,8}=[ \t]{0,8}[\"'])|)"
)
_EMPHASIS = r"(?:\*{1,3}|_{1,3}(?=:)|(?<=:)_{1,3}|</(?:b|strong|em|i|code)>)"  # its end, in Markdown and in HTML
# A function that only converts a literal: []byte("..."), String::from("..."), aws.String("..."), Some("...")
_CONVERSION = (
    r"(?:(?:new[ ])?(?:[\w.:<>&\[\]]{0,40}?(?<![a-z]))??"
    r"(?:string|str|bytes|bytearray|byte|char|(?:encode|from|of|some|ptr|get_?bytes|to_?bytes|to_?string|string_?value"
    r"|secret_?value))\((?=b?[\"']))"
)
_STATES = "(?:(?:(?:is|was|has been|is now) )?(?:re)?set to|(?:was|has been) changed to|is|was)"
_REST = re.compile(_BARE + "++")
_ASSIGNED = re.compile(
    NAME
    + rf"(?P<close>(?:{_QUOTE})?[\])}}]{{0,2}}{_EMPHASIS}?)"
    + r"(?P<note>[ \t](?:"
    + r"\[[^\]\n]{0,60}\]|\((?![\"'`])[^)\n]{0,60}\)|(?:to|you)[ \t][a-z ]{1,60}(?<![ ]user)(?=:[ \t])"
    + r"|(?:for|of)[ \t](?:(?:user|key)[ \t])?(?:(?!(?:user|account|name):)[^\s:=]{1,80}|'[^'\n]{1,120}')"
    + r"(?=:[ \t]|[ \t](?:is|was|has)[ \t])"
    + r"|for[ \t]the[ \t]\S{1,80}[ \t](?:user|account)(?=:[ \t])"
    + r"|(?:(?:is|was|has[ \t]been)[ \t])?(?:generated|created|assigned|changed|reset|set)"
    + r"(?:[ \t](?:for|to|as|by)(?:[ \t][^\s:]{1,80}){0,2})?(?=:[ \t])"
    + r"|[\w.@-]{1,40}(?=[ \t]{1,4}=[ \t])"
    + r")|)"
    + _TYPE
    + r"(?P<sep>[ \t]{0,40}+(?::=|=>|\|\|=|==?|\?=|:(?=[ \t\"'`]|\S{4})|::(?=[ \t]))[ \t]{0,40}+|>(?:<!\[cdata\[)?"
    + rf"|:{_EMPHASIS}[ \t]{{1,40}}+(?:<code>)?|[ \t]{{1,8}}to[ \t]{{1,8}}|[ \t]\((?=[\"'`])"
    + r"|[ \t]{0,40}+(?:-{1,5}>|~>|= >|<-(?=[ \t])|→|⇒|➜)[ \t]{0,40}+|[ \t]{0,4}+\.{3,80}:?[ \t]{1,8}"
    + r"|[ \t]{0,40}+[│┃║|][ \t]{0,40}+"
    + rf"|[ \t]{{0,8}}+,[ \t]{{0,8}}+|[ \t]{{1,8}}+{_STATES}[ \t:=]{{1,8}}|[ \t]{{1,40}}+)"
    + r"(?:!!?(?:str|binary)[ \t]|string\(\d{1,5}\)[ \t])?(?:&[\w-]{1,40}[ \t]{1,4})?"
    + r"(?:[bfrun@]{1,2}(?=[\"'])|\[\[(?!:)(?=[^\s\[\]]{4,128}\]\]))?"  # a literal, perhaps of Lua
    + rf"{_CONVERSION}?"
    + rf"(?:(?P<quote>{_QUOTE})(?P<quoted>.*?)(?:(?<!\\)(?P=quote)|$)|(?P<bare>{_BARE}{{1,256}}))",
    re.DOTALL | re.ASCII,
)
"""A name, a separator, and a quoted value or the beginning of a bare one. It matches text in lower case."""

_LONGEST_SEARCHED = 500  # characters; in a longer text, it is faster to find the names first
_NESTED = 64  # characters at the end of a bare value that may hold the name of the next one
_BEFORE = 60  # characters of context before a name
_CLOSING = ",;)}]"

_MORE_WORDS = re.compile(r"(?:[ \t]{1,8}[A-Za-z0-9]{1,64}){1,32}(?=[ \t]{0,8}$)")
_WORDS_OF_PHRASE = 6


def _assigned(text: str) -> Iterator[Span]:
    if names_only_in_prose(text):
        return
    lowered = lower(text)
    done = start = 0
    while (match := _next_assigned(lowered, start)) is not None:
        group = "bare" if match["quote"] is None else "quoted"
        begin, end = match.span(group)
        start = begin  # a value that is not a secret may contain another name
        if group == "bare" and match["sep"].isspace() and is_prose(match["bare"]):
            continue
        word = text[match.start("word") : match.end("word")]
        if begin < done or not stands_alone(text, match.start("word"), word) or _ends_quote(match):
            continue
        found = _found(match, text, word, end)
        if not is_secret(found):
            continue
        if group == "bare":
            rest = _REST.match(text, end)
            end = end if rest is None else rest.end()
            end = begin + len(_without_closing(text[begin:end]))
            end = _end_of_words(text, end, found)
        if end <= begin:
            continue
        kind = kind_of(word)
        quote = _closing_quote(match) if group == "bare" and found.separator == ":" else ""  # keeps JSON valid
        yield Span(begin, end, kind, f"{quote}{mask(kind)}{quote}")
        done = start = end
        if group == "bare":  # its end may be the name of another value
            start = max(begin, end - _NESTED)


def _next_assigned(lowered: str, start: int) -> re.Match[str] | None:
    """The first name with a value at or after a position."""
    if len(lowered) <= _LONGEST_SEARCHED:
        return _ASSIGNED.search(lowered, start)
    starts = name_starts(lowered)
    for number in range(bisect_left(starts, start), len(starts)):
        match = _ASSIGNED.match(lowered, starts[number])
        if match is not None:
            return match
    return None


def _separator(text: str) -> str:
    """The normalized separator between a name and its value: synonyms give the same result."""
    if text[-2:] in ("->", "~>", " >", "<-") or text[:1] in ("→", "⇒", "➜") or text.startswith("..."):
        return "->"
    if text.startswith(("is", "was", "has", "set")):
        return "is:" if text.endswith(":") else "is"
    if text in ("to", "("):
        return "to"
    if text in ("==", "=>") or text.startswith(">"):
        return text[:2] if text[0] == "=" else ">"
    if text.startswith((":*", ":<")):
        return ":"
    return text.strip(":=?|") or text[-1:] if text != "|" else text


def _ends_quote(match: re.Match[str]) -> bool:
    """Whether the quote after the name closes a string that contains the name, as in ``input('Password: ')``."""
    quote = match["quote"]
    if quote is None or match["close"]:
        return False
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    return before.count(quote) % 2 == 1


def _closing_quote(match: re.Match[str]) -> str:
    """The quote that closes after the name, if there is one."""
    close = match["close"].rstrip("])}")
    return "" if close.endswith(("*", "_", ">")) else close


def _without_closing(value: str) -> str:
    """A bare value without the punctuation that closes what it is in, as in ``(password=x):``."""
    return (value[:-1] if value.endswith(("):", "]:")) else value).rstrip(_CLOSING)


def _found(match: re.Match[str], text: str, word: str, end: int) -> Found:
    is_quoted = match["quote"] is not None
    value = text[match.start("quoted" if is_quoted else "bare") : end]
    return Found(
        family=family_of(word),
        word=word,
        before=text[max(0, match.start() - _BEFORE) : match.start()],
        separator=_separator(match["sep"].strip()),
        is_spaced=match["sep"][:1] in " \t",
        is_apart=match["sep"][:1] not in " \t" and match["sep"][-1:] in " \t",
        gap=len(match["sep"]),
        is_quoted=is_quoted,
        is_closed=match["close"][:1] not in ("", "*", "_", "<"),
        value=value if is_quoted else _without_closing(value),
        after=text[end : end + 40],
    )


def _end_of_words(text: str, end: int, found: Found) -> int:
    """The end of a value that may have several words: a phrase, random words, or groups of digits."""
    grouped = groups_at(text, end - len(found.value))
    if grouped > end and found.family in (Family.PASSWORD, Family.KEY):
        return grouped
    more = _MORE_WORDS.match(text, end)
    if more is None or found.separator in ("", ","):
        return end
    words = more[0].split()
    if PHRASE.search(found.word) is not None and (len(words) >= _WORDS_OF_PHRASE or not any(map(is_prose, words))):
        return more.end()
    if found.family is Family.PASSWORD and all(map(is_random, words)):
        return more.end()
    if found.family is Family.NUMBER and (all(map(str.isdigit, words)) or all(map(is_mixed, words))):
        return more.end()
    return end


ASSIGNMENT_RULE = Rule("assignment", NAME_WORDS, _assigned, NAME_TAIL)
