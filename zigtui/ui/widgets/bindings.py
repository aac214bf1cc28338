"""Keys that take effect in the order in which they are typed."""

from dataclasses import replace

from textual.binding import Binding, BindingType

__all__ = ["in_order"]


def in_order(*bindings: Binding) -> list[BindingType]:
    """The bindings of a widget, a screen or the application, each of them looked at as soon as its key is typed.

    Textual looks at others when the key has been through the queues of all widgets from the one in focus upwards. What
    is typed meanwhile goes to that widget too, though the key may be about to put another one in focus: a quick ``/q``
    would quit. It is up to `check_action` that keys mean nothing while text is being written.
    """
    return [replace(binding, priority=True) for binding in bindings]
