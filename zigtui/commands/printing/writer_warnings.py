"""Print what `writer` warns of, such as a full disk, on standard error."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from zigtui.reader.text.safe_text import safe_plain
from zigtui.system.standard_streams import note

__all__ = ["report_warnings", "warnings_reported"]


class _Notes(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        note(f"zigtui: {safe_plain(record.getMessage())}")


_NOTES = _Notes()
_LOGGER = logging.getLogger("writer")


def report_warnings() -> None:
    """Print warnings from now on."""
    _LOGGER.addHandler(_NOTES)


@contextmanager
def warnings_reported() -> Iterator[None]:
    """Print the warnings of a block."""
    report_warnings()
    try:
        yield
    finally:
        _LOGGER.removeHandler(_NOTES)
