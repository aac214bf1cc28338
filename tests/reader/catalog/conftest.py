"""What tests of several modules need."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def quick_scans() -> Iterator[None]:
    """Scans that are due sooner, since many tests wait for one."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("zigtui.reader.catalog.scan.inventory._SCAN_SECS", 0.1)
        patched.setattr("zigtui.reader.catalog.bases_watch._CHECK_MACHINES_SECS", 0.1)
        yield
