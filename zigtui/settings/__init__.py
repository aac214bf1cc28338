"""The user's settings: `Settings` is what the program passes down, and the other modules read it from a file.

`declared` has all settings, each of one of the `kinds`. `file` reads them at their `location`, and reports `faults` by
their lines, which `key_lines` finds. `template` makes a file to begin with.

To add a setting, declare it in `zigtui.settings.declared`. The template, ``zigtui config`` and the messages follow.
"""

from zigtui.settings.declared import Settings

__all__ = ["Settings"]
