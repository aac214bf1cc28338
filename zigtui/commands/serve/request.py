"""What the process of a screen is told on its command line."""

import json
import sys
from dataclasses import asdict, dataclass

__all__ = ["ScreenRequest"]

_MODULE = "zigtui.commands.serve.screen"


@dataclass(frozen=True)
class ScreenRequest:
    """What a screen displays.

    Attributes:
        bases: the base directories.
        path: the log of the session to open; None for the list.
        filter: the filter of the list.
        size: columns and lines.
        log_file: the debug log; None for the one in the user's state directory.
    """

    bases: list[str]
    path: str | None
    filter: str
    size: tuple[int, int]
    log_file: str | None

    def command(self) -> list[str]:
        """The command line of the process."""
        return [sys.executable, "-P", "-m", _MODULE, json.dumps(asdict(self))]

    @classmethod
    def from_json(cls, text: str) -> "ScreenRequest":
        """The request on the command line of this process."""
        fields = json.loads(text)
        return cls(**{**fields, "size": tuple(fields["size"])})
