"""What tests of several modules need."""

import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reader.catalog.catalogs import SESSIONS


@pytest.fixture(scope="module")
def quick_scans() -> Iterator[None]:
    """Scans that are due sooner, since many tests wait for one."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("zigtui.reader.catalog.scan.inventory._SCAN_SECS", 0.1)
        patched.setattr("zigtui.reader.catalog.bases_watch._CHECK_MACHINES_SECS", 0.1)
        yield


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A base directory with a project and no session."""
    (tmp_path / "base" / SESSIONS).mkdir(parents=True)
    return tmp_path / "base"


@pytest.fixture
def recorded(tmp_path: Path, reference: Path) -> Path:
    """A copy of the recorded sessions."""
    shutil.copytree(reference / "dot-zig", tmp_path / "dot-zig")
    return tmp_path / "dot-zig"


@pytest.fixture
def only_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    """No scan runs without a hint, however slow this machine is."""
    monkeypatch.setattr("zigtui.reader.catalog.scan.inventory._SCAN_SECS", math.inf)
