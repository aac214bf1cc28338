"""Join tokens: what a machine or a watcher needs in order to connect to the server, as one word."""

import base64
import sys
import zlib
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from zigtui.fleet.wire.names import check_machine
from zigtui.fleet.wire.wire_error import WireError
from zigtui.reader.error_reasons import reason_of
from zigtui.system.loopback import is_loopback

__all__ = [
    "ADMIN",
    "DEFAULT_PORT",
    "RESERVED_NAMES",
    "WATCHER",
    "Join",
    "JoinError",
    "check_url",
    "host_and_port",
    "is_local",
    "read_join",
]

WATCHER = "watch"
"""The user that may read the sessions of all machines."""

ADMIN = "admin"
"""The user that creates and purges the streams. Its key never leaves the server."""

RESERVED_NAMES = frozenset({WATCHER, ADMIN})
"""The names that no machine may have: it would receive the answers that are meant for these users."""

DEFAULT_PORT = 4222

_PREFIX = "zigfleet1_"
_DAMAGED = "the join token is damaged; copy all of it"
_CHECKSUM_BYTES = 4
_MAX_TOKEN_BYTES = 16 * 1024
_SCHEMES = ("tls", "nats")

_Text = Annotated[str, msgspec.Meta(max_length=4096)]


class JoinError(ValueError):
    """A join token or a URL is wrong. The text is safe to show."""


class Join(msgspec.Struct, frozen=True):
    """The address of a server, and who connects to it.

    Attributes:
        url: the address of the server, ``tls://host:port``, or ``nats://host:port`` for one without encryption.
        user: the name of the machine, `WATCHER` or `ADMIN`.
        seed: the seed of the user's nkey; empty for a server without keys.
        ca: the certificate of the fleet's authority, in PEM; empty for a server without encryption.
    """

    url: _Text
    user: _Text
    seed: _Text = ""
    ca: _Text = ""

    @property
    def is_encrypted(self) -> bool:
        """Whether the connection is encrypted."""
        return self.url.startswith("tls://")

    @property
    def token(self) -> str:
        """The join token. It is a secret."""
        content = msgspec.json.encode(self)
        return _PREFIX + base64.urlsafe_b64encode(_checksum(content) + content).decode().rstrip("=")

    @classmethod
    def of_token(cls, token: str) -> "Join":
        """Parse a join token.

        Raises:
            JoinError: if it is none, or is damaged.
        """
        encoded = token.strip().removeprefix(_PREFIX)
        if encoded == token.strip():
            raise JoinError(f"this is not a join token, which begins with {_PREFIX}")
        try:
            decoded = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
            checksum, content = decoded[:_CHECKSUM_BYTES], decoded[_CHECKSUM_BYTES:]
            if checksum != _checksum(content):
                raise JoinError(_DAMAGED)
            join = msgspec.json.decode(content, type=cls)
            check_machine(join.user)
        except (ValueError, msgspec.DecodeError, WireError):  # ValueError: no base64
            raise JoinError(_DAMAGED) from None
        check_url(join.url)
        if join.is_encrypted and not (join.ca and join.seed):
            raise JoinError(_DAMAGED)
        return join


def _checksum(content: bytes) -> bytes:
    """What finds a token that was not copied whole."""
    return zlib.crc32(content).to_bytes(_CHECKSUM_BYTES, "big")


def read_join(path: str) -> Join:
    """Read a join token from a file; from standard input if the path is ``-``.

    Raises:
        JoinError: if the file cannot be read, or has no join token.
    """
    if path == "-":
        return Join.of_token(sys.stdin.buffer.read(_MAX_TOKEN_BYTES).decode("utf-8", "replace"))
    try:
        with Path(path).open("rb") as file:
            return Join.of_token(file.read(_MAX_TOKEN_BYTES).decode("utf-8", "replace"))
    except OSError as error:
        raise JoinError(f"{path!r} cannot be read: {reason_of(error)}") from None


def check_url(url: str) -> str:
    """Return the URL of a server with its port.

    Raises:
        JoinError: if it is not of the form ``tls://host:port`` or ``nats://host:port``.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or DEFAULT_PORT
    except ValueError:
        parts, host, port = urlsplit(""), None, 0
    if parts.scheme not in _SCHEMES or not host or parts.username is not None or parts.path.strip("/") or parts.query:
        raise JoinError(f"{url!r} is not the URL of a server, such as tls://ci.example.com:{DEFAULT_PORT}")
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def host_and_port(url: str) -> tuple[str, int]:
    """The host, without brackets, and the port of a URL that `check_url` has returned."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or DEFAULT_PORT


def is_local(url: str) -> bool:
    """Whether a URL that `check_url` has returned leads to this machine."""
    return is_loopback(host_and_port(url)[0])
