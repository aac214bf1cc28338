"""The directories with the mirrored logs of fleets."""

from pathlib import Path
from urllib.parse import quote

__all__ = ["fleet_cache_directory"]


def fleet_cache_directory(name_or_url: str) -> Path:
    """The directory in which the screen keeps the logs of a fleet. It need not exist.

    It is ``~/.cache/zigtui/fleet/<name>`` on Linux. For an address such as ``tls://host:4222``, the name is
    ``host:4222``: the same server has one directory, whatever the protocol.

    Args:
        name_or_url: the name of the fleet, or the address of its server with the port.

    Raises:
        ValueError: if it is empty.
    """
    from platformdirs import user_cache_path  # which most commands do not need

    _, scheme_end, address = name_or_url.partition("://")
    name = address.rstrip("/").lower() if scheme_end else name_or_url
    if not name:
        raise ValueError("a fleet needs a name")
    name = quote(name, safe=":")
    if name.startswith("."):
        name = f"%2E{name[1:]}"
    return user_cache_path("zigtui", appauthor=False) / "fleet" / name
