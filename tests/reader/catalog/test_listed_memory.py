"""What a list of very many sessions keeps in memory."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import Log
from tests.support.screens import NOW, Clock
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.read_queue import ReadQueue
from zigtui.reader.location import LogLocation
from zigtui.reader.session.model.listed import listed
from zigtui.reader.session.model.session import Session
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import Vitals

MANY = 20_000
VITALS = Vitals(True, "success", 0.0, 0.0, 0.0, 0.0, None, 10)


@pytest.fixture
def traced() -> Iterator[None]:
    """Trace what is allocated from now on."""
    tracemalloc.start()
    yield
    tracemalloc.stop()


def snapshot(number: int, prompt: str) -> SessionSnapshot:
    return SessionSnapshot(LogLocation(f"/{number}", "/", None), Session(prompt=prompt), VITALS, 0.0)


@pytest.mark.usefixtures("traced")
def test_an_emptied_queue_takes_no_room() -> None:
    queue = ReadQueue()
    queue.add(map(str, range(MANY)))
    for _ in range(MANY):
        queue.pop()
    assert not queue
    assert tracemalloc.get_traced_memory()[0] < 10 * MANY


@pytest.mark.usefixtures("traced")
def test_texts_that_differ_from_session_to_session_are_kept_once() -> None:
    kept = [snapshot(number, f"Handle the event {number}").listed() for number in range(MANY)]
    before = tracemalloc.get_traced_memory()[0]
    del kept
    few = tracemalloc.get_traced_memory()[0]
    assert few < 0.1 * before


def test_sessions_share_the_texts_that_they_have_in_common() -> None:
    texts = [listed(Session(workflow_name="".join(("de", "ploy")), cwd="".join(("/s", "rc")))) for _ in range(2)]
    assert texts[0].workflow_name is texts[1].workflow_name
    assert texts[0].cwd is texts[1].cwd


def test_a_record_of_changes_has_the_sessions_of_the_catalog_and_no_copies(tmp_path: Path) -> None:
    write_log(tmp_path, Log().start().end(), session_id(1), modified=NOW)
    clock = Clock()
    catalog = Catalog([str(tmp_path)], clock=clock)
    catalog.read_all()
    changes = catalog.changes()
    clock.now += 5
    (changed,), _ = changes.take()
    assert changed.now == clock.now
    assert catalog.sessions()[0] is changed
