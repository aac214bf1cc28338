"""The cells of a session's row in a list."""

from pathlib import Path

import pytest

from tests.support.cases import each_case
from tests.support.logs import SESSION_ID, Log, log_file
from tests.wording.test_signs import snapshot_of
from zigtui.reader.location import LogLocation
from zigtui.reader.session.session_log import SessionLog
from zigtui.wording.session_row import began_at, now_at, progress, project, tiers_done, title


@pytest.mark.parametrize(
    ("base", "expected"),
    [("/mnt/boxa/.zig", "shop@boxa"), ("/mnt/copies", "shop@copies"), ("/.zig", "shop@.zig"), ("/", "shop@")],
)
def test_with_several_bases_the_project_names_its_base(tmp_path: Path, base: str, expected: str) -> None:
    path = log_file(tmp_path, Log().start().end().data)
    snapshot = SessionLog(LogLocation(str(path), base, "shop")).read_all()
    assert project(snapshot, of_several_bases=True) == expected
    assert project(snapshot, of_several_bases=False) == "shop"


@each_case(
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


@each_case(
    ("announced", "reached", "status", "expected"),
    [
        (3, 0, None, "0/3"),
        (3, 2, None, "1/3"),
        (3, 3, "success", "3/3"),
        (0, 0, "success", "–"),
        (0, 1, None, "–"),
        (0, 3, None, "2"),
        (0, 3, "success", "3"),
        (1, 2, None, "1"),  # another process has added a tier
        (1, 2, "success", "2"),
    ],
)
def test_a_number_of_tiers_that_is_not_known_is_left_out(
    tmp_path: Path, announced: int, reached: int, status: str | None, expected: str
) -> None:
    log = Log().start(announced)
    for index in range(reached):
        log = log.tier(index, f"s{index}").step(f"s{index}")
        if index + 1 < reached or status:
            log = log.done(f"s{index}")
    path = log_file(tmp_path, (log.end(status) if status else log).data)
    snapshot = SessionLog(LogLocation(str(path), "/base", "shop")).read_all()
    assert progress(snapshot) == expected


@pytest.mark.parametrize(("tiers", "fails", "expected"), [(1, False, "0/2"), (2, False, "2/2"), (2, True, "1/2")])
def test_the_last_tier_of_an_idle_session_is_done(tmp_path: Path, tiers: int, fails: bool, expected: str) -> None:
    log = Log().start(2)
    for index in range(tiers):
        log = log.tier(index, f"s{index}").step(f"s{index}")
        log = log.fails(f"s{index}") if fails and index == 1 else log.done(f"s{index}")
    snapshot = snapshot_of(tmp_path, log, log.second)
    assert (progress(snapshot), tiers_done(snapshot)) == (expected, int(expected[0]))


def test_a_script_without_a_prompt_is_about_the_tiers_that_it_reached(tmp_path: Path) -> None:
    log = Log().event(
        "zig_session_started", workflow_name="flow", workflow_path="w", cwd="/", prompt=None, tier_count=0
    )
    path = log_file(tmp_path, log.tier(0, "a").step("a").done("a").tier(1, "b").step("b").done("b").end().data)
    assert now_at(SessionLog(LogLocation(str(path), "/base", "shop")).read_all()) == "2 tiers"


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "3m ago, 12:00"), (1, "yesterday 12:00"), (20, "20d ago, Mar 1 12:00"), (40, "Mar 1 12:00")],
)
def test_the_begin_has_its_age_and_its_date_but_no_date_twice(tmp_path: Path, days: int, expected: str) -> None:
    snapshot = snapshot_of(tmp_path, Log().start().end(), days * 86_400 + 200)
    assert began_at(snapshot, with_age=True) == expected
