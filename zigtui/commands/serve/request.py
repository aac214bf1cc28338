"""What the process of a screen displays, as passed on its command line."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ScreenRequest"]

_MODULE = "zigtui.commands.serve.screen"


@dataclass(frozen=True)
class ScreenRequest:
    """What the screens of a server have in common.

    Attributes:
        bases: the base directories.
        filter: the filter of the list.
        log_file: the debug log; None for the one in the user's state directory.
        fleet: the name of the fleet that the server mirrors; None if there is none.
    """

    bases: list[str]
    filter: str
    log_file: Path | None
    fleet: str | None = None

    def command(self, path: str | None, size: tuple[int, int]) -> list[str]:
        """The command line of the process of a screen.

        Args:
            path: the log of the session to open; None for the list.
            size: columns and lines.
        """
        log_file = None if self.log_file is None else str(self.log_file)
        words = json.dumps([self.bases, self.filter, log_file, self.fleet, path, size])
        return [sys.executable, "-P", "-m", _MODULE, words]

    @classmethod
    def parse(cls, text: str) -> tuple["ScreenRequest", str | None, tuple[int, int]]:
        """What the process of a screen finds on its command line: the request, and the arguments of `command`."""
        bases, filter_text, log_file, fleet, path, (columns, lines) = json.loads(text)
        return cls(bases, filter_text, None if log_file is None else Path(log_file), fleet), path, (columns, lines)
