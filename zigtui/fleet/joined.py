"""The fleets that a user has joined as a watcher: their tokens, by name."""

from pathlib import Path

from zigtui.fleet.join import Join, JoinError, read_join
from zigtui.reader.error_reasons import reason_of
from zigtui.state.directory import state_directory
from zigtui.state.files import replace_file
from zigtui.state.fleet_cache import fleet_cache_directory

__all__ = ["joined", "keep_joined"]

_SUFFIX = ".join"


def joined(name: str) -> Join | None:
    """The token that was kept for a fleet; None if none was.

    Args:
        name: the name of the fleet, or the address of its server.

    Raises:
        JoinError: if the token cannot be read.
    """
    path = _path(name)
    return read_join(str(path)) if path.exists() else None


def keep_joined(name: str, join: Join) -> None:
    """Keep the token of a fleet, accessible only to the user.

    Raises:
        JoinError: if it cannot be kept.
    """
    try:
        replace_file(_path(name), f"{join.token}\n".encode(), is_durable=True)
    except OSError as error:
        raise JoinError(f"the join token cannot be kept: {reason_of(error)}") from None


def _path(name: str) -> Path:
    directory = fleet_cache_directory(name).name  # a name that is safe as that of a file
    return state_directory() / "fleets" / f"{directory}{_SUFFIX}"
