"""The location of the file with the user's settings."""

import os
import sys
from pathlib import Path

__all__ = ["settings_path"]


def settings_path() -> Path | None:
    """``zigtui/config.toml`` in the user's configuration directory: ``$XDG_CONFIG_HOME``, or the platform's own.

    The file need not exist.

    Returns:
        None if there is neither a configuration directory nor a home directory.
    """
    named = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    if named.is_absolute():  # the specification ignores others, which would depend on the working directory
        directory = named / "zigtui"
    elif sys.platform.startswith("linux"):  # without platformdirs, whose import takes a tenth of a short command
        directory = Path(os.path.expanduser("~"), ".config", "zigtui")  # noqa: PTH111  # Path would raise an exception
    else:
        from platformdirs import user_config_path

        directory = user_config_path("zigtui", appauthor=False)
    return directory / "config.toml" if directory.is_absolute() else None
