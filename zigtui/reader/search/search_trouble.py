"""The reason why a log cannot be searched, in words for people."""

import os

from zigtui.reader.error_reasons import log_trouble, reason_of
from zigtui.reader.text.safe_text import safe_short

__all__ = ["search_trouble"]

_MAX_NAME = 60  # characters


def search_trouble(error: OSError, path: str) -> str:
    """Describe briefly why a log cannot be searched, with the name of the file."""
    if isinstance(error, FileNotFoundError):
        return log_trouble(error)
    return f"cannot read {safe_short(os.path.basename(path), _MAX_NAME)}: {reason_of(error)}"
