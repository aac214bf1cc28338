"""What the tree, the list and the titles show of silence, of failed attempts, and of logs that are not read yet."""

from pathlib import Path

import pytest

from tests.support.logs import BEGAN, Log, log_at, log_file, read_log
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.output.chosen.titles import all_output_bar, pass_bar, step_bar
from zigtui.ui.session.header import header_bar
from zigtui.ui.widgets.bar import BarLine
from zigtui.wording.dates import clock_time
from zigtui.wording.facts import UsageByTier, pass_section, session_sections, step_sections, tier_section
from zigtui.wording.session_row import heartbeat, now_at, progress, seen
from zigtui.wording.signs import part_read, session_sign
from zigtui.wording.states import Severity
from zigtui.wording.timeline.time_spans import FailureTimes, span_of_row
from zigtui.wording.tree.tree_rows import ALL_OUTPUT, TreeRow, TreeRows


def snapshot_of(tmp_path: Path, log: Log, now: float) -> SessionSnapshot:
    """The session at that second, written just before."""
    path = log_file(tmp_path, log.data)
    found = read_log(path).snapshot(BEGAN + now)
    return found._replace(vitals=found.vitals._replace(modified=BEGAN + now, grown=BEGAN + now))


def row_of(snapshot: SessionSnapshot, name: str) -> TreeRow:
    """The row of a step or a tier in the tree."""
    return next(row for row in TreeRows(snapshot) if row.name == name)


def shown(row: TreeRow) -> tuple[str, str, bool]:
    assert row.sign is not None
    return row.sign.glyph, row.time, row.is_urgent


def emitters(silence: int) -> Log:
    """Four parallel steps; the third one has been silent for a number of seconds at the last event."""
    log = Log().start().tier(0, "a", "b", "emitter", "d")
    for name in ("a", "b", "emitter", "d"):
        log.step(name)
    log.says("emitter", "x").wait(silence)
    return log.wait(0).says("a", "y").wait(0).says("b", "y").wait(0).says("d", "y").beat()


@pytest.mark.parametrize(
    ("silence", "row", "now"),
    [
        (20, ("●", "22s", False), "a +3"),
        (41, ("●", "quiet 41s", True), "emitter quiet 41s (of 4)"),
        (320, ("◐", "quiet 5m", True), "emitter quiet 5m (of 4)"),
    ],
)
def test_silence_takes_the_place_of_the_time(
    tmp_path: Path, silence: int, row: tuple[str, str, bool], now: str
) -> None:
    snapshot = snapshot_of(tmp_path, emitters(silence), silence + 6)
    assert snapshot.quiet_ms == silence * 1000
    assert now_at(snapshot.listed()) == now
    assert shown(row_of(snapshot, "emitter")) == row
    assert not row_of(snapshot, "a").is_urgent


def test_the_facts_about_a_silent_step_begin_with_the_time_of_the_last_output(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, emitters(320), 326)
    _, (about, _) = step_bar(snapshot.session.steps[2], snapshot, [])
    assert "".join(text for text, _ in about).startswith(f"last output {clock_time(BEGAN + 6)}, 5m ago · run")
    silent = snapshot_of(tmp_path, Log().start().tier(0, "a").step("a").wait(90).beat(), 92)
    _, (about, _) = step_bar(silent.session.steps[0], silent, [])
    assert "".join(text for text, _ in about).startswith("no output for 1m · run")


@pytest.mark.parametrize(("secs", "expected"), [(3, "♥ 3s"), (59, "♥ 59s"), (545, "♥ 9m"), (7300, "♥ 2h")])
def test_the_age_of_a_heartbeat_is_in_its_largest_unit(tmp_path: Path, secs: int, expected: str) -> None:
    log = Log().start().tier(0, "a").step("a").event("heartbeat", interval_secs=3600)
    assert heartbeat(snapshot_of(tmp_path, log, 4).at(BEGAN + 4 + secs)) == expected


def test_between_two_attempts_a_step_has_not_failed_for_good(tmp_path: Path) -> None:
    log = Log().start(2).tier(0, "a").step("a").fails("a").wait(12).beat()
    snapshot = snapshot_of(tmp_path, log, 15)
    row = row_of(snapshot, "a")
    assert shown(row) == ("✘", "failed 12s ago", True)
    assert row.sign is not None
    assert row.sign.severity is Severity.WARNING
    assert now_at(snapshot.listed()) == "a: attempt 1 failed 12s ago, may be retried"
    (title, _), _ = step_bar(snapshot.session.steps[0], snapshot, [])
    assert "attempt 1 failed 12s ago, may be retried" in "".join(text for text, _ in title)
    final = snapshot_of(tmp_path, log.end("failure"), 16)
    assert shown(row_of(final, "a")) == ("✘", "1.0s", False)
    assert now_at(final.listed()) == "a: no luck with 1"


def listener(events: int, failed: int) -> Log:
    """A listener of a workflow with one tier; the first events failed."""
    log = Log().start(1)
    for number in range(events):
        log.tier(0, "a").step("a")
        log = log.fails("a") if number < failed else log.done("a")
    return log


def test_a_listener_is_told_by_its_passes(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, listener(50, 3).wait(420).beat(), 571)
    assert progress(snapshot) == "pass 50 · 3 failed"
    assert now_at(snapshot) == "waiting 7m"
    assert seen(snapshot).startswith("♥")
    over = snapshot_of(tmp_path, listener(50, 3).end(), 152)
    assert session_sign(over) == ("✔", "succeeded · 3 of 50 passes failed", Severity.WARNING)
    assert now_at(over.listed()) == "3 of 50 passes failed"


def test_a_session_that_succeeded_with_failed_steps_is_told_with_them(tmp_path: Path) -> None:
    log = Log().start(2).tier(0, "a", "b").step("a").step("b").fails("a").fails("b").tier(1, "c").step("c").done("c")
    snapshot = snapshot_of(tmp_path, log.end(), 11)
    assert session_sign(snapshot.listed()) == ("✔", "succeeded · 2 steps failed", Severity.WARNING)
    assert session_sign(snapshot_of(tmp_path, listener(2, 0).end(), 9)) == ("✔", "succeeded", Severity.OK)


def test_a_log_that_is_still_being_read_shows_no_state_or_time_that_may_change(tmp_path: Path) -> None:
    log = Log().start(3).tier(0, "a").step("a").done("a").tier(1, "b", "c").step("b").fails("b").step("c")
    log.says("c", *["x" * 100] * 3000).done("c").end()
    reading = log_at(log_file(tmp_path, log.data))
    reading.advance(50_000)
    snapshot = reading.snapshot(BEGAN + 4000)
    assert not snapshot.is_complete
    rows = TreeRows(snapshot)
    assert rows[0].time == f"reading {part_read(snapshot)}"
    assert [(row.name, *shown(row)[:2]) for row in rows[1:]] == [
        ("Tier 1", "✔", "2.0s"),
        ("a", "✔", "1.5s"),
        ("Tier 2", "…", ""),
        ("b", "…", ""),
        ("c", "…", ""),
    ]
    assert now_at(snapshot.listed()) == rows[0].time
    assert progress(snapshot) == "–"
    reading.read_all()
    assert TreeRows(reading.snapshot(BEGAN + 4000))[0].time == "3,000"


@pytest.mark.parametrize(("is_over", "state"), [(True, SessionState.IDLE), (False, SessionState.STALLED)])
def test_a_silent_session_whose_log_is_being_read_does_not_look_stalled(
    tmp_path: Path, is_over: bool, state: SessionState
) -> None:
    log = Log().start(1).tier(0, "a").step("a").says("a", *["x" * 100] * 3000)
    log = (log.done("a") if is_over else log).wait(1000).beat()
    reading = log_at(log_file(tmp_path, log.data))
    reading.advance(50_000)
    snapshot = reading.snapshot(BEGAN + log.second)
    assert (snapshot.is_complete, snapshot.state) == (False, SessionState.RUNNING)
    assert snapshot._replace(trouble="the log cannot be read").state is SessionState.STALLED
    reading.read_all()
    assert reading.snapshot(BEGAN + log.second).state is state


def test_the_end_of_a_session_is_known_while_its_log_is_being_read(tmp_path: Path) -> None:
    log = Log().start(1).tier(0, "a").step("a").says("a", *["x" * 100] * 3000).done("a").end()
    reading = log_at(log_file(tmp_path, log.data))
    reading.advance(50_000)
    _, right = header_bar(reading.snapshot(BEGAN + log.second + 7200))[0]
    assert right[0][0] == "ended 2h ago"


@pytest.mark.parametrize(
    "data", [Log().start().tier(0, "a").step("a").data, b"no event\n" * 10], ids=["sound", "damaged"]
)
def test_a_session_without_a_start_is_being_read_until_the_end_of_its_log_is_known(tmp_path: Path, data: bytes) -> None:
    log = log_at(log_file(tmp_path, data))
    first = log.snapshot(BEGAN)
    assert not first.is_complete
    assert session_sign(first) == ("…", "reading", Severity.MUTED)
    texts, _ = header_bar(first)[0]
    assert [text for text, _ in texts[1:]] == ["  … reading"]
    log.read_all()
    assert session_sign(log.snapshot(BEGAN)).word == ("unreadable" if data.startswith(b"no") else "running")
    gone = first._replace(trouble="the log cannot be read")
    assert session_sign(gone).word == "unreadable"


def test_a_session_that_failed_without_a_failed_step_does_not_show_what_it_was_about(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a").step("a").done("a").end("failure")
    assert now_at(snapshot_of(tmp_path, log, 5)) == "ended early: no failure was recorded"


@pytest.mark.parametrize(("read", "expected"), [(0.0, "0 %"), (0.374, "37 %"), (0.999, "99 %"), (1.0, "100 %")])
def test_a_part_that_was_read_is_not_rounded_up_to_all(tmp_path: Path, read: float, expected: str) -> None:
    snapshot = snapshot_of(tmp_path, Log().start(), 5)._replace(progress=read)
    assert part_read(snapshot) == expected


def title_of(bar: tuple[BarLine, BarLine]) -> str:
    """The words of a title."""
    return "".join(text for text, _ in bar[0][0])


def test_facts_and_bars_of_a_log_that_is_still_being_read_have_no_state_or_time_that_may_change(tmp_path: Path) -> None:
    log = Log().start(3).tier(0, "a").step("a").done("a").tier(1, "b", "c").step("b").fails("b").step("c")
    log.says("c", *["x" * 100] * 3000).done("c").end("failure")
    reading = log_at(log_file(tmp_path, log.data))
    reading.advance(50_000)
    snapshot = reading.snapshot(BEGAN + 4000)
    session, failures = snapshot.session, FailureTimes()
    about, tier, step = (
        {fact.label: fact.text for section in sections for fact in section.facts}
        for sections in (
            session_sections(snapshot, UsageByTier()),
            [tier_section(session.tiers[1], snapshot)],
            step_sections(session.steps[2], snapshot),
        )
    )
    assert about["read so far"] == f"{part_read(snapshot)} of the log"
    assert not {"took", "so far", "last activity", "heartbeat"} & about.keys()
    assert not {"took", "closed"} & tier.keys()
    assert not {"took", "quiet for"} & step.keys()
    lines = f"{session.lines:,} lines"
    assert about["failed steps"] == "1 so far"
    assert about["output"].startswith(lines)
    assert about["output"].endswith(" so far")
    assert step["output"].startswith(lines)
    assert step["output"].endswith(" so far")
    assert title_of(all_output_bar(snapshot, [])) == f"All output · {lines} so far"
    assert title_of(step_bar(session.steps[2], snapshot, [])) == f"c … not read yet · {lines} so far"
    assert title_of(step_bar(session.steps[0], snapshot, [])) == "a ✔ succeeded · 0 lines"
    spans = [span_of_row(key, snapshot, failures) for key in (ALL_OUTPUT, ("tier", 2), ("step", 1), ("step", 2))]
    assert [span is not None and span.is_growing for span in spans] == [False] * 4
    assert [span.severity for span in spans if span is not None][1:] == [Severity.MUTED, Severity.ERROR, Severity.MUTED]
    reading.read_all()
    read = {fact.label for fact in session_sections(reading.snapshot(BEGAN + 4000), UsageByTier())[0].facts}
    assert {"took", "last activity"} <= read
    assert "read so far" not in read


def test_the_last_pass_of_a_log_that_is_still_being_read_has_no_state_or_time_that_may_change(tmp_path: Path) -> None:
    log = Log().start(2)
    for _ in range(2):
        log.tier(0, "a", "b").step("a").done("a").fails("b").tier(1, "c").step("c", 1)
    reading = log_at(log_file(tmp_path, log.says("c", *["tokens: 1 in / 2 out"] * 3000).done("c").end().data))
    reading.advance(50_000)
    snapshot = reading.snapshot(BEGAN + 4000)
    before, last = snapshot.session.recent
    about = {fact.label: fact.text for fact in pass_section(last, snapshot, snapshot.session).facts}
    assert not {"took", "ended"} & about.keys()
    assert (about["steps"], about["output"]) == ("3, 1 failed so far", f"{last.lines:,} lines so far")
    assert about["usage"].endswith(" so far")
    assert title_of(pass_bar(last, snapshot, [])) == f"Pass 2 … not read yet · 3 steps · {last.lines:,} lines so far"
    assert title_of(pass_bar(before, snapshot, [])) == "Pass 1 ✔ succeeded 3.0s · 3 steps · 0 lines"
