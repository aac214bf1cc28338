"""The cells of a session's row in a list."""

from pathlib import Path

import pytest

from tests.support.logs import Log, log_file
from zigtui.reader.location import LogLocation
from zigtui.reader.session.session_log import SessionLog
from zigtui.wording.session_row import project


@pytest.mark.parametrize(
    ("base", "expected"),
    [("/mnt/boxa/.zig", "shop@boxa"), ("/mnt/copies", "shop@copies"), ("/.zig", "shop@.zig"), ("/", "shop@")],
)
def test_with_several_bases_the_project_names_its_base(tmp_path: Path, base: str, expected: str) -> None:
    path = log_file(tmp_path, Log().start().end().data)
    snapshot = SessionLog(LogLocation(str(path), base, "shop")).read_all()
    assert project(snapshot, of_several_bases=True) == expected
    assert project(snapshot, of_several_bases=False) == "shop"
