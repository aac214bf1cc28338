"""Report that an extra is missing."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from zigtui.commands.program.missing_extras import extra_needed_by

__all__ = ["needs_extra"]


@contextmanager
def needs_extra() -> Iterator[None]:
    """Report a package that is missing, in a block that imports or uses packages of extras.

    Raises:
        click.ClickException: if one is missing. The message names the extra.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        advice = extra_needed_by(error)
        if advice is None:
            raise
        raise click.ClickException(advice) from error
