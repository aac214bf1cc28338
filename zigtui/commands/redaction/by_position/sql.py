"""Secrets in SQL: passwords of users, keys of databases, and arguments of encryption functions."""

import re
from collections.abc import Iterator

from zigtui.commands.redaction.by_position.commands import PROGRAM_TAIL
from zigtui.commands.redaction.judging.names import is_name
from zigtui.commands.redaction.judging.prose import is_prose
from zigtui.commands.redaction.judging.values import is_stand_in
from zigtui.commands.redaction.rules import Rule, Span, pattern_rule

__all__ = ["SQL_RULES"]


def _is_literal(value: str) -> bool:
    return not is_stand_in(value) and not is_prose(value)


_INSERTED = re.compile(
    r"\((?P<columns>[\w\s,`\"\[\]]{1,1000})\)[ \t]*values[ \t]*\((?P<values>[^()\n]{1,4096})", re.IGNORECASE
)
_VALUE = re.compile(r"[ \t]*(?:[nNeE]?'(?P<secret>(?:[^'\\]|''|\\.)*)'|[^,']*)(?:,|$)")


def _inserted(text: str) -> Iterator[Span]:
    """The values of columns that have the name of a secret."""
    for found in _INSERTED.finditer(text):
        start = found.start("values")
        for column in found["columns"].split(","):
            value = _VALUE.match(text, start, found.end())
            if value is None:
                break
            start = value.end()
            if is_name(column.strip(' `"[]')) and value["secret"] and not is_stand_in(value["secret"]):
                yield Span(*value.span("secret"), "secret")


_LITERALS = (("'", r"[ne]?'(?P<secret>(?:[^'\\\n]|''|\\.)+)"), ('"', r'"(?P<secret>[^"\n]+)'))
# What comes before a literal that is a secret
_STATEMENTS = (
    # CREATE USER ... IDENTIFIED WITH plugin BY '...'
    (
        "identified authenticated",
        r"\b{words}(?:[ \t]+(?:with|via)[ \t]+['\"]?\w{1,60}['\"]?)?[ \t]+(?:by|as|using)[ \t]+"
        r"(?:(?:password|values)[ \t]*\(?[ \t]*)?",
    ),
    # CREATE ROLE ... WITH ENCRYPTED PASSWORD '...', CREATE LOGIN ... WITH PASSWORD = N'...', SET PASSWORD FOR x = '...'
    (
        "password passwd passphrase secret",
        r"\b(?:with|encrypted|unencrypted|set|old|new|master|user|login|role|by|,)[ \t]+{words}[ \t]*"
        r"(?:for[ \t]+\S{1,100}[ \t]*)?(?:=[ \t]*|to[ \t]+)?(?:password[ \t]*)?\(?[ \t]*",
    ),
    # crypt('...', gen_salt('bf')), pgp_sym_encrypt(data, '...')
    ("crypt(", r"\b{words}[ \t]*"),
    (
        "pgp_sym_encrypt( pgp_sym_decrypt( aes_encrypt( aes_decrypt( encryptbypassphrase( decryptbypassphrase(",
        r"\b{words}(?:[^,()\n]{1,200},[ \t]*)?",
    ),
    ("attach", r"\b{words}[ \t][^\n]{0,200}?[ \t]as[ \t]+\S{1,64}[ \t]+key[ \t]+"),
    ("sp_addlogin sp_password", r"\b{words}[ \t(]+[^,\n]{1,100},[ \t]*"),
    ("pragma", r"\b{words}[ \t]+(?:hex)?(?:re)?key[ \t]*=[ \t]*"),
)
# Oracle: without quotes, or as user/password@database. The last column is the tail of the rule
_BARE = (
    (
        "identified",
        r"\b(?:user|role|to)[ \t][^\n]{0,200}?{words}[ \t]+by[ \t]+(?:values[ \t]+)?(?P<secret>[^\s'\";,]+)",
        "$",
    ),
    (
        "connect conn",
        r"(?m:^)[ \t]*(?:sql>[ \t]*)?{words}[ \t]+[\"']?[\w.$#]{1,64}/(?P<secret>[^\s@/\"']{4,128})@",
        "$",
    ),
    ("replace", r"\bidentified[ \t]+by[ \t]+\S{1,128}[ \t]+{words}[ \t]+(?P<secret>[^\s'\";,]+)", "$"),
    (
        "sqlplus sqlldr expdp impdp rman sqlcl",
        r"(?<![\w.-]){words}(?:\.exe)?(?=[ \t])[^|;\n]{0,200}?[ \t][\"']?[\w.$#]{1,64}/"
        r"(?P<secret>[^\s@/\"']{1,128})@",
        PROGRAM_TAIL,
    ),
    (
        "exp imp expdp impdp sqlldr",
        r"(?<![\w.-]){words}[ \t]+(?:userid=)?[\"']?[\w.$#]{1,64}/(?P<secret>[^\s@/\"']{4,128})",
        "$",
    ),
    ("jdbc:oracle:thin:", r"{words}[\w.$#]{1,64}/(?P<secret>[^\s@/\"']{1,128})@", ""),
)

SQL_RULES = (
    Rule("insert", ("values",), _inserted, tail=r"(?:\(|$)"),
    *(
        pattern_rule("password", words, statement + literal, accept=_is_literal, also=quote)
        for words, statement in _STATEMENTS
        for quote, literal in _LITERALS
    ),
    *(pattern_rule("password", words, pattern, accept=_is_literal, tail=tail) for words, pattern, tail in _BARE),
)
