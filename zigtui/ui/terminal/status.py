"""The title of the terminal, and the progress that it shows in its tab or in the taskbar."""

import os
from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from zigtui.settings import Settings
from zigtui.ui.terminal.kind import has_progress, has_title, passed_through

__all__ = ["Progress", "ProgressKind", "TerminalStatus"]

_PUSH_TITLE, _POP_TITLE = "\x1b[22;2t", "\x1b[23;2t"


class ProgressKind(IntEnum):
    """The numbers by which OSC 9;4 knows the kinds of progress."""

    NORMAL = 1
    ERROR = 2
    UNKNOWN = 3
    WARNING = 4


class Progress(NamedTuple):
    """Progress to show.

    Attributes:
        kind: its kind.
        percent: how much is done, from 0 to 100.
    """

    kind: ProgressKind
    percent: int


class TerminalStatus:
    """Returns the control sequences for the title and the progress, which the caller writes.

    Args:
        settings: the user's settings; None to show neither.
        environment: the variables that describe the terminal.
    """

    def __init__(self, settings: Settings | None, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self._has_title = settings is not None and settings.shows_title and has_title(environment)
        self._has_progress = settings is not None and (
            settings.progress == "on" or (settings.progress == "auto" and has_progress(environment))
        )
        self._is_shown = False
        self._title = ""
        self._progress: Progress | None = None

    def begin(self) -> str:
        """Take the terminal, and show what was shown last. The terminal keeps its own title for `end`."""
        push = _PUSH_TITLE if self._has_title and not self._is_shown else ""
        self._is_shown = True
        return push + self._title_sequence() + (self._progress_sequence() if self._progress is not None else "")

    def show(self, title: str, progress: Progress | None) -> str:
        """Show a title and a progress; None for no progress. Nothing is written for what is shown already."""
        is_other_title, is_other_progress = title != self._title, progress != self._progress
        self._title, self._progress = title, progress
        if not self._is_shown:
            return ""
        changed = self._title_sequence() if is_other_title else ""
        return changed + (self._progress_sequence() if is_other_progress else "")

    def end(self) -> str:
        """Return the terminal: without progress, and with its own title. May be called again."""
        if not self._is_shown:
            return ""
        self._is_shown = False
        shown, self._progress = self._progress, None
        cleared = self._progress_sequence() if shown is not None else ""
        self._progress = shown
        # Terminals that keep no titles are left with an empty one, for which they have a default.
        return cleared + (f"\x1b]2;\x1b\\{_POP_TITLE}" if self._has_title else "")

    def _title_sequence(self) -> str:
        return f"\x1b]2;{self._title}\x1b\\" if self._has_title and self._title else ""

    def _progress_sequence(self) -> str:
        if not self._has_progress:
            return ""
        kind, percent = self._progress if self._progress is not None else (0, 0)
        return passed_through(f"\x1b]9;4;{int(kind)};{percent}\x1b\\", self._environment)
