"""Count the lines of zigtui that run, as a measure of its work that does not depend on the machine."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeAlias

_TraceFunction: TypeAlias = Callable[[FrameType, str, Any], Any]


@contextmanager
def counted(found: dict[str, int], name: str) -> Iterator[None]:
    """Count the lines of zigtui that run, also again in loops, and keep their number under a name."""
    lines = 0

    def count(frame: FrameType, event: str, argument: object) -> _TraceFunction | None:
        nonlocal lines
        lines += event == "line"
        return count if frame.f_globals.get("__name__", "").startswith("zigtui.") else None

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)
    found[name] = lines
