"""Faults in the file with the user's settings, each described in one line."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["Fault", "SettingsError"]

_LONGEST_KEY = 40  # characters


class Fault(NamedTuple):
    """Something in the file that cannot be used.

    Attributes:
        line: the number of the line, from 1; None if the file cannot be read at all.
        key: the key of the setting; None if the fault belongs to none.
        message: what was expected.
    """

    line: int | None
    key: str | None
    message: str


class SettingsError(Exception):
    """The file with the settings has faults. The message describes the first one, on one line.

    Attributes:
        path: the file.
        faults: all of them, from the top of the file to its end.
    """

    def __init__(self, path: Path, faults: Sequence[Fault]) -> None:
        self.path = path
        self.faults = faults
        more = f" (and {len(faults) - 1} more: zigtui config check)" if len(faults) > 1 else ""
        super().__init__(self.lines[0] + more)

    @property
    def lines(self) -> list[str]:
        """One line for each fault: ``config.toml:3: stall: expected a duration``."""
        return [
            f"{self.path}{'' if line is None else f':{line}'}: {'' if key is None else f'{_shown(key)}: '}{message}"
            for line, key, message in self.faults
        ]


def _shown(key: str) -> str:
    """A key as it is displayed: cut off if it is long, in quotes if it is empty or has control characters."""
    text = key if len(key) <= _LONGEST_KEY else f"{key[: _LONGEST_KEY - 1]}…"
    return text if text.strip() and text.isprintable() else repr(text)
