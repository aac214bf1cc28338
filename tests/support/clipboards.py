"""The clipboard of a terminal, as it is set by what a program writes."""

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.screens import Shown

_COPIES = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


def copied_texts(written: str) -> list[str]:
    """All texts that a program has copied by OSC 52."""
    return [base64.b64decode(text).decode() for text in _COPIES.findall(written)]


@contextmanager
def clipboard(screen: "Shown", monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The texts that are copied in the block."""
    written: list[str] = []
    copied: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(screen.app._driver, "write", written.append)
        yield copied
        copied += copied_texts("".join(written))
