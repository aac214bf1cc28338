"""Jump to a line at once, however many steps that takes."""

from collections.abc import Iterator

from zigtui.reader.user_input.jump_target import Jump


def landing(steps: Iterator[Jump | None]) -> Jump | None:
    """Where the steps of a jump lead; None if that depends on lines that are not known yet."""
    return next((jump for jump in steps if jump is not None), None)
