"""Secrets in URLs: before the host, in the query, or in the path of a webhook."""

import re
from collections.abc import Iterator
from string import ascii_lowercase

from zigtui.commands.redaction.judging.passwords import PLACEHOLDERS
from zigtui.commands.redaction.judging.values import (
    is_mixed,
    is_number,
    is_random,
    is_random_run,
    is_stand_in,
    is_very_random,
    is_wordlike,
)
from zigtui.commands.redaction.rules import Rule, Span, any_of, listed, pattern_rule

__all__ = ["URL_RULES"]

_USERINFO = re.compile(
    r"""://(?!git@|\[)(?P<secret>[^\s/?#"'<>\\]{1,1024}|[^\s/:@"'<>]{0,256}:(?!\d{1,5}[/?#])[^\s"'<>@]{1,512})@"""
)
_OF_MANUAL = re.compile(f"(?:user|username|login|name):{any_of(PLACEHOLDERS)}", re.IGNORECASE)
_PARAMETERS = (
    "code key sig signature token auth hash hmac ticket sid session sessionid jwt assertion otp secret password passwd"
    " pwd pass access_token refresh_token id_token api_key apikey api-key client_secret x-amz-signature"
    " x-amz-credential x-amz-security-token x-goog-signature x-goog-credential awsaccesskeyid googleaccessid"
    " subscription-key code_verifier authuser_token verify confirmation_token reset_token invite magic login_token"
    " state_token appid app_id_secret license_key webhook_token sas se_sig sv_sig samlresponse samlrequest"
)
_SURE = frozenset(listed("password passwd pwd pass secret client_secret access_token refresh_token id_token token"))
_PARAMETER = re.compile(r"(?<=[?&#;])(?P<name>[\w.-]{1,64})=(?P<value>[^\s&#\"'<>;`|\\]{1,4096})", re.ASCII)
_LEAST_WORD, _WORDS_OF_NAME = 4, 2  # letters of a word; words that make a name
# Parts of links that anyone who knows them can use
_LINKS = (
    "/reset/ /password/ /token/ /tokens/ /invite/ /activate/ /confirm/ /verify/ /magic/ /unlock/ /reset-password/"
    " /reset_password/ /password-reset/ /password_reset/ /forgot-password/ /invitation/ /invitations/ /activation/"
    " /confirmation/ /verification/ /verify-email/ /confirm-email/ /recover/ /recovery/ /unsubscribe/ /magic-link/"
    " /secret/ /api-key/ /api_key/ /apikey/ /access-token/ /access_token/ /auth-token/ /auth_token/ /login/ /signin/"
    " /sign-in/ /accept-invite/ /magic-login/"
)
_ALGORITHM = re.compile(
    r"(?:v|sha|md|argon|bcrypt|scrypt|pbkdf|blake|oauth|utf|base|aes|rsa|ed|ntlmv|rfc|http|test|part|step|page|version"
    r"|latest|stage|user|admin|server|host|node|web|db|app|env)[_-]?[0-9]{1,5}(?:[_-]?[a-z0-9]{1,8})?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[A-Za-z]+[_-]?[0-9]{1,3}")
# Directories of code that are named after what it does with a secret
_ACTIONS = (
    "get set put add new create make generate random change reset update rotate forgot forgotten lost hash check verify"
    " validate confirm test read write show list find fetch load store save use delete remove encrypt decrypt no with"
)
# Directories for a platform, a language, a region or a chapter
_DIRECTORY = re.compile(
    r"(?:[a-z]{2}[-_][a-z]{2,9}|python|py|php|java|jdk|ruby|nodejs|dotnet|go|lambda|debian|ubuntu|fedora|centos|rhel|el|win"
    r"|windows|macos|ios|android|arm|aarch|mips|x86_|x|i|p|example|sample|demo|chapter|lesson|exercise|unit|week|day|lab"
    r"|case|task|level|section|module|release|build|patch|phase|round|run|slot|shard|zone|group|batch|job|worker|form"
    r"|view|screen|dialog|panel|[a-z]{2}|[a-z-]+list)[_.-]?[0-9]{1,6}(?:[_.-]?[a-z0-9]{1,3})?",
    re.IGNORECASE,
)
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

# Webhooks and links that anyone who knows the URL can use: a part of the URL is the secret
_WEBHOOKS = (
    ("slack-webhook", "hooks.slack.com", r"{words}/(?:services|workflows|triggers)/[\w/+-]{16,}"),
    ("discord-webhook", "/webhooks/", r"discord(?:app)?\.com/api/(?:v\d{1,2}/)?{words}\d{10,25}/[\w-]{20,}"),
    ("teams-webhook", "webhook.office.com outlook.office.com",
     r"{words}/(?:webhook|webhookb2)/(?P<secret>[\w@/.-]{32,})"),
    ("telegram-token", "api.telegram.org", r"{words}/(?:file/)?bot(?P<secret>[0-9]{6,12}:[\w-]{20,})"),
    ("webhook", "hooks.zapier.com", r"{words}/hooks/catch/(?P<secret>[\w/-]{8,})"),
    ("webhook", "maker.ifttt.com", r"{words}/trigger/[\w-]+/(?:json/)?with/key/(?P<secret>[\w-]{8,})"),
    ("webhook", "open.feishu.cn open.larksuite.com", r"{words}/open-apis/bot/v2/hook/(?P<secret>[\w-]{16,})"),
    ("webhook", "events.pagerduty.com", r"{words}/(?:integration|generic)/(?P<secret>[0-9a-z]{16,})"),
    ("webhook", "alert.victorops.com", r"{words}/integrations/generic/\d+/alert/(?P<secret>[\w/-]{8,})"),
    ("webhook", "build_hooks/ deploy_hooks/", r"{words}(?P<secret>[\w-]{16,})"),
    ("webhook", "/integrations/deploy/", r"{words}(?P<secret>[\w/-]{8,})"),
    ("webhook", "hook.", r"//{words}(?:eu\d|us\d|integromat)\.?[\w.-]*/(?P<secret>\w{20,})"),
    ("webhook", "loggly.com", rf"{{words}}/(?:inputs|bulk)/(?P<secret>{_UUID})"),
    ("webhook", "collectors.sumologic.com", r"{words}/receiver/v1/(?:http|events|otlp)/(?P<secret>[\w+/=-]{40,})"),
    ("webhook", "nosnch.in", r"{words}/(?P<secret>\w{8,})"),
    # Apprise
    ("webhook", "slack:// discord:// tgram:// telegram:// pover:// pbul:// msteams:// gchat:// sendgrid:// mailgun://",
     r"{words}(?P<secret>(?=[\w/:.@-]*[0-9])[\w/:.@-]{16,})"),
    ("webhook", "hc-ping.com", rf"{{words}}/(?P<secret>{_UUID}|[\w-]{{22}}(?=/))"),
    ("rpc-key", "infura.io quiknode.pro alchemy.com alchemyapi.io ankr.com chainstack.com",
     r"//[\w.-]{0,100}?{words}/(?:[\w-]{1,20}/){0,2}(?P<secret>(?=[a-z_-]{0,64}[0-9])[\w-]{24,64})(?![\w-])"),
    ("sentry-key", "ingest.sentry.io ingest.us.sentry.io", r"//(?P<secret>[0-9a-f]{32})@[\w.]*{words}"),
    ("webhook", "hooks hook webhook webhooks incomingwebhook services integration integrations",
     r"//[^\s\"'<>]{1,200}?/{words}/(?P<secret>(?=[\w-]*[0-9])[\w-]{16,}(?:/[\w-]{8,})*)"),
    ("signature", "/sig=", r"{words}(?P<secret>[\w%-]{16,})"),
)  # fmt: skip


def _userinfo(text: str) -> Iterator[Span]:
    for found in _USERINFO.finditer(text):
        secret = found["secret"]
        user, colon, password = secret.partition(":")
        is_user = not (is_very_random(secret) if not colon else password or is_random(user))
        is_user = is_user or _OF_MANUAL.fullmatch(secret) is not None
        if not is_user and not re.search(r"[\[\]<>{}]", secret) and not is_stand_in(password or user):
            yield Span(*found.span("secret"), "credentials")


def _parameters(text: str) -> Iterator[Span]:
    for found in _PARAMETER.finditer(text):
        name, value = found["name"].lower(), found["value"]
        if name in _NAMES and not is_stand_in(value):
            is_short = name in _SURE or is_random(value.rstrip("=")) or (name == "code" and is_mixed(value))
            if (is_short and not is_number(value)) or (name in _SURE and len(value) > 3):
                yield Span(*found.span("value"), _KINDS.get(name, "token"))


def _is_key_of_link(value: str) -> bool:
    """Whether the last part of a path is random, and not a name of several words."""
    words = [part for part in re.split("[_-]", value) if len(part) >= _LEAST_WORD and part.isalpha()]
    return is_very_random(value) and sum(map(is_wordlike, words)) < _WORDS_OF_NAME


def _is_directory(value: str) -> bool:
    """Whether a part in the middle of a path is a password. Code has more ordinary directories than ordinary files."""
    return _is_part(value) and _DIRECTORY.fullmatch(value) is None


def _is_part(value: str) -> bool:
    """Whether a part of a path is a password, not a word, a version or the name of an algorithm."""
    is_named = _ALGORITHM.fullmatch(value) is not None or is_number(value) or is_stand_in(value)
    words = [part for part in re.split("[_-]", value) if len(part) >= _LEAST_WORD and part.isalpha()]
    return is_mixed(value) and not is_named and not any(map(is_wordlike, words))


_NAMES = frozenset(_PARAMETERS.split())
_KINDS = {
    **dict.fromkeys(("key", "api_key", "apikey", "api-key", "subscription-key", "license_key"), "key"),
    **dict.fromkeys(("password", "passwd", "pwd", "pass"), "password"),
    "code": "code",
}

URL_RULES = (
    Rule("credentials", ("://",), _userinfo, tail=r"[^@]{1,1800}@"),
    # The same in the name of a file or a directory, which has an underscore in place of each slash
    pattern_rule(
        "credentials",
        ":__",
        r"{words}(?!git@)(?P<secret>[^\s/:@\"'<>]{1,64}:[^\s/@\"'<>]{1,128})@",
        accept=lambda value: not is_stand_in(value.partition(":")[2]),
        tail="[^@/]{1,200}@",
    ),
    # A parameter of one letter, as in the links that log in
    pattern_rule(
        "token",
        [f"{sign}{letter}=" for sign in "?&" for letter in ascii_lowercase],
        r"{words}(?P<secret>[\w-]{24,256})(?![\w.%-])",
        accept=lambda value: is_random_run(value) and "-" not in value,
        tail="[a-z0-9_-]{24}",
    ),
    Rule("parameter", tuple(f"{name}=" for name in _PARAMETERS.split()), _parameters),
    *(pattern_rule(kind, words, pattern) for kind, words, pattern in _WEBHOOKS),
    # The same links without a host, as in the log of a server, and directories with the name of a secret; conda
    pattern_rule(
        "token",
        f"{_LINKS} /t/",
        r"{words}(?:[\w-]{1,20}/)?(?P<secret>(?=[\w-]{0,255}[0-9])[\w-]{20,256})(?!\w|\.\w)",
        accept=_is_key_of_link,
    ),
    # .../db_password/hunter2, as the paths of stores that are read by name
    pattern_rule(
        "password",
        "password/ passwd/ passphrase/ secret/ pwd/",
        r"/[\w.]{1,40}[_.-]{words}(?P<secret>[\w!#$%^*+=~-]{6,128})(?=$|[\s\"'`,;:)\]}])",
        accept=_is_part,
        head=r"(?<=[_.-])",
        tail=r"[\w!#$%^*+=~-]{6}",
    ),
    pattern_rule(
        "password",
        "/password/ /passwd/ /passphrase/",
        r"{words}(?P<secret>[\w!#$%^*+=~-]{8,128})(?=$|[\s\"'`,;:)\]}])",
        accept=lambda value: _is_part(value) and not _NUMBERED.fullmatch(value),
        tail=r"[\w!#$%^*+=~-]{8}",
    ),
    # The same before the rest of a path
    pattern_rule(
        "password",
        "password/ passwd/ passphrase/ secret/ pwd/",
        rf"/(?!{any_of(_ACTIONS.split())}[_.-])[\w.]{{1,40}}[_.-]{{words}}(?P<secret>[\w!#$%^*+=~-]{{6,128}})(?=/)",
        accept=_is_directory,
        head=r"(?<=[_.-])",
        tail=r"[\w!#$%^*+=~-]{6,128}/",
    ),
    pattern_rule(
        "password",
        "/password/ /passwd/ /passphrase/",
        r"{words}(?P<secret>[\w!#$%^*+=~-]{8,128})(?=/)",
        accept=lambda value: _is_directory(value) and not _NUMBERED.fullmatch(value),
        tail=r"[\w!#$%^*+=~-]{8,128}/",
    ),
)
