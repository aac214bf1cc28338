"""Key bindings that take effect in the order of the keys typed."""

from dataclasses import replace

from textual.binding import Binding, BindingType

__all__ = ["in_order"]


def in_order(*bindings: Binding) -> list[BindingType]:
    """Make bindings that are checked as soon as a key is typed.

    Textual checks other bindings after the key has passed the queues of all widgets, from the focused one upwards. Keys
    typed in the meantime reach the focused widget too, although the first key may be about to move the focus: a quick
    ``/q`` would quit. `check_action` must return False for the actions while the user types text.
    """
    return [replace(binding, priority=True) for binding in bindings]
