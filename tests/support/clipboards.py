"""The clipboard of a terminal, as it is set by what a program writes."""

import base64
import re

_COPIES = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


def copied_texts(written: str) -> list[str]:
    """All texts that a program has copied by OSC 52."""
    return [base64.b64decode(text).decode() for text in _COPIES.findall(written)]
