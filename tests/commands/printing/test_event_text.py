"""Events as text, byte for byte as ``zig listen`` prints them."""

from pathlib import Path

from tests.support.bases import log_of
from tests.support.cases import each_case
from tests.support.recordings import ROWS, recorded
from zigtui.commands.printing.event_text import event_text
from zigtui.reader.lines.decode import Event


@each_case("name", [row.name for row in ROWS])
def test_recorded_sessions_are_printed_as_by_the_reference_implementation(reference: Path, name: str) -> None:
    lines = [event_text(event) for event in recorded(log_of(reference / "dot-zig", name))]
    reported = "".join(f"{line}\n" for line in lines if line is not None)
    assert reported.encode() == (reference / "listen" / f"{name}.txt").read_bytes()


@each_case(
    ("event", "line"),
    [
        ({"type": "heartbeat", "interval_secs": 10}, None),
        ({"type": "brand_new"}, None),
        ({}, None),
        ({"type": ["step_output"]}, None),
        ({"type": "step_output", "step_name": "a", "line": ""}, "[a] "),
        ({"type": "step_output", "step_name": "a", "line": 5}, None),
        ({"type": "zig_session_started", "workflow_name": "w", "tier_count": 1}, "▶ zig session started: w (1 tier)"),
        ({"type": "zig_session_started"}, "▶ zig session started:  (0 tiers)"),
        ({"type": "tier_started", "tier_index": 0, "step_names": []}, "── tier 1 ()"),
        ({"type": "step_skipped", "step_name": "a", "reason": "why not"}, "  skipping 'a' (why not)"),
        ({"type": "step_failed", "step_name": "a"}, "  step 'a' failed (attempt 0): "),
        ({"type": "zig_session_ended", "status": "failure", "duration_ms": 3}, "■ zig session ended (Failure) in 3ms"),
    ],
)
def test_events_without_all_their_fields_are_printed_with_those_they_have(event: Event, line: str | None) -> None:
    assert event_text(event) == line
