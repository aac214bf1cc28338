"""The passes of a listener, read again from its log as far as they are not kept."""

from collections.abc import Iterable, Iterator

from zigtui.reader.session.model.pass_lookup import pass_run
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.pass_part import part_of
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["parts_of"]


def parts_of(
    log: SessionLog, snapshot: SessionSnapshot, numbers: Iterable[int]
) -> Iterator[tuple[PassRun, SessionSnapshot]]:
    """Some passes of a listener, each as if it were the whole session. Only one is in memory at a time.

    Args:
        log: the session's log.
        snapshot: the session.
        numbers: the numbers of passes that exist.

    Raises:
        OSError: if the log cannot be read.
    """
    session = snapshot.session
    for number in numbers:
        run = pass_run(session, number)
        assert run is not None
        folded = log.past.session(session, number - 1) if number <= len(session.past) else None
        yield run, part_of(snapshot, run, folded)
