"""The names of files and directories on the command line."""

import os
from typing import Any

import click

__all__ = ["FileName"]


class FileName(click.Path):
    """A path that is a possible name; Python would raise a `ValueError` for another where it is first used."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check and convert a value."""
        try:
            is_possible = b"\0" not in os.fsencode(value) and bool(value)
        except UnicodeEncodeError:
            is_possible = False
        if not is_possible:
            self.fail(f"{value!r} is not a name of a file or directory", param, ctx)
        return super().convert(value, param, ctx)
