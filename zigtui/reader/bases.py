"""Where the sessions of this user are. A module of its own, since programs need it that read no session."""

import os

from writer import default_base

__all__ = ["default_bases"]


def default_bases() -> list[str]:
    """The default base directories: those in ``$ZIGTUI_BASE``, else ``~/.zig``.

    Raises:
        writer.SessionError: if there is no home directory.
    """
    named = [part for part in os.environ.get("ZIGTUI_BASE", "").split(os.pathsep) if part]
    return list(dict.fromkeys(map(os.path.abspath, named))) or [default_base()]
