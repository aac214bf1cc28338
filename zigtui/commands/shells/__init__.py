"""Shell completion in bash, zsh and fish: the scripts that shells run, and the formats that they read.

They replace click's, which cannot complete ``--option=value``, or values with commas or spaces. In zsh, click's script
drops an empty word, and with it shifts the kinds, values and descriptions that follow. The environment variables by
which a script asks are click's.
"""

import os

__all__ = ["COMPLETE_VARIABLE", "prepare_completion"]

COMPLETE_VARIABLE = "_ZIGTUI_COMPLETE"
"""The environment variable with which a shell asks for its script or for completions."""


def prepare_completion() -> None:
    """Make click use the shells of this package, if a shell asks for something."""
    if COMPLETE_VARIABLE in os.environ:
        from zigtui.commands.shells.formats import register_shells

        register_shells()
