"""The marks of new sessions in the list, their number in its header, and the keys for them."""

from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import Clock, Shown, shown
from zigtui.state.store import StateStore
from zigtui.ui.sessions.screen import SessionsScreen


@pytest.fixture
def stores(tmp_path: Path) -> tuple[StateStore, StateStore]:
    """Two stores of one directory, as of two processes."""
    return StateStore(tmp_path / "state"), StateStore(tmp_path / "state")


def new_rows(screen: Shown) -> list[int]:
    return [number for number, row in enumerate(screen.rows) if row.startswith("•")]


def ended(second: float, status: str = "success") -> Log:
    """A session that began and ended about that many seconds after `BEGAN`."""
    log = Log().wait(second).start(1).tier(0, "a").step("a")
    return (log.fails("a") if status == "failure" else log.done("a")).end(status)


async def test_what_ended_since_the_list_was_left_has_a_mark_until_it_is_opened(
    base: Path, stores: tuple[StateStore, StateStore]
) -> None:
    write_log(base, ended(0), session_id(1), modified=BEGAN + 5)
    clock = Clock(BEGAN + 10)
    async with shown(base, clock=clock, store=stores[0]) as screen:
        assert new_rows(screen) == []
    failed = write_log(base, ended(20, "failure"), session_id(2), modified=BEGAN + 25)
    write_log(base, ended(30), session_id(3), modified=BEGAN + 35)
    clock.now = BEGAN + 40
    async with shown(base, clock=clock, store=stores[1], size=(120, 24)) as screen:
        assert new_rows(screen) == [0, 1]
        assert "2 new, 1 failed · 0 live" in screen.lines[0]
        await screen.open(failed)
        await screen.press("escape")
        await screen.wait_until(lambda: isinstance(screen.app.screen, SessionsScreen))
        await screen.show_changes()
        assert new_rows(screen) == [0]
        assert "1 new · 0 live" in screen.lines[0]


async def test_no_separator_is_left_in_the_header_without_what_it_separates(
    base: Path, stores: tuple[StateStore, StateStore]
) -> None:
    clock = Clock(BEGAN + 10)
    async with shown(base, clock=clock, store=stores[0]):
        pass
    write_log(base, ended(20, "failure"), session_id(2), modified=BEGAN + 25)
    clock.now = BEGAN + 40
    async with shown(base, clock=clock, store=stores[1]) as screen:
        found = []
        for width in range(30, 76, 3):
            await screen.resize(width, 20)
            found.append(screen.lines[0])
    assert [line for line in found if "  ·" in line or line.endswith("·")] == []
    assert any("  0 live · 1 session" in line for line in found)
    assert "  1 new, 1 failed · 0 live · 1 session" in found[-1]


async def test_u_goes_to_the_next_new_session_and_shift_u_marks_all_as_seen(
    base: Path, stores: tuple[StateStore, StateStore]
) -> None:
    for number in range(1, 6):
        write_log(base, ended(number), session_id(number), modified=BEGAN + 5)
    clock = Clock(BEGAN + 10)
    async with shown(base, clock=clock, store=stores[0]) as screen:
        await screen.press("u")
        assert "Nothing is new" in screen.text
        write_log(base, ended(20), session_id(7), modified=BEGAN + 21)
        write_log(base, ended(0.5).wait(30).beat(), session_id(6), modified=BEGAN + 21)
        clock.now = BEGAN + 40
        await screen.changed()
        marked = new_rows(screen)
        assert len(marked) == 2
        await screen.press("u")
        assert screen.sessions.cursor == marked[1]
        await screen.press("u")
        assert screen.sessions.cursor == marked[0]
        await screen.press("slash", *"state:failed", "enter")
        await screen.press("u")
        assert "No new session passes the filter" in screen.text
        await screen.press("escape", "U")
        await screen.show_changes()
        assert new_rows(screen) == []
        assert "new" not in screen.lines[0]


async def test_a_session_that_ends_while_it_is_open_is_not_new_afterwards(
    base: Path, stores: tuple[StateStore, StateStore]
) -> None:
    path = write_log(base, Log().start(1).tier(0, "a").step("a"), session_id(1), modified=BEGAN + 5)
    clock = Clock(BEGAN + 6)
    async with shown(base, clock=clock, store=stores[0]) as screen:
        await screen.open(path)
        append(path, Log().wait(9).fails("a").end("failure").data, modified=BEGAN + 10)
        clock.now = BEGAN + 12
        await screen.changed()
        await screen.press("escape")
        await screen.wait_until(lambda: isinstance(screen.app.screen, SessionsScreen))
        await screen.show_changes()
        assert new_rows(screen) == []


class RunningClock(Clock):
    """A clock that goes on by a little whenever it is read."""

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


@pytest.mark.parametrize("end", ["failure", "success", None], ids=str)
@pytest.mark.parametrize("is_first", [False, True], ids=["from the list", "at the start"])
async def test_whatever_happens_to_a_session_while_it_is_open_is_not_new_afterwards(
    base: Path, stores: tuple[StateStore, StateStore], end: str | None, is_first: bool
) -> None:
    async with shown(base, clock=Clock(BEGAN - 10), store=stores[1]):
        pass
    path = write_log(base, Log().start(1).tier(0, "a").step("a"), session_id(1), modified=BEGAN + 5)
    clock = RunningClock(BEGAN + 6)
    async with shown(base, clock=clock, store=stores[0], opened=path if is_first else None) as screen:
        if not is_first:
            await screen.open(path)
        if end is not None:
            append(path, Log().wait(9).fails("a").end(end).data, modified=BEGAN + 10)
        clock.now = BEGAN + 100  # by when a session without an end is lost
        await screen.changed()
        await screen.press("escape")
        await screen.wait_until(lambda: isinstance(screen.app.screen, SessionsScreen))
        await screen.changed()
        assert len(screen.rows) == 1
        assert new_rows(screen) == []


async def test_what_ended_while_a_session_was_open_is_new_after_quitting_there(
    base: Path, stores: tuple[StateStore, StateStore]
) -> None:
    path = write_log(base, ended(0), session_id(1), modified=BEGAN + 5)
    clock = Clock(BEGAN + 10)
    async with shown(base, clock=clock, store=stores[0]) as screen:
        await screen.open(path)
        write_log(base, ended(20), session_id(2), modified=BEGAN + 25)
        clock.now = BEGAN + 30
        await screen.changed()
    async with shown(base, clock=clock, store=stores[1]) as screen:
        assert len(new_rows(screen)) == 1


async def test_what_another_zigtui_has_shown_is_not_new_here(base: Path, stores: tuple[StateStore, StateStore]) -> None:
    write_log(base, ended(0), session_id(1), modified=BEGAN + 5)
    clock = Clock(BEGAN + 10)
    async with shown(base, clock=clock, store=stores[0]) as screen:
        write_log(base, ended(20), session_id(2), modified=BEGAN + 25)
        clock.now = BEGAN + 30
        await screen.changed()
        assert len(new_rows(screen)) == 1
        async with shown(base, clock=clock, store=stores[1]) as other:
            await other.press("U")
        await screen.wait_until(lambda: not new_rows(screen))
