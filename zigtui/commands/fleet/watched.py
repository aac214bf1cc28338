"""``zigtui --fleet``: the screen with a mirror inside."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from zigtui.commands.fleet.errors import explained
from zigtui.commands.fleet.options import watcher_at
from zigtui.fleet.join import Join, JoinError, check_url
from zigtui.fleet.joined import joined, keep_joined
from zigtui.fleet.mirror.mirror_thread import MirrorThread
from zigtui.fleet.server.settings import DirectoryError
from zigtui.state.fleet_cache import fleet_cache_directory

__all__ = ["WatchedFleet", "watched_fleet"]

_ANSWER_SECS = 0.5
"""How long the screen waits for the server, so that a refusal is reported before it opens."""

_LOCAL = "local"


class WatchedFleet(MirrorThread):
    """The mirror of a fleet beside the screen; see `zigtui.ui.feed.Feed`.

    Attributes:
        name: the name of the fleet, as it was typed.
    """

    def __init__(self, name: str, directory: Path, join: Join) -> None:
        super().__init__(directory, join)
        self.name = name


@contextmanager
def watched_fleet(wanted: str, join: str | None) -> Iterator[WatchedFleet]:
    """Mirror a fleet into the user's cache until the block is left.

    Args:
        wanted: the name of the fleet, or the address of its server.
        join: the file with the join token of the watcher; None for the one that was kept.

    Raises:
        click.ClickException: if the server refuses the watcher, or if there is no token.
    """
    with explained():
        url = check_url(wanted) if "://" in wanted else None
        name = wanted if url is None else url.partition("://")[2]
        try:
            directory = fleet_cache_directory(url or wanted)
            if not name.isprintable():
                raise ValueError("the name of a fleet has no control characters")
        except ValueError as error:
            raise JoinError(str(error)) from None
        token = _token(wanted, url, join)
        if join is not None:
            keep_joined(url or wanted, token)
        import nkeys  # noqa: F401  # so that a missing extra is reported before the screen opens

        import zigtui.fleet.client  # noqa: F401

        path = Path(os.path.abspath(directory))  # noqa: PTH100  # links are not followed, as for --base
        fleet = WatchedFleet(name, path, token)
    fleet.start()
    try:
        fleet.wait_for_answer(_ANSWER_SECS)
        if fleet.refusal is None:
            try:
                yield fleet
            except SystemExit:
                if fleet.refusal is None:
                    raise
        if fleet.refusal is not None:
            raise click.ClickException(fleet.refusal)
    finally:
        fleet.stop()


def _token(wanted: str, url: str | None, join: str | None) -> Join:
    """Who connects, and to which server.

    Raises:
        DirectoryError: if the server on this machine is wanted, and there is none.
        JoinError: if there is no token, or a wrong one.
    """
    kept = joined(url or wanted) if join is None else None
    if kept is not None:
        return kept
    unknown = JoinError(
        f"no fleet {wanted!r} has been joined yet; the first time, add --join FILE with the watcher's token"
        f" (--fleet {_LOCAL} is the server on this machine)"
    )
    if url is None and join is None and wanted != _LOCAL:
        raise unknown
    try:
        return watcher_at(url, join, None)
    except DirectoryError:
        if wanted == _LOCAL:
            raise
        raise unknown from None
