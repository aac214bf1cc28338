"""JSON: the object that ``show --json`` prints."""

from zigtui.commands.export.exporter import Exporter, Report
from zigtui.commands.export.session_facts import redacted_error
from zigtui.commands.printing.session_json import show_json

__all__ = ["exporter"]


def _write(report: Report) -> None:
    def redacted(value: object) -> object:
        changed = report.redactor.value(value)
        if isinstance(changed, dict) and "error" in changed and "schema" in changed:
            changed["error"] = redacted_error(report.snapshot, report.redactor)
        return changed

    for piece in show_json(report.passes, redacted, for_terminal=report.out.isatty()):
        report.out.write(piece)


exporter = Exporter("the object of show --json", redacts=False, write=_write, most_failed=None)
