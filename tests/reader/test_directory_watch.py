"""Changes below some directories, as hints."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.support.waiting import DEADLINE_SECS
from zigtui.reader.directory_watch import watch_directories


def test_paths_that_change_are_reported_but_not_deeper_ones(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    stop = threading.Event()
    reported: set[str] = set()
    for paths in watch_directories([str(tmp_path)], timeout_ms=50, stop=stop):
        reported |= paths
        if str(tmp_path / "one") in reported:
            stop.set()
        (tmp_path / "deeper" / "two").write_bytes(os.urandom(8))
        (tmp_path / "one").write_bytes(os.urandom(8))
    assert str(tmp_path / "deeper" / "two") not in reported


def test_an_empty_set_is_reported_while_nothing_changes(tmp_path: Path) -> None:
    assert next(watch_directories([str(tmp_path)], timeout_ms=10, stop=threading.Event())) == set()


def test_a_missing_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        next(watch_directories([str(tmp_path / "missing")], timeout_ms=10))


def test_watchfiles_and_logging_are_not_imported_before_they_are_used() -> None:
    code = (
        "import sys, zigtui.reader.catalog.watch, zigtui.reader.lines.follow_log;"
        "sys.exit(', '.join({'watchfiles', 'logging'} & sys.modules.keys()) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=DEADLINE_SECS, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
