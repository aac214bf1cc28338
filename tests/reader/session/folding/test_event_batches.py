"""Long stretches in which steps begin and end fold to the same at once and line by line."""

from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.damage import NAMES, log_on_disk
from tests.support.examples import examples
from tests.support.logs import SESSION_ID, Json, Log, all_problems, log_at, log_file, texts_of
from zigtui.reader.lines import event_batches
from zigtui.reader.session.folding.runs import Runs
from zigtui.reader.session.folding.usual_passes import UsualPass
from zigtui.reader.session.model.usage import Usage
from zigtui.reader.session.session_log import SessionLog

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


def everything(log: SessionLog) -> object:
    """All that was folded, with the texts of all outputs."""
    session = log.snapshot().session
    return [session, all_problems(log), texts_of(log), [texts_of(log, step) for step in session.steps]]


def folded(path: Path, *, at_once: bool) -> object:
    """What a log folds to, with or without the fast path."""
    with patch.object(event_batches, "event_batch", event_batches.event_batch if at_once else lambda *_: None):
        log = log_at(path)
        log.read_all()
        return everything(log)


def test_a_listener_folds_to_the_same(tmp_path: Path) -> None:
    path = log_file(tmp_path, busy().data)
    assert folded(path, at_once=True) == folded(path, at_once=False)


def test_sound_events_are_a_batch() -> None:
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
def test_an_unusual_event_among_sound_ones_folds_to_the_same(tmp_path: Path, kind: str, own: Json) -> None:
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


PASSES = st.sampled_from(
    [
        *("usual", "skips", "races", "retries", "fails", "ends early", "loops", "says late", "grows", "first tier"),
        *("tolerates", "fails at once", "starts again", "mixes", "goes back", "announces nothing"),
    ]
)


def add_pass(log: Log, kind: str, number: int) -> None:
    """A pass of two tiers, the first one with two steps side by side."""
    log.tier(0, "a", "b").step("a", prompt_preview=f"event {number}")
    if kind == "fails at once":
        log.fails("a", 1 + number % 3)
        return
    log.step("b")
    log.says("b", "tokens: 10 in / 2 out, cost=$0.01", stream="stderr").beat(7).says("a", "\N{SNOWMAN}")
    if kind == "mixes":
        for line in range(number % 7):
            log.says("ab"[(number >> line) % 2], f"{line}")
    if kind == "fails":
        log.fails("a").done("b")
        return
    if kind in ("retries", "tolerates"):
        log.fails("b", 1 + number % 4).says("b", "again")
    if kind == "starts again":
        log.fails("a").step("a").says("a", "anew").fails("a", 2).step("a")
    log.done("a")
    if kind == "tolerates":
        log.fails("b", 5)
    elif kind != "races":
        log.done("b")
    if kind in ("ends early", "first tier"):
        return
    if kind == "announces nothing":
        log.tier(1).step("c", 1).done("c")
        return
    log.tier(1, "c", *(["d"] if kind == "grows" else []))
    if kind == "skips":
        log.skips("c")
    else:
        log.step("c", 1).says("c", f"{number}").done("c")
    if kind == "goes back":
        log.tier(1, "a", "b").step("a").done("a").skips("b")
    if kind == "loops":
        log.tier(0, "b").step("b").done("b")
    if kind == "says late":
        log.says("a", "late")


@examples(40)
@given(st.lists(st.tuples(PASSES, st.integers(1, 60)), min_size=1, max_size=8), st.integers(1, 3))
def test_passes_that_are_only_counted_are_as_if_they_had_been_folded(
    kinds: list[tuple[str, int]], tier_count: int
) -> None:
    log = Log().start(tier_count)
    number = 0
    while number < 400:
        for kind, times in kinds:
            for _ in range(times):
                add_pass(log, kind, number)
                number += 1
    log.tier(0, "a", "b").says("d", "late").fails("c", 3).says("b", "late")
    with log_on_disk(log.data) as path:
        assert folded(path, at_once=True) == folded(path, at_once=False)


def counted_passes(path: Path) -> list[UsualPass]:
    """The passes of a log that are only counted."""
    counted: list[UsualPass] = []

    def pass_over(runs: Runs, passes: Sequence[UsualPass], usages: Sequence[Usage], line: int) -> None:
        counted.extend(passes)
        original(runs, passes, usages, line)

    original = Runs.pass_over
    with patch.object(Runs, "pass_over", pass_over):
        log_at(path).read_all()
    return counted


def test_most_passes_of_a_listener_are_only_counted(tmp_path: Path) -> None:
    log = Log().start(2)
    for number in range(1000):
        add_pass(log, ("fails", "retries", "races", "mixes", "skips", "loops", "usual")[number % 7], number)
    assert len(counted_passes(log_file(tmp_path, log.data))) > 900


def test_a_shape_that_is_rare_at_first_is_only_counted_once_it_is_usual(tmp_path: Path) -> None:
    log = Log().start(2)
    for number in range(1000):
        log.tier(0, "a").step("a").fails("a", min(number, 100)).says("a", "again").done("a")
        log.tier(1, "b").step("b").done("b")
    assert len(counted_passes(log_file(tmp_path, log.data))) > 500


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
