"""Sessions that were begun inside a step of another one."""

import os
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import Log
from zigtui.reader.catalog.nesting import children_of
from zigtui.reader.catalog.scan.locations import list_all

OUTER = "11111111-1111-4111-8111-111111111111"
PARENT = f'"parent_session_id":"{OUTER}","parent_step":"build"'.encode()


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tmp_path / ".zig"


def inner(parent: bytes = PARENT, prompt: str = "do it") -> bytes:
    """The log of a session that was begun inside a step."""
    data = Log().start().end().data.replace(b"do it", prompt.encode())
    return data.replace(b'"tier_count":1}', b'"tier_count":1,%s}' % parent)


@pytest.mark.parametrize(
    "data",
    [
        inner(),
        inner(prompt="a long one " * 5000),
        inner(PARENT.replace(b"parent_session", b"parent\\u005fsession")),
        inner(PARENT.replace(b'":"', b'" : "')),
        inner().partition(b"\n")[0],
    ],
    ids=["plain", "a long first line", "escaped", "with spaces", "without its newline"],
)
def test_a_session_is_found_however_it_names_its_outer_session(base: Path, data: bytes) -> None:
    write_log(base, Log().start().end(), OUTER)
    write_log(base, inner(PARENT.replace(b"1111-4", b"2222-4")), "of-another")
    write_log(base, b"", "empty")
    path = write_log(base, data, "inner", project=None)
    (child,) = children_of(OUTER, None, list_all([str(base)]))
    assert (child.location.path, child.workflow_name, child.step) == (str(path), "flow", "build")


def test_the_last_of_very_many_sessions_is_found(base: Path) -> None:
    path = write_log(base, inner(), "inner", modified=6000)
    for number in range(5001):
        (path.parent / f"{number}.jsonl").write_bytes(b"{}\n")
        os.utime(path.parent / f"{number}.jsonl", (number, number))
    (child,) = children_of(OUTER, 10, list_all([str(base)]))
    assert child.location.session_id == "inner"


def test_sessions_that_were_not_written_since_are_not_read(base: Path) -> None:
    write_log(base, inner(), "inner", modified=9)
    assert children_of(OUTER, 10, list_all([str(base)])) == []
