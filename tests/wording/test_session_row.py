"""The cells of a session's row in a list."""

from pathlib import Path

import pytest

from tests.support.logs import SESSION_ID, Log, log_file
from zigtui.reader.location import LogLocation
from zigtui.reader.session.session_log import SessionLog
from zigtui.wording.session_row import project, title


@pytest.mark.parametrize(
    ("base", "expected"),
    [("/mnt/boxa/.zig", "shop@boxa"), ("/mnt/copies", "shop@copies"), ("/.zig", "shop@.zig"), ("/", "shop@")],
)
def test_with_several_bases_the_project_names_its_base(tmp_path: Path, base: str, expected: str) -> None:
    path = log_file(tmp_path, Log().start().end().data)
    snapshot = SessionLog(LogLocation(str(path), base, "shop")).read_all()
    assert project(snapshot, of_several_bases=True) == expected
    assert project(snapshot, of_several_bases=False) == "shop"


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        (SESSION_ID, Log().start().data, "flow"),
        (SESSION_ID, b"no log\n", SESSION_ID[:8]),
        ("copy of it", Log().start().data, "flow (copy of it.jsonl)"),
        (SESSION_ID.upper(), Log().start().data, f"flow ({SESSION_ID.upper()}.jsonl)"),
        ("notes", b"no log\n", "notes.jsonl"),
        ("caf\udce9", b"", "caf<U+DCE9>.jsonl"),
    ],
)
def test_a_log_whose_name_is_no_id_is_marked(tmp_path: Path, name: str, data: bytes, expected: str) -> None:
    path = tmp_path / f"{name}.jsonl"
    path.write_bytes(data)
    assert title(SessionLog(LogLocation(str(path), "/base", "shop")).read_all()) == expected
