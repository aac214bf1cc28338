"""What happened to sessions is found although most of them are not examined each second."""

from dataclasses import dataclass
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.growth import assert_takes_at_most
from zigtui.reader.location import LogLocation
from zigtui.reader.session.model.session import Session
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import Vitals
from zigtui.ui.notifications.session_watch import SessionWatch

BEGAN = 1_000_000.0


@dataclass(frozen=True)
class Step:
    """What happens before the next update."""

    changed: dict[int, tuple[str | None, bool, bool]]  # the end of a session, whether it was seen to grow, and waits
    gone: set[int]
    passed: float


def snapshot(number: int, status: str | None, has_grown: bool, waits: bool, now: float) -> SessionSnapshot:
    vitals = Vitals(
        started=True,
        status=status,
        began=BEGAN - 5,
        last_event=now - 1,
        last_activity=now - 1,
        modified=now - 1,
        grown=now - 1 if has_grown else None,
        heartbeat_secs=10,
        watched=now,
        is_waiting=waits,
    )
    return SessionSnapshot(LogLocation(f"/base/{number}.jsonl", "/base", None), Session(), vitals, now, stall_secs=60.0)


STEPS = st.builds(
    Step,
    changed=st.dictionaries(
        st.integers(0, 4),
        st.tuples(st.sampled_from([None, None, None, "success", "failure"]), st.booleans(), st.booleans()),
        max_size=3,
    ),
    gone=st.sets(st.integers(0, 4), max_size=1),
    passed=st.sampled_from([0.0, 1.0, 9.0, 31.0, 59.0, 70.0, 500.0, -40.0]),  # the clock may be set back
)


@examples(150)
@given(st.lists(STEPS, max_size=12))
def test_the_same_is_found_as_by_examining_all_sessions_each_time(history: list[Step]) -> None:
    watch, thorough = SessionWatch(BEGAN), SessionWatch(BEGAN)
    known: dict[LogLocation, SessionSnapshot] = {}
    now = BEGAN
    for step in history:
        now += step.passed
        gone = [location for location in known if int(location.session_id) in step.gone - step.changed.keys()]
        for location in gone:
            del known[location]
        changed = [snapshot(number, *facts, now) for number, facts in step.changed.items()]
        known.update((one.location, one) for one in changed)
        found = watch.update(changed, gone, now)
        expected = thorough.update(known.values(), gone, now)
        assert sorted(found, key=repr) == sorted(expected, key=repr)
        assert {(each.location, state) for each, state in watch.live} == {
            (each.location, state) for each, state in thorough.live
        }
        assert watch.unseen_failures == thorough.unseen_failures


def test_live_sessions_that_do_not_change_cost_little() -> None:
    def updates(sessions: int) -> SessionWatch:
        watch = SessionWatch(BEGAN)
        watch.update([snapshot(number, None, True, False, BEGAN) for number in range(sessions)], [], BEGAN)
        assert len(watch.live) == sessions
        return watch

    few, many, seconds = updates(10), updates(2000), count()
    assert_takes_at_most(
        20,
        lambda: many.update([], [], BEGAN + next(seconds) / 100),
        lambda: few.update([], [], BEGAN + next(seconds) / 100),
    )
