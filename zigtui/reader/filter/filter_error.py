"""The error for a filter that cannot be used."""

__all__ = ["FilterError", "UnansweredError"]


class FilterError(ValueError):
    """A filter that cannot be used. The message is safe to show.

    Args:
        fault: what is wrong, and what was expected instead.
        position: the index in the text of the filter at which that begins.
    """

    def __init__(self, fault: str, position: int) -> None:
        super().__init__(f"{fault} (at {position + 1})" if position else fault)
        self.fault = fault
        self.position = position


class UnansweredError(FilterError):
    """The disk of a directory in the text has not answered yet."""
