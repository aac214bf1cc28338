"""JSON: the object that ``show --json`` prints."""

from zigtui.commands.export.exporter import Exporter, Report
from zigtui.commands.session_json import json_line, show_object

__all__ = ["exporter"]


def _write(report: Report) -> None:
    report.out.write(json_line(report.redactor.value(show_object(report.snapshot))))


exporter = Exporter("the object of show --json", redacts=False, write=_write)
