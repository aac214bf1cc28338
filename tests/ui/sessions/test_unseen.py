"""What is new since the user last saw it, also with several zigtui at once and wrong clocks."""

import math
from pathlib import Path

import pytest

from zigtui.reader.location import LogLocation
from zigtui.reader.session.model.session import Session
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import Vitals
from zigtui.state.store import StateStore
from zigtui.ui.sessions.unseen import NewCounts, Unseen

NOW = 1_000_000.0


def snapshot(number: int, began: float, status: str | None = None, ended: float | None = None) -> SessionSnapshot:
    """A session that began and ended at times relative to `NOW`."""
    location = LogLocation(f"/base/{number}.jsonl", "/base", None)
    last = NOW + (began if ended is None else ended)
    return SessionSnapshot(location, Session(), Vitals(True, status, NOW + began, last, last, last, None, 10), NOW)


def numbers_of_new(unseen: Unseen, *snapshots: SessionSnapshot) -> set[str]:
    return {one.location.session_id for one in snapshots if unseen.is_new(one.location)}


@pytest.fixture
def store(tmp_path: Path) -> StateStore:
    return StateStore(tmp_path)


def test_at_the_very_first_start_nothing_is_new(store: StateStore) -> None:
    unseen = Unseen(store, NOW)
    unseen.update([snapshot(1, -50.0, "success", -40.0), snapshot(2, -5.0)], [], NOW)
    assert unseen.counts == NewCounts(0, 0, 0)


def test_what_began_ended_failed_or_was_lost_since_the_list_was_left_is_new(store: StateStore) -> None:
    Unseen(store, NOW - 100).mark_all_seen(NOW - 100)
    store.close(5.0)
    unseen = Unseen(store, NOW)
    old, ended = snapshot(1, -300.0, "success", -200.0), snapshot(2, -300.0, "success", -50.0)
    failed, lost, running = snapshot(3, -90.0, "failure", -80.0), snapshot(4, -300.0, None, -85.0), snapshot(5, -2.0)
    long_running = snapshot(6, -500.0, None, -1.0)
    everything = (old, ended, failed, lost, running, long_running)
    unseen.update(everything, [], NOW)
    assert numbers_of_new(unseen, *everything) == {"2", "3", "5"}  # the lost one may still be alive
    later = [one.at(NOW + 4000) for one in everything if one not in (running, long_running)]
    unseen.update(later, [], NOW + 4000)
    assert numbers_of_new(unseen, *everything) == {"2", "3", "4", "5"}
    assert unseen.counts == NewCounts(4, 1, 1)
    unseen.update([], [failed.location], NOW + 4000)
    assert unseen.counts == NewCounts(3, 0, 1)


def checked_until_lost(began: float, ended: float, *, is_mirrored: bool = False) -> list[SessionSnapshot]:
    """A killed session as it is found at the start, and once it counts as lost."""
    found = snapshot(1, began, None, ended)
    found = found._replace(vitals=found.vitals._replace(watched=NOW))
    times = [NOW, NOW + 5, NOW + 20, NOW + 25]
    if not is_mirrored:
        return [found.at(now) for now in times]
    checked = found.vitals._replace(modified=NOW + ended, known_until=NOW - 500)
    known = checked._replace(known_until=math.inf)
    vitals = [checked._replace(unheard_since=NOW), checked, known, known]
    return [found._replace(vitals=each).at(now) for each, now in zip(vitals, times, strict=True)]


@pytest.mark.parametrize("is_mirrored", [False, True], ids=["here", "on a machine that is silent at first"])
@pytest.mark.parametrize("is_damaged", [False, True], ids=["whole", "damaged"])
def test_a_lost_session_is_new_again_only_if_it_was_lost_since_the_list_was_left(
    store: StateStore, is_mirrored: bool, is_damaged: bool
) -> None:
    Unseen(store, NOW - 100).mark_all_seen(NOW - 100)
    store.close(5.0)
    for ended, is_new in ((-110.0, False), (-90.0, True)):
        unseen = Unseen(store, NOW)
        for one in checked_until_lost(-300.0, ended, is_mirrored=is_mirrored):
            one = one._replace(vitals=one.vitals._replace(started=not is_damaged))
            unseen.update([one], [], one.now)
            assert unseen.is_new(one.location) == (is_new and one.is_over)


def test_a_session_that_is_lost_while_the_list_is_open_keeps_its_mark_until_it_is_seen(store: StateStore) -> None:
    Unseen(store, NOW - 1).mark_all_seen(NOW - 1)
    store.close(5.0)
    unseen = Unseen(store, NOW)
    running = snapshot(1, -300.0, None, -2.0)
    running = running._replace(vitals=running.vitals._replace(watched=NOW))
    for secs in (0, 20, 300, 310, 320):
        unseen.update([running.at(NOW + secs)], [], NOW + secs)
        assert unseen.is_new(running.location) == (secs >= 300)
    unseen.mark_all_seen(NOW + 330)
    unseen.update([running.at(NOW + 340)], [], NOW + 340)
    assert not unseen.is_new(running.location)


def test_an_opened_session_is_seen_until_it_changes_again(store: StateStore) -> None:
    Unseen(store, NOW - 100).mark_all_seen(NOW - 100)
    store.close(5.0)
    unseen = Unseen(store, NOW)
    running = snapshot(1, -50.0)
    unseen.update([running], [], NOW)
    unseen.mark_seen(running, NOW)
    assert not unseen.is_new(running.location)
    unseen.update([snapshot(1, -50.0, None, 5.0)], [], NOW + 5)
    assert not unseen.is_new(running.location)
    unseen.update([snapshot(1, -50.0, "failure", 9.0)], [], NOW + 10)
    assert unseen.counts == NewCounts(1, 1, 0)


@pytest.mark.parametrize("skew", [-7200.0, 7200.0], ids=["behind", "ahead"])
def test_a_wrong_clock_of_the_writer_neither_hides_an_end_nor_keeps_it_new(store: StateStore, skew: float) -> None:
    unseen = Unseen(store, NOW)
    running = snapshot(1, skew - 60)
    watched = running._replace(vitals=running.vitals._replace(grown=NOW))
    unseen.update([watched], [], NOW)
    unseen.mark_seen(watched, NOW)
    ended = snapshot(1, skew - 60, "success", skew + 5)
    unseen.update([ended], [], NOW + 5)
    assert unseen.is_new(ended.location)
    unseen.mark_seen(ended, NOW + 6)
    unseen.update([ended], [], NOW + 7)
    assert not unseen.is_new(ended.location)
    unseen.mark_all_seen(NOW + 8)
    unseen.update([ended], [], NOW + 9)
    assert not unseen.is_new(ended.location)


def test_leaving_the_list_marks_what_a_clock_ahead_has_stamped_as_well(store: StateStore) -> None:
    unseen = Unseen(store, NOW)
    ahead = snapshot(1, 3600.0, "success", 3605.0)
    unseen.update([ahead], [], NOW)
    assert unseen.is_new(ahead.location)
    unseen.mark_all_seen(NOW + 1)
    store.close(5.0)
    again = Unseen(store, NOW + 2)
    again.update([ahead], [], NOW + 2)
    assert not again.is_new(ahead.location)


def test_two_zigtui_at_once_share_what_was_seen(tmp_path: Path) -> None:
    stores = StateStore(tmp_path), StateStore(tmp_path)
    Unseen(stores[0], NOW - 100).mark_all_seen(NOW - 100)
    stores[0].close(5.0)
    first, second = (Unseen(store, NOW) for store in stores)
    ended = [snapshot(number, -50.0, "success", -40.0 + number) for number in range(3)]
    for unseen in (first, second):
        unseen.update(ended, [], NOW)
    first.mark_seen(ended[0], NOW)
    second.mark_seen(ended[1], NOW)
    for store, unseen in ((stores[0], first), (stores[1], second), (stores[0], first)):
        unseen.refresh()
        store.close(5.0)
        unseen.update([], [], NOW)
    assert numbers_of_new(first, *ended) == numbers_of_new(second, *ended) == {"2"}
    second.mark_all_seen(NOW + 1)
    stores[1].close(5.0)
    first.refresh()
    stores[0].close(5.0)
    first.update([], [], NOW + 2)
    assert first.counts == NewCounts(0, 0, 0)


def test_the_file_stays_small_however_many_sessions_were_opened(store: StateStore) -> None:
    unseen = Unseen(store, NOW)
    for number in range(200):
        unseen.mark_seen(snapshot(number, -50.0, "success", -40.0), NOW)
    unseen.mark_all_seen(NOW + 1)
    store.close(5.0)
    assert store.load("seen") == {"left": NOW + 1, "opened": {}}


def test_a_list_that_was_left_while_the_clock_was_ahead_has_new_sessions_again(tmp_path: Path) -> None:
    stores = StateStore(tmp_path), StateStore(tmp_path)
    first = Unseen(stores[0], NOW)
    first.update([], [], NOW + 10**8)
    first.mark_all_seen(NOW + 10**8)
    stores[0].close(5.0)
    second = Unseen(stores[1], NOW)
    for unseen, store in ((second, stores[1]), (first, stores[0]), (second, stores[1])):
        unseen.update([], [], NOW)
        unseen.refresh()
        store.close(5.0)
        unseen.update([], [], NOW)
    ended = snapshot(1, 10.0, "success", 20.0)
    for unseen in (first, second):
        unseen.update([ended], [], NOW + 30)
        assert unseen.counts == NewCounts(1, 0, 0)
    assert stores[0].load("seen")["left"] <= NOW + 30


@pytest.mark.parametrize(
    "content", [{"left": "x", "opened": 3}, {"left": -1, "opened": {"/a": None}}, {"left": True}, {"left": 1e300}]
)
def test_a_damaged_file_is_like_none(store: StateStore, content: dict[str, object]) -> None:
    store.update("seen", lambda _: content)
    unseen = Unseen(store, NOW)
    unseen.update([snapshot(1, -50.0, "success", -40.0)], [], NOW)
    assert unseen.counts == NewCounts(0, 0, 0)
