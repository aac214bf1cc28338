"""Scans of a mirrored base, of which there may be a hundred, take little of the time however many logs it keeps."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.logs import Log
from tests.support.machines import MachinesByHand, mirror_root, mirrored_log
from zigtui.reader.catalog.mirrored_base import MirroredBase
from zigtui.reader.catalog.scan.inventory import Inventory

LISTING_SECS = 0.02  # about a thousand logs
OBSERVED_SECS = 1000


class SlowDisk:
    """A clock by hand, which goes on only while session directories are listed.

    Attributes:
        now: the time.
        listings: how many were listed.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.listings = 0
        scandir = os.scandir

        @contextmanager
        def slow(path: str) -> Iterator[Iterator[os.DirEntry[str]]]:
            if path.endswith("sessions"):
                self.listings += 1
                self.now += LISTING_SECS
            with scandir(path) as entries:
                yield entries

        monkeypatch.setattr(os, "scandir", slow)
        monkeypatch.setattr(time, "monotonic", lambda: self.now)


@pytest.mark.parametrize("gives_hints", [True, False], ids=["hints", "no hints"])
def test_a_base_of_many_quiet_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, gives_hints: bool) -> None:
    machines = MachinesByHand(mirror_root(tmp_path), gives_hints=gives_hints)
    log = mirrored_log(tmp_path, "web-07", "s1", Log().start().end())
    os.utime(log.parent, (0, 0))
    disk = SlowDisk(monkeypatch)
    mirrored = MirroredBase(str(tmp_path), "web-07", machines)
    inventory = Inventory(str(tmp_path / "web-07"), time.time, None, lambda: disk.now, mirrored)
    for _ in range(OBSERVED_SECS):
        for _ in inventory.refresh([], []):
            pass
        disk.now += 1.0
    assert list(inventory.files) == [str(log)]
    assert disk.listings * LISTING_SECS < 0.0004 * OBSERVED_SECS
