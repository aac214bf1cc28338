"""Uses of `zigtui.reader` that type checkers must accept, and the types they must see."""

from decimal import Decimal
from typing import assert_type

from zigtui.reader import (
    Attempt,
    Catalog,
    CatalogChanges,
    Failure,
    LogLocation,
    Output,
    Problem,
    ProblemKind,
    Query,
    QueryError,
    Search,
    Session,
    SessionLog,
    SessionNotFoundError,
    SessionSnapshot,
    SessionState,
    StepRun,
    StepState,
    TierRun,
    TierState,
    Usage,
    Watcher,
    default_bases,
    find_session,
    follow_session,
    open_catalog,
    read_output,
    read_session,
    search_output,
)


def sessions() -> None:
    assert_type(default_bases(), list[str])
    location = find_session("deploy", bases=["/srv/zig"])
    assert_type(location, LogLocation)
    assert_type(location.project, str | None)
    snapshot = read_session(location)
    assert_type(snapshot, SessionSnapshot)
    assert_type(snapshot.state, SessionState)
    assert_type(snapshot.elapsed_ms, int | None)
    assert_type(snapshot.problems, tuple[Problem, ...])
    assert_type(snapshot.at(0.0), SessionSnapshot)
    for other in follow_session("/tmp/some.jsonl"):
        assert_type(other, SessionSnapshot)


def model(snapshot: SessionSnapshot) -> None:
    session = snapshot.session
    assert_type(session, Session)
    assert_type(session.usage, Usage)
    assert_type(session.usage.cost_usd, Decimal | None)
    for tier in session.tiers:
        assert_type(tier, TierRun)
        assert_type(snapshot.tier_state(tier), TierState)
        for step in session.steps_of(tier):
            assert_type(step, StepRun)
            assert_type(snapshot.step_state(step), StepState)
            assert_type(session.tier_of(step), TierRun)
    for failure in session.failures:
        assert_type(failure, Failure)
        assert_type(session.attempt_of(failure), tuple[StepRun, Attempt])
    for problem in snapshot.problems:
        assert_type(problem.kind, ProblemKind)


def output(location: LogLocation, step: StepRun) -> None:
    for line in read_output(location, step):
        assert_type(line, Output)
        assert_type(line.time, str | None)
    try:
        search = Search(location.path, Query("/time[ds]? out/"))
    except QueryError:
        return
    search.run()
    assert_type(len(search), int)
    for line in search_output(location, "timed out"):
        assert_type(line.is_stderr, bool)


def catalog() -> None:
    opened = open_catalog("/srv/zig")
    assert_type(opened, Catalog)
    changes = opened.changes()
    assert_type(changes, CatalogChanges)

    def report() -> None:
        changed, gone = changes.take()
        assert_type(changed, list[SessionSnapshot])
        assert_type(gone, list[LogLocation])

    watcher = Watcher(opened, report)
    watcher.start()
    watcher.stop()
    try:
        log = opened.open(find_session())
    except SessionNotFoundError as error:
        print(error)
    else:
        assert_type(log, SessionLog)
        assert_type(log.snapshot(), SessionSnapshot)
        opened.close(log.location)
