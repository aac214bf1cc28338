"""The roots of mirrors: found whenever a mirror begins, a machine joins or a slow disk answers."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import live_log
from tests.support.machines import mirror_root, mirrored_log
from tests.support.waiting import wait_until
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.watch import Watcher

pytestmark = pytest.mark.usefixtures("quick_scans")


@contextmanager
def watching(catalog: Catalog) -> Iterator[None]:
    """Keep a catalog up to date until the block is left."""
    watcher = Watcher(catalog, lambda: None)
    watcher.start()
    try:
        yield
    finally:
        watcher.stop()


@pytest.mark.parametrize("exists", [True, False])
def test_a_base_that_a_mirror_begins_to_use_becomes_its_root(tmp_path: Path, exists: bool) -> None:
    """As when the screen of the directory is opened first, and then the mirror is started."""
    root = tmp_path / "fleet"
    if exists:
        write_log(root, live_log(), session_id(1))
    catalog = Catalog([str(root)])
    with watching(catalog):
        wait_until(lambda: len(catalog.sessions()) == exists)
        mirrored_log(mirror_root(root), "web-07", session_id(2), live_log())
        wait_until(lambda: {snapshot.location.machine for snapshot in catalog.sessions()} >= {"web-07"})
        mirrored_log(root, "web-08", session_id(3), live_log())
        wait_until(lambda: {snapshot.location.machine for snapshot in catalog.sessions()} >= {"web-07", "web-08"})
        assert str(root) in catalog.roots


def test_the_first_machine_of_a_mirror_that_begins_may_join_later(tmp_path: Path) -> None:
    root = tmp_path / "fleet"
    catalog = Catalog([str(root)])
    with watching(catalog):
        mirror_root(root)
        wait_until(lambda: str(root) in catalog.roots)
        mirrored_log(root, "web-07", session_id(1), live_log())
        wait_until(lambda: [snapshot.location.machine for snapshot in catalog.sessions()] == ["web-07"])


def test_a_root_whose_disk_was_slow_at_the_start_is_found_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrored_log(mirror_root(tmp_path / "fleet"), "web-07", session_id(2), live_log())
    with monkeypatch.context() as patched:
        patched.setattr("zigtui.reader.catalog.catalog.is_mirror_root", lambda base: False)  # no answer in time
        catalog = Catalog([str(tmp_path / "fleet")])
    assert catalog.roots == []
    with watching(catalog):
        wait_until(lambda: [snapshot.location.machine for snapshot in catalog.sessions()] == ["web-07"])


def test_a_root_whose_disk_does_not_answer_holds_up_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far, near = mirror_root(tmp_path / "far"), mirror_root(tmp_path / "near")
    catalog = Catalog([str(far), str(near)])
    answers, asked, stat = threading.Event(), threading.Event(), os.stat

    def hangs(path: str, **options: bool) -> os.stat_result:
        if path == str(far):
            asked.set()
            answers.wait()
        return stat(path, **options)

    monkeypatch.setattr(os, "stat", hangs)
    with watching(catalog):
        try:
            wait_until(asked.is_set)
            mirrored_log(near, "web-07", "1" * 8, live_log())
            wait_until(lambda: [one.location.machine for one in catalog.sessions()] == ["web-07"])
        finally:
            answers.set()
