"""What each user of the server may publish and receive.

Machines have no right to the server's API (``$JS.API``) at all, not even for what is theirs. The server delivers what a
client asks for without checking that client's rights to publish: with a consumer, a machine could have its own
messages sent to the subjects of others.
"""

from typing import NamedTuple

from zigtui.fleet.join import ADMIN, WATCHER
from zigtui.fleet.wire.names import check_machine
from zigtui.fleet.wire.subjects import ALL_BEATS, Lane, Stream, ask_subject, beat_subject

__all__ = ["ADMIN_PERMISSIONS", "WATCHER_PERMISSIONS", "Permissions", "machine_permissions"]


class Permissions(NamedTuple):
    """The subjects that a user may use.

    Attributes:
        publish: those that it may publish on.
        subscribe: those that it may receive messages from.
    """

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


WATCHER_PERMISSIONS = Permissions(
    (
        "zig.ask.*",
        "$JS.API.STREAM.INFO.*",
        *(f"$JS.API.CONSUMER.CREATE.{stream}.>" for stream in Stream),
        "$JS.API.CONSUMER.MSG.NEXT.*.*",
    ),
    (f"_INBOX_{WATCHER}.>", ALL_BEATS),
)
"""Those of a watcher. It may read the sessions of all machines, and ask machines to send again."""

ADMIN_PERMISSIONS = Permissions(
    (
        "zig.ask.*",
        *(f"$JS.API.STREAM.{verb}.{stream}" for verb in ("CREATE", "UPDATE", "INFO", "PURGE") for stream in Stream),
        *(f"$JS.API.CONSUMER.NAMES.{stream}" for stream in Stream),
        *(f"$JS.API.CONSUMER.DELETE.{stream}.*" for stream in Stream),
    ),
    (f"_INBOX_{ADMIN}.>",),
)
"""Those of the server's own commands, which create and purge the streams, then ask machines to send again, and remove
what watchers have left on the server."""


def machine_permissions(machine: str) -> Permissions:
    """Those of a machine: its own subjects, and nothing else.

    Raises:
        WireError: if it is not the name of a machine.
    """
    check_machine(machine)
    logs = tuple(f"zig.{lane}.{machine}.*.*" for lane in Lane)
    return Permissions((*logs, beat_subject(machine)), (f"_INBOX_{machine}.>", ask_subject(machine)))
