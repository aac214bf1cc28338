"""Shared sessions: what a process leaves that is killed while it makes its socket."""

import os
import tempfile
from pathlib import Path

import pytest

from writer import SessionWriter


@pytest.mark.parametrize(
    ("names", "age_secs", "is_left"),
    [
        ([], 7200, False),
        (["session.new"], 7200, False),
        (["session.new"], 60, True),
        (["session.new", "output.txt"], 7200, True),
        (["output.txt"], 7200, True),
    ],
    ids=["empty", "unfinished", "perhaps not killed", "with another file", "of something else"],
)
def test_the_next_session_removes_what_is_certainly_left(
    writer: SessionWriter, monkeypatch: pytest.MonkeyPatch, names: list[str], age_secs: int, is_left: bool
) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as parent:  # the path of a socket must be short
        monkeypatch.setenv("XDG_RUNTIME_DIR", parent)
        left = Path(parent, "zigtui-leftover")
        left.mkdir()
        for name in names:
            (left / name).touch()
        past = left.stat().st_mtime - age_secs
        os.utime(left, (past, past))
        writer.share()
        assert left.exists() is is_left
        writer.close()
