"""``zigtui fleet mirror``: write the logs of all machines into a directory."""

from pathlib import Path

import click

from zigtui.commands.fleet.errors import explained
<<<<<<< HEAD
from zigtui.commands.fleet.options import at_address, directory_option, join_option, watcher_join
from zigtui.commands.options.file_name import FileName
from zigtui.commands.options.option_values import complete_directory
from zigtui.commands.program.ending_signals import run_until_signal
from zigtui.fleet.join import WATCHER, Join, check_url
=======
from zigtui.commands.fleet.options import directory_option, join_option, watcher_at
from zigtui.commands.options.file_name import FileName
from zigtui.commands.options.option_values import complete_directory
from zigtui.commands.program.ending_signals import run_until_signal
>>>>>>> 3591c4f2 (wip2)
from zigtui.fleet.mirror.mirror import Mirror, MirrorInUseError
from zigtui.reader.text.safe_text import safe_plain
from zigtui.standard_streams import note

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
        try:
            mirror = Mirror(Path(into), lambda line: note(f"zigtui: {safe_plain(line)}"))
        except MirrorInUseError as error:
            raise click.ClickException(safe_plain(str(error))) from error
        try:
            run_until_signal(mirror.run(watcher))
        finally:
            mirror.close()
<<<<<<< HEAD


def _watcher(url: str | None, join: str | None, directory: str | None) -> Join:
    """Who connects, and to which server.

    Raises:
        DirectoryError: if there is no token.
        JoinError: if there is a wrong one, or a wrong address.
    """
    if url is not None and join is None and directory is None:
        address = Join(check_url(url), WATCHER)
        if not address.is_encrypted:
            return at_address(address, None)
    return at_address(watcher_join(join, directory), url)
=======
>>>>>>> 3591c4f2 (wip2)
