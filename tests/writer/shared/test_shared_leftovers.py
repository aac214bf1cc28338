"""Shared sessions: what a process leaves that is killed while it makes its socket."""

import os
import socket
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


def test_sessions_of_this_process_are_not_asked_whether_they_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    connect = socket.socket.connect

    def note_and_connect(client: socket.socket, address: str) -> None:
        asked.append(address)
        connect(client, address)

    monkeypatch.setattr(socket.socket, "connect", note_and_connect)
    writers = [SessionWriter.create("review", "review.zwf", base=tmp_path, cwd=tmp_path) for _ in range(3)]
    try:
        own = {writer.share() for writer in writers}
        assert len(own) == 3
        assert own.isdisjoint(asked)
    finally:
        for writer in writers:
            writer.close()
