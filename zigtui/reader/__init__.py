"""Read the logs of zig sessions: the public interface for scripts.

Example:
    Follow the newest session of a workflow, and print each failed attempt as it happens::

        from zigtui.reader import find_session, follow_session

        printed = 0
        for snapshot in follow_session(find_session("deploy")):
            session = snapshot.session
            for failure in session.failures_after(printed):
                step, attempt = session.attempt_of(failure)
                print(f"{step.name}, attempt {attempt.number}: {attempt.error}")
            printed = session.failure_count
        print(snapshot.state)

All results are frozen: a `SessionSnapshot` never changes, and may be kept or passed to another thread.

The functions are in `sessions`. Below them, data flows from `lines`, which reads one file, through `session`, which
makes a session from its events, to `catalog`, which keeps all sessions up to date. `search` and `filter` find lines and
sessions. The other modules are tools of these: for times, for text that may be hostile, and for threads.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from zigtui.reader.catalog.catalog import Catalog, CatalogChanges
    from zigtui.reader.catalog.find import SessionNotFoundError
    from zigtui.reader.catalog.watch import Watcher
    from zigtui.reader.lines.decode import Output
    from zigtui.reader.lines.problems import Problem, ProblemKind
    from zigtui.reader.location import LogLocation
    from zigtui.reader.search.query import Query, QueryError
    from zigtui.reader.search.search import Search
    from zigtui.reader.session.model.session import (
        Attempt,
        Failure,
        Session,
        SessionState,
        StepRun,
        StepState,
        TierRun,
        TierState,
    )
    from zigtui.reader.session.model.usage import Usage
    from zigtui.reader.session.session_log import SessionLog
    from zigtui.reader.session.snapshot import SessionSnapshot
    from zigtui.reader.sessions import (
        default_bases,
        find_session,
        follow_session,
        open_catalog,
        read_output,
        read_session,
        search_output,
    )

__all__ = [
    "Attempt",
    "Catalog",
    "CatalogChanges",
    "Failure",
    "LogLocation",
    "Output",
    "Problem",
    "ProblemKind",
    "Query",
    "QueryError",
    "Search",
    "Session",
    "SessionLog",
    "SessionNotFoundError",
    "SessionSnapshot",
    "SessionState",
    "StepRun",
    "StepState",
    "TierRun",
    "TierState",
    "Usage",
    "Watcher",
    "default_bases",
    "find_session",
    "follow_session",
    "open_catalog",
    "read_output",
    "read_session",
    "search_output",
]

_MODULES = {
    "Catalog": "catalog.catalog",
    "CatalogChanges": "catalog.catalog",
    "SessionNotFoundError": "catalog.find",
    "Watcher": "catalog.watch",
    "Output": "lines.decode",
    "Problem": "lines.problems",
    "ProblemKind": "lines.problems",
    "LogLocation": "location",
    "Query": "search.query",
    "QueryError": "search.query",
    "Search": "search.search",
    "Attempt": "session.model.session",
    "Failure": "session.model.session",
    "Session": "session.model.session",
    "SessionState": "session.model.session",
    "StepRun": "session.model.session",
    "StepState": "session.model.session",
    "TierRun": "session.model.session",
    "TierState": "session.model.session",
    "Usage": "session.model.usage",
    "SessionLog": "session.session_log",
    "SessionSnapshot": "session.snapshot",
    "default_bases": "bases",
    "find_session": "sessions",
    "follow_session": "sessions",
    "open_catalog": "sessions",
    "read_output": "sessions",
    "read_session": "sessions",
    "search_output": "sessions",
}
"""The module below this one that defines each name."""


def __getattr__(name: str) -> object:
    """Import what is used: whatever needs one module below this one should not load all of them."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(__import__(f"{__name__}.{_MODULES[name]}", fromlist=[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__} - {"TYPE_CHECKING"})
