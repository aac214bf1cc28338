"""Personal data: e-mail addresses, home directories, and user names in paths."""

import re
from collections.abc import Iterable, Iterator

from zigtui.commands.redaction.rules import Rule, Span

__all__ = ["PERSONS", "home_of", "person_rules"]

PERSONS = frozenset(["email", "tilde", "home", "user"])
"""The names of the rules for personal data."""

# Not the user ``git``, and not an algorithm of SSH, such as ``umac-64@openssh.com``
_EMAIL = re.compile(
    r"(?<![\w.+$-])(?!git@|(?=[\w.]{0,40}[0-9-])[\w.-]{1,60}@(?:openssh\.com|libssh\.org)\b)"
    r"[\w.+-]++@(?!v?[0-9]+\.[0-9])(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?!\w)"
)

# The parent of home directories, perhaps below a drive of Git Bash or WSL, or below a directory of the system
_ANY_HOME = (
    r"(?<![\w.~%-])(?:(?:(?:/mnt)?/[A-Za-z]|/(?:var|export|usr))?/(?:home|Users)/"
    r"|[A-Za-z]:[\\/]{1,4}Users[\\/]{1,4})(?!(?:Shared|Public)\b)"
)
_HOME = re.compile(_ANY_HOME + r"""(?P<name>[^\s/\\"'`:;,<>|(){}\[\]]+)""", re.IGNORECASE)
# The path of a page of users, after the method of a request or as the path of a route, not of a home directory
_PAGE = re.compile(
    r"(?:\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)[ \t]{1,4}|\bpath=\{?"
    r"|\b(?:get|post|put|patch|delete|all|use|route)\()[\"'`]?$"
)
_LONGEST_BEFORE_PAGE = 16  # characters
# A home directory below another one, as in a backup or a container; not a page called ``home`` in source code
_INNER_HOME = re.compile(
    r"(?<![\w.~%/:-])(?:/(?!(?:src|apps?|pages|components|views|screens|routes|api|www|static|assets|public|templates|tests?"
    r"|features|modules|v[0-9])/)[\w.@+-]{1,64}){1,12}/(?:home|Users)/(?!Shared/)[^\s/\\\"'`:;,<>|(){}\[\]]+(?=/|$)"
)
_NOBODY = (  # names of accounts that do not belong to a person
    "admin agent app build builder circleci ci codespace default dev developer docker git guest home jenkins linuxbrew"
    " node nobody runner root sandbox src test tmp ubuntu user users vagrant vscode work www"
)


# ``~name/x``, and projects that agents and zig name after their paths, as in ``projects/home-name-src``
_TILDE = re.compile(r"(?<![\w/\\.~-])~(?P<name>[A-Za-z_][\w.-]{1,31})(?=[/\\])")
_PROJECT = re.compile(r"(?<=projects[/\\])-?(?:home|Users)-(?P<name>\w+)(?=-)", re.IGNORECASE)


def home_of(path: str) -> tuple[str, str] | None:
    """The home directory at the start of a path and the name of its owner, or None."""
    found = _HOME.match(path)
    return None if found is None else (found[0], found["name"])


def person_rules(homes: Iterable[str], names: Iterable[str]) -> list[Rule]:
    """The rules for personal data.

    Args:
        homes: known home directories.
        names: known user names. Accounts that do not belong to a person, such as ``root``, are ignored.
    """
    known_homes = set(homes)
    home = re.compile("|".join([*_literal_homes(known_homes), _HOME.pattern]), re.IGNORECASE)
    known = sorted(name for name in names if len(name) > 2 and name.lower() not in _NOBODY.split())
    name = "|".join(map(re.escape, known)) or "(?!)"
    # In a path, before a host, and in the temporary directories of pytest
    user = re.compile(rf"(?:(?<=[/\\])(?:{name})(?![\w.-])|(?<=-of-)(?:{name})\b|(?<![\w.-])(?:{name})(?=@))")
    last_parts = [re.split(r"[\\/]", known_home.rstrip("/\\"))[-1] for known_home in known_homes]
    roots = ("/home/", "users/", "users\\", "projects", *_single_words(last_parts))

    def find_homes(text: str) -> Iterator[Span]:
        has_inner = "/home/" in text or "/Users/" in text
        for pattern in (_INNER_HOME, home) if has_inner else (home,):
            for found in pattern.finditer(text):
                if not _is_page(found):
                    yield Span(*found.span(), "home", "~")
        yield from _named(_PROJECT, text)

    return [
        Rule("email", ("@",), lambda text: (Span(*found.span(), "email") for found in _EMAIL.finditer(text))),
        Rule("tilde", ("~",), lambda text: _named(_TILDE, text), tail=r"[a-z_][\w.-]{1,31}[/\\]"),
        Rule("home", roots, find_homes),
        Rule(
            "user",
            _single_words(known),
            lambda text: (Span(*found.span(), "user") for found in user.finditer(text)),
        ),
    ]


def _is_page(found: re.Match[str]) -> bool:
    """Whether a path that begins like a home directory is a page of a web application, as in ``GET /users/42``."""
    start = found.start()
    before = found.string[max(0, start - _LONGEST_BEFORE_PAGE) : start]
    return found[0].startswith("/users/") and (found[0][7:].isdigit() or _PAGE.search(before) is not None)


def _single_words(names: Iterable[str]) -> tuple[str, ...]:
    """The longest word of each name, in lower case."""
    return tuple(max(name.lower().split(), key=len) for name in names if name.strip())


def _named(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    for found in pattern.finditer(text):
        if found["name"].lower() not in _NOBODY.split():
            yield Span(*found.span(), "home", "~")


def _literal_homes(homes: Iterable[str]) -> list[str]:
    """Patterns of these directories, also with repeated separators and as part of the name of a project."""
    patterns = []
    for home in sorted(homes, key=len, reverse=True):
        parts = [re.escape(part) for part in re.split(r"[\\/]+", home.strip("/\\"))]
        root = "/" if home.startswith("/") else ""
        patterns.append(rf"(?<![\w.~%-]){root}" + r"[\\/]{1,4}".join(parts) + r"(?![\w.-])")
        if len(parts) > 1:
            patterns.append("(?<![A-Za-z0-9])" + "-{1,2}".join(parts) + "(?![A-Za-z0-9])")
    return patterns
