"""The number of examples of a property test, which the profile of Hypothesis scales."""

from typing import Any

from hypothesis import settings

THOROUGH = 100
"""The examples of a test without a number of its own, in the profile ``thorough``."""


def examples(number: int, **options: Any) -> settings:
    """Settings for a test that takes that many examples in the profile ``thorough``, and fewer in the quick one."""
    return settings(max_examples=max(10, number * settings().max_examples // THOROUGH), **options)
