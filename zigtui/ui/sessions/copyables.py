"""What the list of sessions offers to copy."""

from collections.abc import Sequence
from functools import partial

from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.location import LogLocation
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.copying import Copyable, plain_text
from zigtui.ui.opened_at import command_to_open

__all__ = ["copyables_of"]


def copyables_of(snapshot: SessionSnapshot, catalog: Catalog, fleet: str | None) -> Sequence[Copyable]:
    """The facts of a session of the catalog that can be copied. For ``fleet`` see `command_to_open`."""
    location = snapshot.location
    copyables = [
        Copyable("i", "id", location.session_id),
        Copyable("p", "log path", location.path),
        Copyable("c", "command", command_to_open(location, catalog, fleet=fleet)),
    ]
    if snapshot.error is None:
        return copyables
    return [Copyable("e", "error", partial(_error_in, location)), *copyables]


def _error_in(location: LogLocation, most: int) -> str:
    """The whole error of a session; the list has only one line of it. For ``most`` see `TextReader`."""
    log = SessionLog(location)
    log.read_all()
    return plain_text(log.snapshot().session.last_error, most)
