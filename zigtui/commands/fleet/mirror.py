"""``zigtui fleet mirror``: write the logs of all machines into a directory."""

from pathlib import Path

import click

from zigtui.commands.fleet.errors import explained
from zigtui.commands.fleet.options import directory_option, join_option, watcher_at
from zigtui.commands.options.file_name import FileName
from zigtui.commands.options.option_values import complete_directory
from zigtui.commands.program.ending_signals import run_until_signal
from zigtui.fleet.join import Join
from zigtui.fleet.mirror.mirror import Mirror, MirrorGoneError, MirrorInUseError
from zigtui.reader.text.safe_text import safe_plain
from zigtui.system.standard_streams import note

__all__ = ["mirror"]


@click.command("mirror", short_help="Write the logs of all machines into a directory.")
@click.option(
    "--into",
    required=True,
    type=FileName(),
    metavar="DIR",
    shell_complete=complete_directory,
    help="The directory. It gets a base directory for each machine.",
)
@click.option("--fleet", "url", metavar="URL", help="The address of the server, if it is another one from here.")
@join_option
@directory_option
def mirror(into: str, url: str | None, join: str | None, directory: str | None) -> None:
    """Write the logs of all machines into a directory, and keep it up to date until Ctrl-C.

    DIR/MACHINE is an ordinary base directory, which all commands can read. A mirror that starts again goes on where it
    ended. What the server has lost by then is sent again by the machines. Logs that are removed on a machine stay.

    The server is that of the join token, or the one that runs on this machine. The token is watch.join in the
    directory of the server. An address such as nats://127.0.0.1:4222, without encryption, needs no token.

    \b
    zigtui fleet mirror --join watch.join --into fleet
    zigtui --base fleet
    """
    with explained():
        watcher = watcher_at(url, join, directory)
        while True:
            try:
                _mirror(Path(into), watcher)
            except MirrorInUseError as error:
                raise click.ClickException(safe_plain(str(error))) from error
            except MirrorGoneError as error:
                _note(f"{error}; making it again")


def _mirror(directory: Path, watcher: Join) -> None:
    """Mirror into a directory until a signal comes, or an exception."""
    mirror = Mirror(directory, _note)
    try:
        run_until_signal(mirror.run(watcher))
    finally:
        mirror.close()


def _note(line: str) -> None:
    note(f"zigtui: {safe_plain(line)}")
