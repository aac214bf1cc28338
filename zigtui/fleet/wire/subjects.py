"""The subjects and streams of the fleet.

Streams keep what is published on their subjects. Beats and asks are not kept.
"""

from enum import StrEnum
from types import MappingProxyType

from zigtui.fleet.wire.names import RemoteLog, check_machine
from zigtui.fleet.wire.wire_error import WireError

__all__ = ["ALL_BEATS", "STREAM_SUBJECTS", "Lane", "Stream", "ask_subject", "beat_machine", "beat_subject", "log_of"]


class Lane(StrEnum):
    """The second part of a subject: what a message about a log is."""

    LIVE = "log"
    """New bytes of a log, as soon as they are written."""

    BULK = "old"
    """Bytes that were written earlier: a backlog, or what a mirror has asked for."""

    STATE = "state"
    """The current generation and size of a log, see `messages.State`."""

    def subject(self, log: RemoteLog) -> str:
        """The subject of a message about a log.

        Raises:
            WireError: if one of the log's names may not travel.
        """
        return self.subject_of(log.spelling)

    def subject_of(self, spelling: str) -> str:
        """The subject of a message about the log with this `RemoteLog.spelling`."""
        return f"zig.{self.value}.{spelling}"


class Stream(StrEnum):
    """The names of the streams of the server."""

    LIVE = "ZIG_LIVE"
    BULK = "ZIG_BULK"
    STATE = "ZIG_STATE"


_LANES = {lane.value: lane for lane in Lane}

STREAM_SUBJECTS = MappingProxyType({stream: f"zig.{Lane[stream.name].value}.*.*.*" for stream in Stream})
"""What each stream keeps."""

ALL_BEATS = "zig.beat.*"
"""The beats of all machines."""


def log_of(subject: str) -> tuple[Lane, RemoteLog]:
    """Parse the subject of a message about a log.

    Raises:
        WireError: if it is not such a subject.
    """
    parts = subject.split(".")
    lane = _LANES.get(parts[1]) if len(parts) == 5 and parts[0] == "zig" else None
    if lane is None:
        raise WireError("the subject is not that of a log")
    return lane, RemoteLog.of_tokens(*parts[2:])


def beat_subject(machine: str) -> str:
    """The subject on which a machine sends its beats.

    Raises:
        WireError: if it is not the name of a machine.
    """
    return f"zig.beat.{check_machine(machine)}"


def beat_machine(subject: str) -> str:
    """The machine that a beat is from, by its subject.

    Raises:
        WireError: if it is not the subject of a beat.
    """
    machine = subject.removeprefix("zig.beat.")
    if machine == subject:
        raise WireError("the subject is not that of a beat")
    return check_machine(machine)


def ask_subject(machine: str) -> str:
    """The subject on which a machine is asked to send bytes again.

    Raises:
        WireError: if it is not the name of a machine.
    """
    return f"zig.ask.{check_machine(machine)}"
