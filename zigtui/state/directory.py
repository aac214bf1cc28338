"""The directory of what zigtui keeps for itself."""

from pathlib import Path

__all__ = ["state_directory"]


def state_directory() -> Path:
    """The user's state directory of zigtui, which is ``~/.local/state/zigtui`` on Linux. It need not exist."""
    from platformdirs import user_state_path  # which most commands do not need

    return user_state_path("zigtui", appauthor=False)
