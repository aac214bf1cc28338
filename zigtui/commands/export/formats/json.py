"""JSON: the object that ``show --json`` prints."""

from zigtui.commands.export.exporter import Exporter, Report
from zigtui.commands.export.session_facts import redacted_error
from zigtui.commands.session_json import json_line, show_object

__all__ = ["exporter"]


def _write(report: Report) -> None:
    value = report.redactor.value(show_object(report.snapshot))
    if isinstance(value, dict):
        value["error"] = redacted_error(report.snapshot, report.redactor)
    report.out.write(json_line(value, for_terminal=report.out.isatty()))


exporter = Exporter("the object of show --json", redacts=False, write=_write)
