"""Find out whether the user is at the terminal."""

from collections.abc import Callable
from time import monotonic

__all__ = ["Attention"]

_ATTENTIVE_SECS = 30.0


class Attention:
    """Decides by the focus of the terminal, if it reports that, and else by keys.

    tmux does so only with its option ``focus-events``, and some terminals never do. Then the user counts as present for
    half a minute after each key, which does not prove that they see the screen.

    Args:
        clock: returns the time in seconds, from a clock that is never set back.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._has_focus: bool | None = None
        self._typed_at = clock()  # the command that started the program

    @property
    def is_present(self) -> bool:
        """Whether the user is probably at the screen."""
        if self._has_focus is None:
            return self.secs_since_key < _ATTENTIVE_SECS
        return self._has_focus

    @property
    def has_focus(self) -> bool:
        """Whether the terminal is known to have the focus."""
        return self._has_focus is True

    @property
    def secs_since_key(self) -> float:
        """The time since the user last pressed a key, in seconds."""
        return self._clock() - self._typed_at

    def typed(self) -> None:
        """Record that the user has pressed a key."""
        self._typed_at = self._clock()
        if self._has_focus is False:
            self._has_focus = True

    def focus_changed(self, has_focus: bool) -> None:
        """Record whether the terminal has the focus, as it has reported."""
        self._has_focus = has_focus

    def focus_is_reported(self) -> None:
        """Record that the terminal reports its focus. It has it, since the user has just typed the command.

        A report that has come before counts more: the user may be elsewhere by now.
        """
        if self._has_focus is None:
            self._has_focus = True
