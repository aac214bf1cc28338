"""Key bindings that take effect in the order in which keys are typed."""

from dataclasses import replace

from textual.binding import Binding, BindingType

__all__ = ["in_order"]


def in_order(*bindings: Binding) -> list[BindingType]:
    """Bindings that are checked as soon as a key is typed.

    Textual checks others after the key has passed the queues of all widgets from the focused one upwards. Keys typed
    meanwhile reach the focused widget too, although the first key may be about to move the focus: a quick ``/q`` would
    quit. Actions must return False from `check_action` while text is being typed.
    """
    return [replace(binding, priority=True) for binding in bindings]
