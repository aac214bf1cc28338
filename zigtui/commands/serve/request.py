"""What the process of a screen displays, as passed on its command line."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from zigtui.web.page_start import PageStart

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

    def command(self, start: PageStart) -> list[str]:
        """The command line of the process of a screen, which begins so."""
        log_file = None if self.log_file is None else str(self.log_file)
        words = json.dumps([self.bases, self.filter, log_file, self.fleet, start])
        return [sys.executable, "-P", "-m", _MODULE, words]

    @classmethod
    def parse(cls, text: str) -> tuple["ScreenRequest", PageStart]:
        """What the process of a screen finds on its command line: the request, and the argument of `command`."""
        bases, filter_text, log_file, fleet, (path, size, *of_list) = json.loads(text)
        request = cls(bases, filter_text, None if log_file is None else Path(log_file), fleet)
        return request, PageStart(path, tuple(size), *of_list)
