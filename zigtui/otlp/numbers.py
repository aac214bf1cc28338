"""Recorded numbers as attributes."""

from zigtui.otlp.span import Attributes

__all__ = ["put_number"]

_LARGEST = 2**63 - 1


def put_number(attributes: Attributes, name: str, number: int | None) -> None:
    """Add a number to attributes, unless it is not known. One of more than 64 bits, as a log may have, is limited."""
    if number is not None:
        attributes[name] = max(-_LARGEST, min(number, _LARGEST))
