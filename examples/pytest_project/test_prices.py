"""Tests that are recorded as steps of the tier test_prices.py."""

import pytest


@pytest.mark.parametrize(("net", "gross"), [(100, 119), (0, 0)])
def test_tax_is_added(net: int, gross: int) -> None:
    """What a test prints is recorded as the output of its step."""
    print(f"the price is {net}")
    assert net + net * 19 // 100 == gross


@pytest.mark.skip(reason="no prices abroad yet")
def test_prices_abroad() -> None:
    """A test that is skipped."""
    raise AssertionError
