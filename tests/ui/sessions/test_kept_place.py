"""The filter and the cursor with which the list begins again."""

from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log
from tests.support.screens import Clock, shown
from zigtui.reader.location import LogLocation
from zigtui.ui.sessions.kept_place import KeptPlace
from zigtui.ui.sessions.list_start import ListStart

CLOCK = Clock(BEGAN + 3600)


@pytest.fixture
def three(base: Path) -> Path:
    """A base with three sessions, the newest one first."""
    for number, workflow in enumerate(["deploy", "essay", "nightly"]):
        log = Log().wait(100 - 10 * number).start().end()
        write_log(base, log, session_id(number), workflow=workflow, modified=BEGAN + 200)
    return base


@pytest.mark.parametrize(("chosen", "row"), [(session_id(1), 1), (session_id(2), 2), (session_id(7), 0), ("", 0)])
async def test_the_cursor_is_on_the_session_of_the_start(three: Path, chosen: str, row: int) -> None:
    async with shown(three, clock=CLOCK, start=ListStart(chosen=chosen)) as screen:
        await screen.wait_until(lambda: len(screen.rows) == 3)
        assert screen.sessions.cursor == row


async def test_a_session_that_does_not_pass_the_filter_is_not_awaited(three: Path) -> None:
    async with shown(three, clock=CLOCK, start=ListStart("-essay", chosen=session_id(1))) as screen:
        await screen.wait_until(lambda: len(screen.rows) == 2)
        await screen.press("escape")
        await screen.wait_until(lambda: len(screen.rows) == 3)
        assert screen.sessions.cursor == 0


async def test_the_cursor_stays_where_the_user_has_moved_it(three: Path) -> None:
    late = session_id(8)
    async with shown(three, clock=CLOCK, start=ListStart(chosen=late)) as screen:
        await screen.wait_until(lambda: len(screen.rows) == 3)
        await screen.press("j")
        write_log(three, Log().wait(90).start().end(), late, workflow="late", modified=BEGAN + 200)
        await screen.changed()
        await screen.wait_until(lambda: len(screen.rows) == 4)
        chosen = screen.sessions.location
        assert chosen is not None
        assert chosen.session_id == session_id(1)


def test_the_session_of_the_start_is_kept_until_it_is_found() -> None:
    kept: list[tuple[str, str]] = []
    place = KeptPlace("web-07/one", lambda text, chosen: kept.append((text, chosen)))
    place.keep("shop", None)
    assert place.find([]) is None
    place.keep("", None)
    assert kept == [("shop", "web-07/one"), ("", "web-07/one")]


def test_the_session_that_the_user_goes_to_is_kept_although_that_of_the_start_is_missing() -> None:
    kept: list[tuple[str, str]] = []
    place = KeptPlace("gone", lambda text, chosen: kept.append((text, chosen)))
    place.keep("", LogLocation("/base/other.jsonl", "/base", None))
    place.keep("", None)
    assert kept == [("", "other"), ("", "")]
