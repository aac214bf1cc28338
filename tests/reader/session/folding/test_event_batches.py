"""Long stretches in which steps begin and end fold to the same at once and line by line."""

from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.damage import NAMES, log_on_disk
from tests.support.examples import examples
from tests.support.folded import folded
from tests.support.logs import SESSION_ID, Json, Log, log_at, log_file
from zigtui.reader.lines import event_batches

LONG = "a prompt of some length " * 40  # so that few passes fill a chunk
KINDS = st.sampled_from(["tier", "step", "says", "done", "fails", "skips", "beat"])


def busy(passes: int = 120) -> Log:
    """A listener whose log is several chunks long."""
    log = Log().start(2)
    for number in range(passes):
        log.tier(0, "a", "b", "a")
        log.event(
            "step_started",
            step_name="a",
            tier_index=0,
            zag_session_id="z",
            zag_command="run",
            model=None,
            prompt_preview=LONG,
        )
        log.says("a", f"event {number} \N{SNOWMAN}", "tokens: 10 in / 2 out, cost=$0.01").says(
            "b", "oh", stream="stderr"
        )
        if number % 5 == 2:
            log.fails("a").says("a", "again")
        log.done("a", 1500, "x").skips("b").beat(7).tier(1, "c").step("c", 1).done("c")
    return log


def test_a_listener_folds_to_the_same(tmp_path: Path) -> None:
    path = log_file(tmp_path, busy().data)
    assert folded(path, at_once=True) == folded(path, at_once=False)


def test_valid_events_are_a_batch() -> None:
    batch = event_batches.event_batch(busy().data.split(b"\n", 1)[1], SESSION_ID)
    assert batch is not None
    assert len(batch.events) == len(busy().lines) - 1


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        ("tier_started", {"tier_index": -1, "step_names": ["a"]}),
        ("tier_started", {"tier_index": 0, "step_names": ["a", 7]}),
        ("tier_started", {"tier_index": True, "step_names": ["a"]}),
        ("tier_started", {"tier_index": 2**32, "step_names": ["a"]}),
        ("step_completed", {"step_name": "a", "exit_code": 2**31, "duration_ms": 1, "saved_vars": []}),
        ("step_completed", {"step_name": "a", "exit_code": 0, "duration_ms": 2**63, "saved_vars": []}),
        ("step_completed", {"step_name": "a", "exit_code": 0, "duration_ms": 1.5, "saved_vars": []}),
        ("step_completed", {"step_name": "a", "exit_code": 0, "duration_ms": 1}),
        ("step_failed", {"step_name": "a", "exit_code": None, "attempt": 0, "error": "no"}),
        ("step_output", {"step_name": "a", "stream": "stdout", "line": "two\nlines"}),
        ("step_output", {"step_name": "a", "stream": "stdin", "line": "text"}),
        ("step_skipped", {"step_name": "a", "reason": None}),
        ("step_skipped", {"step_name": "a", "reason": "no", "tier_index": 3}),
        ("heartbeat", {"interval_secs": 0}),
        ("heartbeat", {"interval_secs": 10, "ts": "soon"}),
        ("heartbeat", {"interval_secs": 10, "seq": 3}),
        ("heartbeat", {"interval_secs": 10, "zig_session_id": "another"}),
        ("unheard_of", {}),
        ("zig_session_started", {}),
        ("zig_session_ended", {"status": "success", "duration_ms": 5}),
    ],
)
def test_an_unusual_event_among_valid_ones_folds_to_the_same(tmp_path: Path, kind: str, own: Json) -> None:
    log = busy(60).event(kind, **own)
    seq = len(log.lines)
    for number in range(60):
        log.tier(0, "a").step("a").says("a", LONG, str(number)).done("a").tier(1, "c").step("c").done("c")
    assert log.lines[seq - 1] != log.lines[seq]
    path = log_file(tmp_path, log.data)
    assert folded(path, at_once=True) == folded(path, at_once=False)


def with_fields(log: Log, *fields: bytes) -> bytes:
    """The log with further fields in each event but the first. The events have those given in turn."""
    start, *lines = log.data.splitlines(keepends=True)
    return start + b"".join(b"{" + fields[number % len(fields)] + line[1:] for number, line in enumerate(lines))


@pytest.mark.parametrize(
    "fields",
    [
        [b'"host":"web-07","pid":4711,'],
        [b'"host":null,', b'"trace":["a",7,1.5,true],', b""],
        [b'"caf\xc3\xa9":"\xe2\x98\x83",'],
        [b'"caf\\u00e9":"\\u2603",'],
    ],
)
def test_events_with_further_fields_are_a_batch(tmp_path: Path, fields: list[bytes]) -> None:
    data = with_fields(busy(), *fields)
    batch = event_batches.event_batch(data.split(b"\n", 1)[1], SESSION_ID)
    assert batch is not None
    assert len(batch.events) == len(busy().lines) - 1
    path = log_file(tmp_path, data)
    assert folded(path, at_once=True) == folded(path, at_once=False)


@pytest.mark.parametrize(
    "rare",
    [
        b'"host":{"name":"web-07"},',
        b'"host":1e999,',
        b'"host":"\xff",',
        b'"host":' + b"9" * 400 + b",",
        b'"host":"\\ud800",',
        b'"tier_index":3,',
        b'"type":"heartbeat",',
        b'"host":7,"host":[[]],',
        b'"quote\\"":7,',
    ],
)
def test_unusual_further_fields_fold_to_the_same(tmp_path: Path, rare: bytes) -> None:
    path = log_file(tmp_path, with_fields(busy(300), *[b'"host":"web-07",'] * 997, rare))
    assert folded(path, at_once=True) == folded(path, at_once=False)


@examples(60)
@given(st.lists(st.tuples(KINDS, st.sampled_from(NAMES), st.integers(0, 2)), min_size=1, max_size=40))
def test_any_events_fold_to_the_same(events: list[tuple[str, str, int]]) -> None:
    log = Log().start(2)
    for kind, name, number in events * (1 + 1200 // len(events)):
        match kind:
            case "tier":
                log.tier(number, *NAMES[: number + 1])
            case "step":
                log.step(name, number)
            case "says":
                log.says(name, "tokens: 1 in / 2 out" if number else "\N{SNOWMAN}")
            case "done":
                log.done(name)
            case "fails":
                log.fails(name, number + 1)
            case "skips":
                log.skips(name)
            case "beat":
                log.beat()
    with log_on_disk(log.data) as path:
        assert folded(path, at_once=True) == folded(path, at_once=False)


def test_output_alone_is_soon_read_as_such_after_a_step_began(tmp_path: Path) -> None:
    log = Log().start(2).tier(0, "a").step("a")
    for number in range(2):
        for line in range(8000):
            log.says("a", f"line {line} {LONG[:100]}")
        log.tier(number, "a").step("a")
    for line in range(8000):
        log.says("a", f"line {line} {LONG[:100]}")
    sizes = []

    def event_batch(data: bytes, session_id: str, offset: int) -> event_batches.EventBatch | None:
        sizes.append(len(data))
        return original(data, session_id, offset)

    original = event_batches.event_batch
    with patch.object(event_batches, "event_batch", event_batch):
        log_at(log_file(tmp_path, log.data)).read_all()
    assert sum(sizes) < len(log.data) / 5
