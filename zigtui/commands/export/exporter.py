"""The parts of a report format."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TextIO

from zigtui.commands.reading.pass_selection import MOST_FAILED

if TYPE_CHECKING:  # imported when a report is written; the help needs only the descriptions
    from zigtui.commands.reading.pass_selection import SelectedPasses
    from zigtui.reader.session.session_log import SessionLog
    from zigtui.reader.session.snapshot import SessionSnapshot
    from zigtui.redacted.text_redactor import TextRedactor

__all__ = ["ALL_LINES", "Exporter", "Report"]

ALL_LINES = sys.maxsize
"""The value of `Report.most_lines` that leaves out no output."""


class Report(NamedTuple):
    """The session that an exporter writes, and the stream it writes to.

    Attributes:
        snapshot: the session.
        log: its log, read to its end.
        passes: the passes to write. A session that is not divided into passes is one.
        redactor: masks secrets in each text of the session; does nothing if the report is not redacted.
        is_redacted: whether the report is redacted.
        most_lines: the largest number of output lines to write of each step or failed attempt, chosen by the user; None
            for the default of the format. If it is chosen, nothing else limits the number of lines.
        out: the text stream to write to, piece by piece: the output of a session may not fit into memory.
    """

    snapshot: "SessionSnapshot"
    log: "SessionLog"
    passes: "SelectedPasses"
    redactor: "TextRedactor"
    is_redacted: bool
    most_lines: int | None
    out: TextIO


class Exporter(NamedTuple):
    """A format of reports.

    Attributes:
        description: a phrase for the help.
        redacts: whether secrets are masked by default.
        write: writes a report. It must pass every text of the session through the redactor.
        leaves_out_lines: whether the format leaves out output lines. If so, it heeds `Report.most_lines`.
        most_failed: the largest number of failed passes that are written by default; None for all of them.
    """

    description: str
    redacts: bool
    write: Callable[[Report], None]
    leaves_out_lines: bool = False
    most_failed: int | None = MOST_FAILED
