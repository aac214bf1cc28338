"""The exit codes of commands that speak to a server."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from zigtui.commands.program.extras import needs_extra
from zigtui.exit_codes import ExitCode
from zigtui.fleet.connection import RefusedError, UnreachableError
from zigtui.fleet.join import JoinError
from zigtui.fleet.server.settings import DirectoryError
from zigtui.fleet.server_api import ServerError
from zigtui.fleet.wire.wire_error import WireError
from zigtui.system.standard_streams import note

__all__ = ["explained"]


@contextmanager
def explained() -> Iterator[None]:
    """Turn the errors of a block into one line on standard error, and an exit code.

    The code is 3 if the server cannot be reached, and else 2.

    Raises:
        click.ClickException: for a refusal, a wrong name, a directory or a file that cannot be used.
        SystemExit: if the server cannot be reached.
    """
    try:
        with needs_extra():
            yield
    except (RefusedError, DirectoryError, JoinError, ServerError, WireError) as error:
        raise click.ClickException(str(error)) from error
    except UnreachableError as error:
        note(f"zigtui: {error}")
        raise SystemExit(ExitCode.LOST_OR_TIMEOUT) from error
