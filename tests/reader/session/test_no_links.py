"""A log that must not be a symbolic link, and becomes one at any moment."""

from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.listeners import handled, listener
from zigtui.reader.lines.parallel_read import ParallelReader
from zigtui.reader.lines.tail import NotALogError
from zigtui.reader.location import LogLocation
from zigtui.reader.session.session_log import SessionLog


def no_link(path: Path) -> SessionLog:
    return SessionLog(LogLocation(str(path), str(path.parents[2]), None), follows_link=False)


def become_link(path: Path) -> None:
    """Replace a log by a link to it, which the reader cannot tell from it by its content."""
    moved = path.with_suffix(".moved")
    path.rename(moved)
    path.symlink_to(moved)


def test_no_more_is_read_of_it(tmp_path: Path) -> None:
    log = listener(3)
    path = write_log(tmp_path, log, session_id(1))
    session_log = no_link(path)
    assert session_log.read_all().session.pass_count == 3
    become_link(path)
    path.write_bytes(handled(log, 4).data)
    snapshot = session_log.read_all()
    assert snapshot.session.pass_count == 3
    assert snapshot.trouble is not None
    path.with_suffix(".moved").replace(path)
    assert session_log.read_all().session.pass_count == 4


def test_its_past_passes_are_not_read(tmp_path: Path) -> None:
    path = write_log(tmp_path, listener(50), session_id(1))
    session_log = no_link(path)
    session = session_log.read_all().session
    assert session.past
    become_link(path)
    with pytest.raises(NotALogError):
        session_log.past.session(session, 0)


def test_its_end_is_not_read_before_the_rest(tmp_path: Path) -> None:
    path = write_log(tmp_path, listener(500), session_id(1))
    session_log = no_link(path)
    session_log.advance(1000)
    assert session_log.end is not None
    become_link(path)
    session_log = no_link(path)
    session_log.advance(1000)
    assert session_log.end is None
    assert session_log.trouble is not None


def test_no_other_process_reads_it(tmp_path: Path) -> None:
    path = write_log(tmp_path, listener(500), session_id(1))
    become_link(path)
    with pytest.raises(NotALogError):
        ParallelReader(str(path), 0, path.stat().st_size, 1000, session_id(1), follows_link=False)
