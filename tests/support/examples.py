"""How much a test tries: little in the usual runs, and all with ``--thorough``."""

from typing import Any

from hypothesis import settings

THOROUGH = 100
"""The examples of a property test without a number of its own, with ``--thorough``."""


def is_thorough() -> bool:
    """Whether this run has been started with ``--thorough``."""
    return settings().max_examples >= THOROUGH


def amount(thorough: int, usual: int) -> int:
    """How much a stress test does with ``--thorough``, and in the usual runs."""
    return thorough if is_thorough() else usual


def examples(number: int, **options: Any) -> settings:
    """Settings for a property test that takes that many examples with ``--thorough``, and fewer in the usual runs."""
    return settings(max_examples=max(10, number * settings().max_examples // THOROUGH), **options)
