"""JSON: the object that ``show --json`` prints."""

from zigtui.commands.export.exporter import Exporter, Report
from zigtui.commands.session_json import show_json

__all__ = ["exporter"]


def _write(report: Report) -> None:
    for piece in show_json(report.passes, report.redactor.value, for_terminal=report.out.isatty()):
        report.out.write(piece)


exporter = Exporter("the object of show --json", redacts=False, write=_write, most_failed=None)
