"""Secrets in the arguments of functions and commands, in the members of a key, and after words of other languages."""

import re
from collections.abc import Iterator

from zigtui.commands.redaction.judging.names import is_name
from zigtui.commands.redaction.judging.passwords import PLACEHOLDERS, is_uncommon
from zigtui.commands.redaction.judging.prose import is_code, is_prose
from zigtui.commands.redaction.judging.values import is_long_word, is_mixed, is_random, is_stand_in, is_wordlike
from zigtui.commands.redaction.rules import Rule, Span, any_of, compiled, group_of_value, listed, lower, pattern_rule

__all__ = ["CALL_RULES"]

_STRING = r"""(?:"[^"\n]{0,256}"|'[^'\n]{0,256}')"""
_SECRET = r"""(?:b|\[\]byte\()?(?:"(?P<double>[^"\n]{1,256})"|'(?P<single>[^'\n]{1,256})')"""
_ARGUMENT = rf"(?:{_STRING}|[\w.:$>\[\]-]{{1,128}})"
# The functions, how many arguments come before the password, and whether it is one for sure
_FUNCTIONS = (
    (
        "mysqli( mysqli_connect( mysql_connect( pdo( getconnection( imap_open( ssh2_auth_password( ftp_login("
        " dbi->connect(",
        2,
        True,
    ),
    ("httpbasicauth( httpdigestauth( basicauth( basic_auth( setbasicauth( networkcredential( .login(", 1, True),
    ("usernamepasswordcredentials( passwordauthentication( usernamepassword( plainauth(", 1, True),
    (".authenticate( auth=( db.auth(", 1, True),
    (
        "login( authenticate( credentials( withcredentials( basic.new( basic( signin( sign_in( auth( setcredentials("
        " with_credentials(",
        1,
        False,
    ),
    ("sequelize(", 2, False),
    ("keyring.set_password( keytar.setpassword(", 2, True),
    ("wifi.begin(", 1, True),
    (":auth( .auth( fernet( secretkeyspec( hmac.new( hmacsha256( hmacsha512( hmac_sha256(", 0, False),
    (
        "createhmac( createcipher( createdecipher( hmac.new( hmac.hexdigest( hmac.digest( aes.encrypt( aes.decrypt(",
        1,
        False,
    ),
    ("hash_hmac( openssl_encrypt( openssl_decrypt( hash_pbkdf2(", 2, False),
    ("create_superuser( create_user(", 2, True),
    (
        "hash::make( bcrypt.hash( bcrypt.hashsync( bcrypt.compare( bcrypt.comparesync( argon2.hash( bcrypt( hashpw("
        " generate_password_hash( make_password( hash_password( password_hash( password_verify( checkpw(",
        0,
        True,
    ),
)
# The name of a secret, and its value as the next argument of a command that stores both
_STORED = re.compile(
    r"\b(?:kv|user-secrets|etcdctl|secret-tool|redis-cli)[ \t]+(?:put|set|store)[ \t]+(?:--?[\w-]+[ \t]+){0,3}"
    rf"[\"']?(?P<name>[\w./:-]{{1,128}})[\"']?[ \t]+(?:{_SECRET}|(?P<bare>[^\s\"'=|;<>-][^\s\"'=|;<>]{{3,}}))"
)
_STORES = listed("kv user-secrets etcdctl secret-tool redis-cli")
# RFC 7518: the members of a private key
_MEMBER = re.compile(r'\\{0,3}"(?:d|p|q|dp|dq|qi|k)\\{0,3}"[ \t]{0,4}:[ \t]{0,4}\\{0,3}"(?P<secret>[\w-]{20,})')
_KEYS_SET = ("api", "secret", "access", "auth", "private", "signing", "encryption")
_SETTERS = listed("password( passwd( passphrase( pwd( secret( token( key(")
_WRAPPERS = listed(
    "secretstr( secretstring( secretbytes( secretbox( secret( sensitive( sensitivestring( protectedstring("
)
_LANGUAGES = listed(
    "passe contraseña contrasena senha wachtwoord hasło haslo parola lozinka heslo jelszó salasana lösenord adgangskode"
    " passord şifre пароль 密码 密碼 口令 パスワード 비밀번호"
)


# setPassword("..."), with_api_key("..."), builder.password("...")
_SET = re.compile(
    r"(?:(?:^|(?<=[^a-z]))(?:set|with|use|using|add|put)_?(?:[a-z]{1,24}_?){0,2}?|(?:^|(?<=[\w\s()]))\.)"
    rf"(?:password|passwd|passphrase|pwd|secret|token|{any_of(f'{of}key' for of in _KEYS_SET)}"
    rf"|{any_of(f'{of}_key' for of in _KEYS_SET)}|{any_of(_KEYS_SET)}_?token)\([ \t]{{0,4}}{_SECRET}[ \t]{{0,4}}[,)]"
)


def _arguments(functions: str, before: int, *, is_sure: bool) -> Rule:
    """A rule for the password among the arguments of some functions."""
    words = tuple(functions.split())
    pattern = (
        rf"(?:(?<!\w)|(?=[.:])){any_of(words)}[ \t]{{0,4}}(?:{_ARGUMENT}[ \t]{{0,4}},[ \t]{{0,4}}){{{before}}}{_SECRET}"
    )

    def find(text: str) -> Iterator[Span]:
        for found in compiled(pattern).finditer(lower(text)):
            yield from (span for span in _strings(found, text) if is_sure or _is_chosen(text[span.start : span.end]))

    return Rule(words[0].strip("(."), words, find)


def _is_chosen(value: str) -> bool:
    return " " not in value and len(value) >= 5 and (is_mixed(value) or not is_wordlike(value))


def _strings(found: re.Match[str], text: str) -> Iterator[Span]:
    span = Span(*found.span(group_of_value(found)), "password")
    value = text[span.start : span.end]
    is_word = is_prose(value) or value.lower() in PLACEHOLDERS
    if not (is_word or is_stand_in(value) or value.endswith(":")):
        yield span


def _set(text: str) -> Iterator[Span]:
    for found in _SET.finditer(lower(text)):
        for span in _strings(found, text):
            value = text[span.start : span.end]
            if " " not in value and (is_mixed(value) or not is_wordlike(value) or is_long_word(value)):
                yield span


def _stored(text: str) -> Iterator[Span]:
    for found in _STORED.finditer(text):
        if is_name(re.split("[/:]", found["name"])[-1]):
            yield from _strings(found, text)


def _members(text: str) -> Iterator[Span]:
    return (Span(*found.span("secret"), "private-key") for found in _MEMBER.finditer(text))


def _is_foreign(value: str) -> bool:
    is_chosen = is_mixed(value) or is_random(value) or not is_wordlike(value) or len(value) >= 6
    return is_chosen and not (is_stand_in(value) or is_code(value))


CALL_RULES = (
    *(_arguments(functions, before, is_sure=is_sure) for functions, before, is_sure in _FUNCTIONS),
    # Tests of pages: cy.get('#password').type('...')
    pattern_rule(
        "password",
        ".type( .fill( .send_keys( .sendkeys( .setvalue( .set_value(",
        r"(?:password|passwd|passphrase|pwd|secret|token)[^\n\"']{0,40}[\"'][^\n\"']{0,40}{words}[ \t]?[\"']"
        r"(?P<secret>[^\n\"']{4,256})[\"']",
        accept=is_uncommon,
    ),
    # Ruby: http.basic_auth 'bob', '...'
    pattern_rule(
        "password",
        "basic_auth digest_auth basic_authorize",
        rf"\b{{words}}[ \t]+{_STRING},[ \t]{{0,4}}[\"'](?P<secret>[^\s\"']{{4,256}})[\"']",
        accept=_is_chosen,
        tail="$",
    ),
    Rule("setter", _SETTERS, _set),
    Rule("stored", _STORES, _stored),
    # A value in a type that hides it: SecretStr("..."), Secret(b'...')
    pattern_rule(
        "secret",
        _WRAPPERS,
        r"(?<![\w.]){words}[ \t]{0,4}(?:value=|inner:[ \t])?b?[\"'](?P<secret>[^\s\"']{5,256})[\"']",
        accept=lambda value: not is_stand_in(value) and is_random(value),
    ),
    # sops set FILE '["db"]["password"]' '"..."'
    pattern_rule(
        "secret",
        "sops",
        r"\b{words}[ \t][^\n]{0,300}?\][\"']?[ \t]+[\"']{1,2}(?P<secret>[^\"'\n]{3,256})[\"']",
        accept=lambda value: not is_stand_in(value),
        tail="$",
        head=r"(?<![\w-])",
        also="]",
    ),
    Rule("jwk", ('"kty', '\\"kty'), _members),
    pattern_rule(
        "password",
        _LANGUAGES,
        r"(?<![^\W\d_]){words}[ \t]{0,4}[:=：][ \t]{0,4}[\"']?(?P<secret>[^\s\"',;]{4,})[\"']?[ \t]*$",
        accept=_is_foreign,
        tail="(?:[:=：]|$)",  # not the beginning of another word, such as "passed"
    ),
)
