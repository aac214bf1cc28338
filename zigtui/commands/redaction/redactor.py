"""Secrets and personal paths taken out of text that is to be sent to somebody.

This lowers the risk; it does not make a log public. A secret that has no known form and no telling word next to it
stays, and so does one that a program broke into several lines (private keys excepted).
"""

import getpass
import html
import os
import re
from collections.abc import Callable, Iterable

from zigtui.commands.redaction.assignments import assigned_masked, authorization_masked, cookie_masked
from zigtui.commands.redaction.tokens import mask, tokens_masked
from zigtui.reader.safe_text import safe_spans

__all__ = ["LONGEST_KEY_LINES", "Redactor", "Verbatim"]

LONGEST_KEY_LINES = 400
"""A private key block is taken to end here. So many lines before a line decide what becomes of it."""

_LINES_OF_PROSE_THAT_END_A_KEY = 3


_KEY_MASK = mask("private-key")
_KEY_BEGIN = re.compile(r"-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|Private-Lines: \d", re.IGNORECASE)
_KEY_END = re.compile(r"-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{0,5}|Private-MAC: ?\w*", re.IGNORECASE)
_KEY_TEXT = re.compile(r"[A-Za-z0-9+/]{16}|^\W*(?:[\w-]{1,30}: .*|[A-Za-z0-9+/=]+\W*)$")
_PROSE = re.compile(r"[A-Za-z]{2}[^A-Za-z0-9+/]+[A-Za-z]{2}")

_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_STRING = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x9c|\x1b\\)"
_STRINGS = re.compile(_STRING)
_SEQUENCE = re.compile(rf"{_STRING}|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]|{_CONTROL.pattern}")

_EMAIL = re.compile(r"(?<![\w.+-])(?!git@)[\w.+-]++@(?!v?[0-9]+\.[0-9])(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?!\w)")
_USERINFO = re.compile(
    r"""://(?!git@)(?:[^\s/?#"'<>\\]{1,1024}|[^\s/:@"'<>]{1,256}:(?!\d{1,5}[/?#])[^\s"'<>@]{0,512})@"""
)
_CURL_USER = re.compile(r"""(?<=[ "'])(?P<flag>(?:-u|--user|--proxy-user)[ =]{0,4}["']?)[^\s:"'-][^\s:"']*:[^\s"']+""")
_LOGIN = re.compile(
    r"(?P<flag>(?:(?:mysql|mariadb)[\w-]{0,12}\b[^|;\n]{0,300}?[ \t]-p(?=\S)"
    r"|(?:sshpass|login|redis-cli)\b[^|;\n]{0,300}?[ \t]-[pa][ \t]{0,4}))[\"']?(?P<value>[^\s\"'-][^\s\"']*)"
)

# Where home directories lie; what is in front may be Git Bash's or WSL's drive, or a system's own place.
_ANY_HOME = (
    r"(?<![\w.~%-])(?:(?:(?:/mnt)?/[A-Za-z]|/(?:var|export|usr))?/(?:home|Users)/"
    r"|[A-Za-z]:[\\/]{1,4}Users[\\/]{1,4})(?!(?:Shared|Public)\b)"
)
_HOME = re.compile(_ANY_HOME + r"""(?P<name>[^\s/\\"'`:;,<>|(){}\[\]]+)""", re.IGNORECASE)
# The same below another directory, as in a backup or a container; not the home page in the source of a program
_INNER_HOME = re.compile(
    r"(?<![\w.~%/:-])(?:/(?!(?:src|apps?|pages|components|views|screens|routes|api|www|static|assets|public|templates|tests?"
    r"|features|modules|v[0-9])/)[\w.@+-]{1,64}){1,12}/(?:home|Users)/(?!Shared/)[^\s/\\\"'`:;,<>|(){}\[\]]+(?=/|$)"
)
_NOBODY = (  # names of accounts that are no person's
    "admin agent app build builder circleci ci codespace default dev developer docker git guest home jenkins linuxbrew"
    " node nobody runner root sandbox src test tmp ubuntu user users vagrant vscode work www"
)


# As in ``~name/x``, and where agents and zig itself name a project after its path: ``projects/home-name-src``
_TILDE = re.compile(r"(?<![\w/\\.~-])~(?P<name>[A-Za-z_][\w.-]{1,31})(?=[/\\])")
_PROJECT = re.compile(r"(?<=projects[/\\])-?(?:home|Users)-(?P<name>\w+)(?=-)", re.IGNORECASE)

# Printable ASCII in disguise: in URLs, in HTML, in JSON
_PERCENT = re.compile("%(2[0-9A-Fa-f]|[3-6][0-9A-Fa-f]|7[0-9A-Ea-e])")
_ENTITY = re.compile(
    "&(?:#(?:3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6]|[xX][2-7][0-9A-Fa-f])|quot|apos|amp|lt|gt|sol|commat);"
)
_ESCAPE = re.compile(r"\\(?:/|u00([2-7][0-9A-Fa-f]))")


_PATHS = ("cwd", "log_path", "workflow_path")  # keys whose values are such
_PARTS = re.compile(r"[^/\\]+")


class Redactor:
    """Masks secrets, e-mail addresses and home directories.

    Args:
        paths: paths that may tell whose home directories there are.
        reader_home: the home directory of who redacts.
        reader_name: the user name of who redacts.
    """

    def __init__(self, paths: Iterable[str], reader_home: str | None = None, reader_name: str | None = None) -> None:
        matches = [match for path in paths if (match := _HOME.match(path)) is not None]
        homes = {match[0] for match in matches}
        names = {match["name"] for match in matches}
        if reader_home is not None and len(reader_home) > 1:
            homes.add(reader_home)
        if reader_name:
            names.add(reader_name)
        self._home = re.compile("|".join([*_literal_homes(homes), _HOME.pattern]), re.IGNORECASE)
        known = sorted(name for name in names if len(name) > 2 and name.lower() not in _NOBODY.split())
        name = "|".join(map(re.escape, known)) or "(?!)"
        # In a path, before a host, and where pytest makes temporary directories
        self._name = re.compile(rf"(?:(?<=[/\\])(?:{name})(?![\w.-])|(?<=-of-)(?:{name})\b|(?<![\w.-])(?:{name})(?=@))")
        last_parts = [re.split(r"[\\/]", home.rstrip("/\\"))[-1] for home in homes]
        self._path_words = tuple(map(str.lower, ("/home/", "users", "projects", *last_parts, *known)))

    @classmethod
    def of_here(cls, paths: Iterable[str]) -> "Redactor":
        """A redactor that knows who is reading, and what the session's paths tell of who ran it."""
        try:
            name = getpass.getuser()
        except (KeyError, OSError):  # no such user: a container that runs under a number
            name = None
        return cls(paths, os.path.expanduser("~"), name)  # noqa: PTH111  # no home is no error here

    def text(self, text: str) -> str:
        """A text of its own: a name, a path, a prompt, an error; it may have several lines."""
        return self.stream()(text)

    def path(self, path: str) -> str:
        """The same of a path, in which each part may be a secret, though all of it does not look like one."""
        return self.text(_PARTS.sub(lambda part: self.text(part[0]), path))

    def value(self, value: object) -> object:
        """The same with every text in a JSON value; keys stay."""
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.value(item) for item in value]
            case dict():
                return {
                    key: self.path(item) if key in _PATHS and isinstance(item, str) else self.value(item)
                    for key, item in value.items()
                }
        return value

    def stream(self) -> Callable[[str], str]:
        """What redacts the lines of one stream, one after another: it knows when they are within a private key."""
        return _Stream(self._line)

    def _line(self, text: str) -> str:
        """One line outside of any private key."""
        if text.isprintable() or _CONTROL.search(text) is None:
            return self._plain(text)
        stripped = _SEQUENCE.sub(lambda found: " " if found[0] == "\r" else "", text)
        redacted = self._plain(stripped)
        if redacted != stripped:
            return redacted
        if "\r" in text:  # which can put together what was apart
            seen = "".join(span.text for span in safe_spans(text))
            redacted = self._plain(seen)
            if redacted != seen:
                return redacted
        # The address of a link, say, is not seen, but it is there.
        unseen = " ".join(_STRINGS.findall(text))
        return text if self._plain(unseen) == unseen else stripped

    def _plain(self, text: str) -> str:
        """A line without control characters; also what is escaped in it, which is then written plainly."""
        redacted = self._masked(text)
        undisguised = _undisguised(_undisguised(redacted))  # what is said in a text in a text is disguised twice
        if undisguised == redacted:
            return redacted
        masked = self._masked(undisguised)
        return redacted if masked == undisguised else masked

    def _masked(self, text: str) -> str:
        text = tokens_masked(assigned_masked(cookie_masked(authorization_masked(text))))
        if "curl" in text:
            text = _CURL_USER.sub(lambda match: match["flag"] + mask("credentials"), text)
        if " -p" in text or " -a" in text:
            text = _LOGIN.sub(lambda match: match["flag"] + mask("password"), text)
        if "@" in text:
            text = _USERINFO.sub(f"://{mask('credentials')}@", text)
            text = _EMAIL.sub(mask("email"), text)
        if "~" in text:
            text = _TILDE.sub(_without_name, text)
        lowered = text.lower()
        for word in self._path_words:
            if word in lowered:
                text = _PROJECT.sub(_without_name, _INNER_HOME.sub("~", self._home.sub("~", text)))
                return self._name.sub(mask("user"), text)
        return text


class Verbatim(Redactor):
    """Leaves everything as it is, for who wants no redaction."""

    def __init__(self) -> None:
        super().__init__(())

    def value(self, value: object) -> object:
        """The value itself."""
        return value

    def stream(self) -> Callable[[str], str]:
        """What gives every line back."""
        return str


class _Stream:
    """The lines of a stream, one after another."""

    def __init__(self, line: Callable[[str], str]) -> None:
        self._line = line
        self._key_lines = 0  # that may still come; 0 outside of a key
        self._margin = ""  # what stands before the key on each of its lines: a time, a number
        self._prose = 0

    def __call__(self, text: str) -> str:
        if "\n" in text:
            return "\n".join(map(self, text.split("\n")))
        if not self._key_lines and "-" not in text:
            return self._line(text)
        plain = _SEQUENCE.sub("", text) if _CONTROL.search(text) is not None else text
        if self._key_lines:
            return self._within_key(plain, text)
        begin = _KEY_BEGIN.search(plain)
        return self._line(text) if begin is None else self._with_key(plain, begin)

    def _with_key(self, plain: str, begin: re.Match[str]) -> str:
        before = self._line(plain[: begin.start()])
        end = _KEY_END.search(plain, begin.end())
        if end is not None:
            return before + _KEY_MASK + self(plain[end.end() :])
        self._key_lines = LONGEST_KEY_LINES
        self._margin = plain[: begin.start()]
        self._prose = 0
        return before + _KEY_MASK

    def _within_key(self, plain: str, text: str) -> str:
        end = _KEY_END.search(plain)
        if end is not None:
            self._key_lines = 0
            return _KEY_MASK + self(plain[end.end() :])
        self._key_lines -= 1
        size = len(self._margin)
        body = (plain[size:] if _shape(plain[:size]) == _shape(self._margin) else plain).strip()
        if _KEY_TEXT.search(body) is None and (not body or _PROSE.search(body) is not None):
            # Such a line was only mentioned, in code say, or the key is over without an end
            self._prose += bool(body)
            if self._prose == _LINES_OF_PROSE_THAT_END_A_KEY:
                self._key_lines = 0
            return self._line(text)
        self._prose = 0
        return _KEY_MASK


def _unescaped(found: re.Match[str]) -> str:
    return "/" if found[1] is None else chr(int(found[1], 16))


def _undisguised(text: str) -> str:
    if "%" in text:
        text = _PERCENT.sub(_unescaped, text)
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _without_name(found: re.Match[str]) -> str:
    return found[0] if found["name"].lower() in _NOBODY.split() else "~"


def _shape(margin: str) -> str:
    return re.sub(r"[0-9 ]+", "0", margin)


def _literal_homes(homes: Iterable[str]) -> list[str]:
    """Patterns of these directories, also with doubled backslashes and as a part of a project's name."""
    patterns = []
    for home in sorted(homes, key=len, reverse=True):
        parts = [re.escape(part) for part in re.split(r"[\\/]+", home.strip("/\\"))]
        root = "/" if home.startswith("/") else ""
        patterns.append(rf"(?<![\w.~%-]){root}" + r"[\\/]{1,4}".join(parts) + r"(?![\w.-])")
        if len(parts) > 1:
            patterns.append("(?<![A-Za-z0-9])" + "-{1,2}".join(parts) + "(?![A-Za-z0-9])")
    return patterns
