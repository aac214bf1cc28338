"""The user's settings: `Settings` is what the program passes down, and the other modules read it from a file.

To add a setting, declare it in `zigtui.settings.declared`. The template, ``zigtui config`` and the messages follow.
"""

from zigtui.settings.declared import Settings

__all__ = ["Settings"]
