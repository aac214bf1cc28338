"""Sum up the sessions for the title and the progress of the terminal: pure functions."""

from collections.abc import Sequence

from zigtui.reader.location import LogLocation
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.terminal.status import Progress, ProgressKind
from zigtui.wording.states import sign_of

__all__ = ["progress_of", "title_of"]


def title_of(live: int, failed: int) -> str:
    """The title for a number of live sessions and of failures that the user has not seen: ``zigtui ● 2 ✘ 1``."""
    parts = ["zigtui"]
    for state, number in ((SessionState.RUNNING, live), (SessionState.FAILED, failed)):
        if number:
            parts.append(f"{sign_of(state).glyph} {number:,}")
    return " ".join(parts)


def progress_of(
    live: Sequence[tuple[SessionSnapshot, SessionState]], displayed: LogLocation | None, failed: int
) -> Progress | None:
    """The progress of the session that is displayed if it is live, else of all that are at work.

    Args:
        live: the live sessions, each with its state.
        displayed: the session that is displayed; None for the list.
        failed: the number of failures that the user has not seen.

    Returns:
        None if there is neither work nor such a failure.
    """
    at_work = [(snapshot, state) for snapshot, state in live if state is not SessionState.IDLE]
    shown = [(snapshot, state) for snapshot, state in at_work if snapshot.location == displayed] or at_work
    if not shown:
        return Progress(ProgressKind.ERROR, 100) if failed else None
    sessions = [snapshot.session for snapshot, _ in shown]
    timed = [session for session in sessions if session.tier_count and not session.pass_count]
    if failed:
        kind = ProgressKind.ERROR
    elif any(state is SessionState.STALLED for _, state in shown):
        kind = ProgressKind.WARNING
    else:
        kind = ProgressKind.NORMAL if timed else ProgressKind.UNKNOWN
    done, count = sum(session.tiers_done for session in timed), sum(session.tier_count for session in timed)
    return Progress(kind, min(100, 100 * done // count) if count else 0)
