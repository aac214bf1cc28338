"""Find the lines of a TOML file on which its keys are: `tomllib` does not report them."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["begun_key", "key_lines"]

_BEGUN = re.compile(r"""\s*\[{0,2}\s*(?:"([^"\\]*)"|'([^']*)'|([A-Za-z0-9_-]+))""")


def key_lines(text: str) -> dict[str, int]:
    """The lines, from 1, on which the keys of the top level first occur, also as the first part of other keys.

    Args:
        text: a sound TOML file.
    """
    found: dict[str, int] = {}
    for number, statement, table in _statements(text):
        for key in [table] if table is not None else list(statement):
            found.setdefault(key, number)
    return found


def _statements(text: str) -> Iterator[tuple[int, Mapping[str, Any], str | None]]:
    """Yield the number of the first line, the content and the table of each statement; None for the top level."""
    begun, first, table = "", 1, None
    for number, line in enumerate(text.split("\n"), start=1):
        if not begun:
            first = number
        begun += f"{line}\n"
        try:
            statement = tomllib.loads(begun)
        except tomllib.TOMLDecodeError:
            continue  # a text or a list that goes on on the next line
        begun = ""
        if line.lstrip().startswith("[") and first == number:
            table = next(iter(statement))
        if statement:
            yield first, statement, table


def begun_key(line: str) -> str | None:
    """The key with which a line begins that may not be sound; None if it begins with none."""
    match = _BEGUN.match(line)
    return next((part for part in match.groups() if part is not None), None) if match else None
