"""What a shell passes to a command: through a pipe, a here string, a substitution, a file or a script."""

import re
from collections.abc import Callable, Iterator

from zigtui.commands.redaction.by_position.commands import PROGRAM_HEAD, PROGRAM_TAIL
from zigtui.commands.redaction.judging.names import NAME
from zigtui.commands.redaction.judging.passwords import is_made, is_typed, is_uncommon, passwords
from zigtui.commands.redaction.judging.values import is_irregular, is_random_run
from zigtui.commands.redaction.rules import Rule, Span, pattern_rule

__all__ = ["SHELL_RULES"]

_WORD = r"""(?:"(?P<double>[^"\n]+)"|'(?P<single>[^'\n]+)'|(?P<bare>[^\s"'|;<>]+))"""
# Options of commands that read a secret from standard input, and commands that do so anyway
_READS = r"--[\w-]{0,64}passw(?:or)?d-(?:on-)?stdin|--stdin|--with-token|--passphrase-fd|--data-file=-"
_READERS = (
    r"sudo[ \t]+(?:-\w+[ \t]+)*-\w*S\w*"
    r"|(?:passwd|smbpasswd|chpasswd|cryptsetup|kinit|su|gpg2?|vault|wrangler|vercel|gh"
    r"|(?:docker|podman)[ \t]+(?:login|secret)|ssh-add|openssl|ansible-vault|pass|htpasswd"
    r"|vncpasswd|helm|sshpass|bw|op|firebase|flyctl|fly|kubeseal|sops|age|argocd"
    r"|base64)\b"
)
_PIPED = re.compile(
    rf"(?:echo|printf|yes)[ \t]+(?:-[en]+[ \t]+)?(?:['\"]?%s(?:\\n)?['\"]?[ \t]+)?{_WORD}"
    rf"[ \t]*\|[ \t]*(?:\w+=\S*[ \t]+)*(?:(?:sudo|doas)[ \t]+(?:-\w+[ \t]+)*)?"
    rf"(?:{_READERS}|[^\s|;&]++(?:[ \t]++[^\s|;&]++){{0,24}}?[ \t]++(?:{_READS}))"
)
_SUBSTITUTED = re.compile(rf"<\([ \t]*(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)?{_WORD.replace('<>', '<>()')}[ \t]*\)")
_TO_FILE = re.compile(
    rf"(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)?{_WORD}[ \t]*>{{1,2}}[ \t]*[\"']?[\w./~${{}}-]{{0,200}}?"
    r"(?:passw|secret|token|pgpass|credential|vault|\.key\b)"
)
_HERE_STRING = re.compile(rf"<<<[ \t]*{_WORD}")
_READS_HERE = re.compile(rf"(?:{_READERS}|{_READS})[^|;\n<]{{0,300}}$")
_LONGEST_COMMAND = 600  # characters of a command before a here string


def _is_passed(value: str) -> bool:
    return len(value) > 3 and is_typed(value)


def _passed(pattern: re.Pattern[str]) -> Callable[[str], Iterator[Span]]:
    return lambda text: passwords(pattern.finditer(text), _is_passed)


def _here_strings(text: str) -> Iterator[Span]:
    """The strings that commands read. It looks back from each, as a search from each word would take quadratic time."""
    for found in _HERE_STRING.finditer(text):
        start = max(0, found.start() - _LONGEST_COMMAND)
        if _READS_HERE.search(text, start, found.start()) is not None:
            yield from passwords([found], _is_passed)


SHELL_RULES = (
    Rule("pipe", ("echo", "printf", "yes"), _passed(_PIPED), PROGRAM_TAIL, PROGRAM_HEAD),
    pattern_rule(
        "password",
        "send",
        r"""\b{words}[ \t]+(?:--[ \t]+)?["'](?P<secret>[^"'\n]{4,}?)\\[rn]["']""",
        accept=is_uncommon,
        tail="$",
        head=r"(?<!\w)",
    ),
    Rule("file", ("echo", "printf"), _passed(_TO_FILE), PROGRAM_TAIL, PROGRAM_HEAD),
    Rule("substitution", ("<(echo", "<(printf"), _passed(_SUBSTITUTED), "$"),
    Rule("here string", ("<<<",), _here_strings),
    # A command that prints the password: BORG_PASSCOMMAND="echo ...", passwordeval "printf ..."
    pattern_rule(
        "password",
        "passcommand passwordcommand password-command password_command passwordeval passeval passcmd passwordcmd"
        " password_cmd pass_cmd askpass extpass",
        r"{words}[ \t=:\"']{1,8}(?:/bin/)?(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)?[\"']?"
        r"(?P<secret>[^\s\"'|;]{4,128})",
        accept=is_typed,
    ),
    # DB_PASSWORD="$(echo ...)"
    pattern_rule(
        "secret",
        "$(echo $(printf",
        rf"{NAME}=[\"']?{{words}}[ \t]+(?:-[en]+[ \t]+)?[\"']?(?P<secret>[^\s\"'|;()$`]{{4,128}})[\"']?[ \t]*\)",
        accept=is_uncommon,
        tail="$",
    ),
    # PowerShell: "..." | ConvertTo-SecureString
    pattern_rule(
        "password",
        "convertto-securestring",
        r"[\"'](?P<secret>[^\"'\n]{3,256})[\"'][ \t]{0,4}\|[ \t]{0,4}{words}",
        accept=is_typed,
    ),
    # A random value as the input of a command, or after the name of a command that generates one
    pattern_rule(
        "secret",
        "<<<",
        r"{words}[ \t]{0,4}[\"']?(?P<secret>[\w+/=.~-]{10,512})[\"']?(?=$|[\s;|)])",
        accept=lambda value: (len(value) >= 16 and is_made(value)) or is_random_run(value) or is_irregular(value),
    ),
    pattern_rule(
        "key",
        "genkey genpsk keygen",
        r"\b{words}[^\n]{0,80}?[ \t]?(?<!256)(?:[:=]|->|=>|→)[ \t]+[\"']?(?P<secret>[\w+/-]{16,256}={0,2})(?![\w.:])",
        accept=is_made,
        head=r"(?<![a-z])",
    ),
)
