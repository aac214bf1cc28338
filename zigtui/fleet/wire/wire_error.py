"""The error for whatever does not follow the wire format."""

__all__ = ["WireError"]


class WireError(ValueError):
    """A name or a message breaks the rules of the wire format. The text is safe to show."""
