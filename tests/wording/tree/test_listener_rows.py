"""The rows of a listener's tree, found one by one, are those of its passes."""

from collections.abc import Hashable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.damage import log_on_disk
from tests.support.examples import examples
from tests.support.listeners import handled, listener, one_ends_early
from tests.support.logs import BEGAN, Log, log_at, log_file
from zigtui.reader.session.model.pass_lookup import pass_run
from zigtui.reader.session.model.session import Session, TierState
from zigtui.reader.session.pass_part import part_of
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.wording.tree.listener_rows import EARLIER, ListenerRows
from zigtui.wording.tree.shown_rows import ShownRows
from zigtui.wording.tree.tree_rows import ALL_OUTPUT, TreeRow

AFTER = BEGAN + 1e6


class ReadAtOnce:
    """Past passes that are read when they are asked for."""

    def __init__(self, log: SessionLog, session: Session) -> None:
        self._log, self._session = log, session

    def parts(self, index: int) -> Session | None:
        return self._log.past.session(self._session, index)

    def preview(self, index: int) -> str | None:
        return self._log.past.preview(self._session, index)


class NotRead:
    """Past passes that have not been read yet."""

    def parts(self, index: int) -> Session | None:
        return None

    def preview(self, index: int) -> str | None:
        return None


def rows_of(log: SessionLog, now: float, shown_rows: ShownRows | None = None) -> tuple[SessionSnapshot, ListenerRows]:
    """The rows of a log."""
    snapshot = log.snapshot(now)
    return snapshot, ListenerRows(snapshot, shown_rows or ShownRows(passes={}), ReadAtOnce(log, snapshot.session))


def read(directory: Path, log: Log) -> SessionLog:
    """A log that has just been written, read to its end."""
    session_log = log_at(log_file(directory, log.data))
    session_log.read_all()
    return session_log


def names(rows: ListenerRows) -> list[str]:
    """The names of the rows, with signs for their folds."""
    return [f"{ {None: '', True: '-', False: '+'}[row.is_open] }{row.name}" for row in rows]


def test_the_newest_pass_is_unfolded_and_old_ones_are_folded_together(tmp_path: Path) -> None:
    _, rows = rows_of(read(tmp_path, listener(100)), AFTER)
    recent = [f"+Pass {number}" for number in range(99, 90, -1)]
    newest = ["-Pass 100", "Tier 1", "receive", "Tier 2", "answer"]
    assert names(rows) == ["All output", *newest, *recent, "+90 earlier passes"]
    assert rows[len(rows) - 1].note == "· 12 failed"
    assert [row.about for row in rows if row.name.startswith("Pass")] == [f"order {n}" for n in range(100, 90, -1)]


def test_a_pass_has_its_state_and_its_time_without_the_wait_after_it(tmp_path: Path) -> None:
    _, rows = rows_of(read(tmp_path, listener(30)), AFTER, ShownRows(passes={}, shows_earlier=True))
    found = {row.name: (row.state, row.time) for row in rows if row.name.startswith("Pass")}
    assert len(found) == 30
    assert found["Pass 28"] == found["Pass 7"] == (TierState.FAILED, "7.0s")
    assert found["Pass 27"] == found["Pass 1"] == (TierState.SUCCEEDED, "7.0s")


def test_old_passes_unfold_into_their_tiers_and_steps(tmp_path: Path) -> None:
    log = read(tmp_path, listener(100))
    snapshot, rows = rows_of(log, AFTER, ShownRows(passes={14: True, 100: False}, shows_earlier=True))
    at = rows.find(("pass", 14))
    assert at is not None
    assert [(row.depth, row.name, row.state) for row in list(rows)[at : at + 6]] == [
        (0, "Pass 14", "failed"),
        (1, "Tier 1", "succeeded"),
        (2, "receive", "succeeded"),
        (1, "Tier 2", "failed"),
        (2, "answer", "failed"),
        (0, "Pass 13", "succeeded"),
    ]
    assert len(rows) == 1 + 100 + 1 + 4
    unread = ListenerRows(snapshot, ShownRows(passes={14: True}, shows_earlier=True), NotRead())
    assert unread[unread.find(("pass", 14)) + 1].key == ("unread", 14)  # type: ignore[operator]  # it is found


def test_a_filter_leaves_what_failed(tmp_path: Path) -> None:
    log = read(tmp_path, listener(100))
    _, rows = rows_of(log, AFTER, ShownRows(passes={14: True}, failed_only=True))
    failed = [f"+Pass {number}" for number in range(98, 0, -7)]
    failed[failed.index("+Pass 14") : failed.index("+Pass 14") + 1] = ["-Pass 14", "Tier 2", "answer"]
    assert names(rows) == ["All output", *failed]


def test_passes_on_the_screen_stay_when_they_become_old_ones(tmp_path: Path) -> None:
    log = read(tmp_path, listener(100))
    _, rows = rows_of(log, AFTER, ShownRows(passes={}, oldest=86))
    recent = [f"+Pass {number}" for number in range(99, 85, -1)]
    assert names(rows)[6:] == [*recent, "+85 earlier passes"]


def test_a_tier_that_is_still_to_come_is_part_of_a_pass_under_way(tmp_path: Path) -> None:
    log = listener(20).wait(600).tier(0, "receive").step("receive")
    _, rows = rows_of(read(tmp_path, log), BEGAN + log.second, ShownRows(passes={20: True}))
    assert [(row.depth, row.name, row.state) for row in list(rows)[:11]] == [
        (0, "All output", None),
        (0, "Pass 21", "running"),
        (1, "Tier 1", "running"),
        (2, "receive", "running"),
        (1, "Tier 2", "pending"),
        (0, "Pass 20", "succeeded"),
        (1, "Tier 1", "succeeded"),
        (2, "receive", "succeeded"),
        (1, "Tier 2", "succeeded"),
        (2, "answer", "succeeded"),
        (0, "Pass 19", "succeeded"),
    ]
    assert rows.active_row == 3


def test_a_failure_that_was_not_recorded_is_stated(tmp_path: Path) -> None:
    _, rows = rows_of(read(tmp_path, one_ends_early(30, early=25)), AFTER)
    row = rows[rows.find(("pass", 25))]  # type: ignore[index]  # it is found
    assert (row.state, row.about) == ("failed", "ended early  order 25")


@pytest.mark.parametrize(
    ("status", "state"), [(None, "interrupted"), ("success", "cancelled"), ("failure", "interrupted")]
)
def test_a_pass_under_way_at_the_end_of_a_session(tmp_path: Path, status: str | None, state: str) -> None:
    log = listener(20).tier(0, "receive").step("receive")
    if status is not None:
        log.end(status)
    _, rows = rows_of(read(tmp_path, log), AFTER)
    assert (rows[1].name, rows[1].state) == ("Pass 21", state)


def test_a_pass_that_is_over_when_the_session_is_lost_has_succeeded(tmp_path: Path) -> None:
    _, rows = rows_of(read(tmp_path, listener(20)), AFTER)
    assert (rows[1].name, rows[1].state) == ("Pass 20", "succeeded")


def test_iterations_of_a_loop_belong_to_their_pass(tmp_path: Path) -> None:
    log = listener(20)
    log.tier(1, "answer").step("answer", 1).done("answer").tier(1, "answer").step("answer", 1).done("answer")
    _, rows = rows_of(read(tmp_path, log), AFTER)
    assert names(rows)[:9] == [
        "All output", "-Pass 20", "Tier 1", "receive", "Tier 2", "answer", "Tier 2", "answer", "Tier 2",
    ]  # fmt: skip
    assert [row.note for row in list(rows)[4:9:2]] == ["", "pass 2", "pass 3"]


PASSES = st.lists(st.sampled_from(["done", "fails", "first fails", "unrecorded", "loops"]), min_size=2, max_size=60)
FOLDS = st.dictionaries(st.integers(1, 60), st.booleans(), max_size=8)


def expected_keys(log: SessionLog, snapshot: SessionSnapshot, shown_rows: ShownRows) -> list[Hashable]:
    """The keys of the rows, pass by pass, if none is kept above the fold."""
    session = snapshot.session
    keys: list[Hashable] = [ALL_OUTPUT]
    for number in range(session.passes.total, 0, -1):
        run = pass_run(session, number)
        assert run is not None
        older = session.passes.total - 10
        if number == older and not shown_rows.failed_only:
            keys.append(EARLIER)
        is_shown = number > older or shown_rows.shows_earlier or shown_rows.failed_only
        if not is_shown or (shown_rows.failed_only and not run.is_failed):
            continue
        keys.append(("pass", number))
        if not shown_rows.passes.get(number, number == session.passes.total):
            continue
        folded = log.past.session(session, number - 1) if number <= len(session.past) else None
        part = part_of(snapshot, run, folded).session
        filters = shown_rows.failed_only and run.failed_steps > 0
        for tier in part.tiers:
            steps = [step for step in part.steps_of(tier) if not filters or step.state == "failed"]
            keys += [("tier", tier.ordinal)] if steps or not filters else []
            keys += [("step", step.serial) for step in steps]
    return keys


@examples(60)
@given(
    passes=PASSES,
    folds=FOLDS,
    shows_earlier=st.booleans(),
    failed_only=st.booleans(),
    oldest=st.none() | st.integers(1, 60),
)
def test_rows_and_keys_lead_to_each_other(
    passes: list[str], folds: dict[int, bool], shows_earlier: bool, failed_only: bool, oldest: int | None
) -> None:
    log = Log().start(2)
    for number, kind in enumerate(passes):
        if kind == "first fails":
            log.tier(0, "receive").step("receive").fails("receive")
        elif kind == "unrecorded":
            log.tier(0, "receive").step("receive").done("receive")
        else:
            handled(log, number, fails=kind == "fails")
        if kind == "loops":
            log.tier(1, "answer").step("answer", 1).done("answer")
    with log_on_disk(handled(log, 0).data) as path:
        session_log = log_at(path)
        session_log.read_all()
        shown_rows = ShownRows(folds, shows_earlier, failed_only, oldest)
        snapshot, rows = rows_of(session_log, AFTER, shown_rows)
        keys = [rows.key_at(index) for index in range(len(rows))]
        found: list[TreeRow] = list(rows)
        assert [row.key for row in found] == keys
        assert [rows.find(key) for key in keys] == list(range(len(keys)))
        assert len(set(keys)) == len(keys)
        snapshot, rows = rows_of(session_log, AFTER, shown_rows._replace(oldest=None))
        assert [row.key for row in rows] == expected_keys(session_log, snapshot, shown_rows)
        assert rows.find(("pass", 1000)) is None
        with pytest.raises(IndexError):
            rows[len(rows)]
