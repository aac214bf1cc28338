"""Fixtures: the mirrored logs of a machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.mirrors import Mirror


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    mirror = Mirror(tmp_path / "fleet")
    yield mirror
    mirror.store.close()
