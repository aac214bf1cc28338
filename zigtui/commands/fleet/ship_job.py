"""What ``zigtui ship`` does once it has read its options."""

import json

import msgspec

from zigtui.fleet.join import Join

__all__ = ["ShipJob"]


class ShipJob(msgspec.Struct, frozen=True, kw_only=True):
    """What to ship, and where to.

    Attributes:
        join: the server, and the machine that ships.
        bases: the base directories.
        state: the directory of the notes and the lock.
        since_secs: see `Shipper`.
        projects: see `Shipper`.
        bytes_per_sec: how fast to send a backlog; None for no limit.
        redact: whether to mask secrets.
        log_file: the debug log; None for the one in the user's state directory.
        show_traceback: whether to print the traceback of an unexpected exception.
    """

    join: Join
    bases: list[str]
    state: str
    since_secs: float
    projects: set[str | None] | None
    bytes_per_sec: float | None
    redact: bool
    log_file: str | None
    show_traceback: bool

    def encoded(self) -> bytes:
        """The job as JSON. Paths need not be UTF-8, which msgspec alone would require."""
        return json.dumps(msgspec.to_builtins(self)).encode()

    @classmethod
    def decoded(cls, content: bytes) -> "ShipJob":
        """Parse what `encoded` has returned."""
        return msgspec.convert(json.loads(content), cls)
