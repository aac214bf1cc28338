"""What a format of reports consists of."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TextIO

if TYPE_CHECKING:  # imported when a report is written; the help needs only the descriptions
    from zigtui.commands.redaction import Redactor
    from zigtui.reader.session.session_log import SessionLog
    from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["Exporter", "Report"]


class Report(NamedTuple):
    """What an exporter writes, and where.

    Attributes:
        snapshot: the session.
        log: its log, read to its end.
        redactor: masks secrets in each text of the session, or nothing.
        is_redacted: whether it masks anything.
        out: the text stream to write to, piece by piece: the output of a session may be larger than the memory.
    """

    snapshot: "SessionSnapshot"
    log: "SessionLog"
    redactor: "Redactor"
    is_redacted: bool
    out: TextIO


class Exporter(NamedTuple):
    """A format of reports.

    Attributes:
        description: a phrase for the help.
        redacts: whether secrets are masked unless the user decides otherwise.
        write: writes a report. Every text of the session must go through the redactor.
    """

    description: str
    redacts: bool
    write: Callable[[Report], None]
