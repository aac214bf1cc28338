"""Names of machines, projects and sessions, and their one spelling in a subject.

A subject is divided by dots and may contain neither spaces nor wildcards. So bytes outside ``[A-Za-z0-9_-]`` are
spelled ``=XX``, in upper case. A name has exactly one spelling: a second one would lead to the same file under another
subject.
"""

import re
from typing import NamedTuple

from writer import LOG_SUFFIX
from zigtui.fleet.wire.wire_error import WireError

__all__ = ["RemoteLog", "check_machine", "escape", "unescape"]

_MACHINE = re.compile(r"[a-z0-9-]{1,63}")
_TOKEN = re.compile(r"(?:[A-Za-z0-9_-]|=[0-9A-F]{2})+")
_ESCAPED = re.compile(r"=([0-9A-F]{2})")
_NOT_PLAIN = re.compile(rb"[^A-Za-z0-9_-]")
_HOSTILE = re.compile(r"[\x00-\x1f\x7f-\x9f/\\]|\A\.")  # paths, hidden files, and what a terminal would obey
_MAX_NAME_BYTES = 255  # what file systems accept
_MAX_SESSION_BYTES = _MAX_NAME_BYTES - len(LOG_SUFFIX)
_NO_PROJECT = "="


class RemoteLog(NamedTuple):
    """The log of a session of a machine. Its names are checked, so a path may be built from them.

    Attributes:
        machine: the name of the machine, as in the subject. The server lets a machine use no other.
        project: the name of the directory below ``projects/``; None for a session that ran outside any repository.
        session: the name of the log without ``.jsonl``.
    """

    machine: str
    project: str | None
    session: str

    @classmethod
    def of_tokens(cls, machine: str, project: str, session: str) -> "RemoteLog":
        """Parse the parts of a subject, or of an ask.

        Raises:
            WireError: if one of them is not a name, or not in its one spelling.
        """
        return cls(
            check_machine(machine),
            None if project == _NO_PROJECT else unescape(project),
            unescape(session, _MAX_SESSION_BYTES),
        )

    @property
    def spelling(self) -> str:
        """The end of the subjects of messages about the log: the spellings of its names, divided by dots.

        Raises:
            WireError: if a name may not travel.
        """
        return ".".join(self.tokens)

    @property
    def tokens(self) -> tuple[str, str, str]:
        """The spelling of machine, project and session in a subject.

        Raises:
            WireError: if a name may not travel.
        """
        return (
            check_machine(self.machine),
            _NO_PROJECT if self.project is None else escape(self.project),
            escape(self.session, _MAX_SESSION_BYTES),
        )


def check_machine(name: str) -> str:
    """Return the name of a machine.

    Raises:
        WireError: if it is not made of 1 to 63 lower-case letters, digits and dashes.
    """
    if _MACHINE.fullmatch(name) is None:
        raise WireError(f"{_shown(name)} is not a valid name for a machine: use 1 to 63 characters of a-z, 0-9 and -")
    return name


def escape(name: str, max_bytes: int = _MAX_NAME_BYTES) -> str:
    """Spell the name of a project or a session for a subject.

    Args:
        name: the name.
        max_bytes: how long it may be.

    Raises:
        WireError: if the name may not travel: it is empty, too long, hidden or not UTF-8, or contains a slash, a
            backslash or a control character.
    """
    if not name or _HOSTILE.search(name) is not None:
        raise WireError(f"{_shown(name)} is not a valid name for a project or a session")
    try:
        encoded = name.encode()
    except UnicodeEncodeError:
        raise WireError(f"the name {_shown(name)} is not UTF-8") from None
    if len(encoded) > max_bytes:
        raise WireError(f"the name {_shown(name)} is longer than {max_bytes} bytes")
    return _NOT_PLAIN.sub(lambda match: b"=%02X" % ord(match[0]), encoded).decode("ascii")


def unescape(token: str, max_bytes: int = _MAX_NAME_BYTES) -> str:
    """Return the name that ``token`` spells.

    Args:
        token: the spelling.
        max_bytes: how long the name may be.

    Raises:
        WireError: if the token is not a spelling, or not the one spelling of its name, or if the name may not travel.
    """
    if _TOKEN.fullmatch(token) is None:
        raise WireError(f"{_shown(token)} spells no name")
    try:
        name = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), token).encode("latin-1").decode()
    except UnicodeDecodeError:
        raise WireError(f"{_shown(token)} spells a name that is not UTF-8") from None
    if escape(name, max_bytes) != token:
        raise WireError(f"{_shown(token)} is not the one spelling of its name")
    return name


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 80 else text[:77] + "...")
