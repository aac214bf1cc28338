"""What keeps a session from getting on, where there is one line for it: in lists, headers and the JSON."""

from pathlib import Path

import pytest

from tests.support.cases import each_case
from tests.support.logs import Log
from tests.wording.test_signs import snapshot_of
from zigtui.wording.session_row import concerns, now_at, seen
from zigtui.wording.text_fit import fit

LIMIT = "⚠ claude usage limit (session) — resets 2026-03-01T14:00:00Z, resuming 2026-03-01T15:00:00Z"


def steps(*names: str) -> Log:
    """A tier of some steps, all of which have begun."""
    log = Log().start().tier(0, *names)
    for name in names:
        log.step(name)
    return log


def limited(*names: str, line: str = LIMIT) -> Log:
    """Steps of which the first one waits for a usage limit."""
    return steps(*names).says(names[0], line)


@each_case(
    ("log", "expected"),
    [
        (limited("a"), "a: usage limit, resumes 15:00"),
        (limited("a").wait(900).beat(), "a: usage limit, resumes 15:00"),  # which explains its silence
        (limited("a", "b"), "a (of 2): usage limit, resumes 15:00"),
        (limited("a", line="⚠ limit reached, try again at 3:30 pm"), "a: usage limit, resumes 3:30 pm"),
        (limited("a", "b").wait(45).says("b", "x").wait(0).beat(), "a (of 2): usage limit, resumes 15:00"),
        (steps("b", "a").wait(45).says("a", LIMIT), "b quiet 46s (of 2) · a: usage limit, resumes 15:00"),
        (steps("a", "b").fails("a").wait(12).says("b", "x"), "a: attempt 1 failed 12s ago, may be retried · b"),
        (
            steps("a", "b").fails("a").wait(41).beat(),
            "b quiet 42s · a: attempt 1 failed 41s ago, may be retried",
        ),
        (limited("a", "b").fails("b"), "a: usage limit, resumes 15:00 · b: attempt 1 failed 0s ago, may be retried"),
        (steps("a", "b"), "a +1"),
        (limited("a").says("a", "↻ Resumed"), "a"),
        (limited("a").fails("a").says("a", "again"), "a"),
        (Log().start(2).tier(0, "a").step("a").done("a").wait(400).beat(), "no activity for 6m"),
        (limited("a").done("a"), "waiting 0s"),  # it was the last tier
        (limited("a").end("failure"), "ended early: no failure was recorded"),
    ],
)
def test_what_a_session_is_doing_begins_with_what_keeps_it(tmp_path: Path, log: Log, expected: str) -> None:
    snapshot = snapshot_of(tmp_path, log, log.second - 1)
    assert now_at(snapshot.listed()) == now_at(snapshot) == expected


@each_case(
    ("width", "expected"),
    [(17, "types quiet 41s"), (15, "types quiet 41s"), (13, "t…s quiet 41s"), (12, "t… quiet 41s"), (9, "quiet 41s")],
)
@each_case("more", [[], ["lint"]])
def test_the_name_of_a_silent_step_gives_way_to_how_long_it_has_been(
    tmp_path: Path, width: int, expected: str, more: list[str]
) -> None:
    snapshot = snapshot_of(tmp_path, steps("types", *more).wait(41 - len(more)).beat(), 44)
    now = now_at(snapshot, name_width=8, width=width)
    assert fit(now, width).startswith(expected)


@pytest.mark.parametrize(
    ("width", "expected"), [(15, "types quiet 10m"), (12, "types quiet"), (11, "types quiet"), (9, "quiet 10m")]
)
def test_the_name_of_a_stalled_step_is_displayed_where_its_silence_has_another_column(
    tmp_path: Path, width: int, expected: str
) -> None:
    snapshot = snapshot_of(tmp_path, steps("types").wait(600).beat(), 603)
    assert "10m" in seen(snapshot)
    assert fit(now_at(snapshot, name_width=8, width=width), width).strip() == expected


@pytest.mark.parametrize(("quiet_secs", "expected"), [(30, "a quiet 41s"), (600, ""), (42, "")])
def test_a_silence_counts_from_the_setting_on(tmp_path: Path, quiet_secs: float, expected: str) -> None:
    assert concerns(snapshot_of(tmp_path, steps("a").wait(41).beat(), 43), quiet_secs) == expected
