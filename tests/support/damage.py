"""Logs of any shape, sound and damaged, and a check of everything that a log folds to."""

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import strategies as st

from tests.support.logs import BEGAN, SESSION_ID, Json, Log, all_problems, log_file, read_log, texts_of
from zigtui.reader.session.model.session import StepState
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.states.elapsed import session_elapsed_ms, step_elapsed_ms, tier_elapsed_ms
from zigtui.reader.session.states.liveness import last_sign_of_life, session_state, vitals_of
from zigtui.reader.session.states.part_states import step_state, tier_state

NAMES = ["a", "b", "日本語"]
TEXTS = ["", "line", "  tokens: 10 in / 2 out, cost=$0.25", '{"type":"zig_session_ended"}', "wörd \x1b[31m", "x" * 700]

EVENTS: list[Callable[[Log, str, int], Log]] = [
    lambda log, name, number: log.start(number),
    lambda log, name, number: log.tier(number, *NAMES[:number]),
    lambda log, name, number: log.step(name, number),
    lambda log, name, number: log.says(name, *TEXTS[number:]),
    lambda log, name, number: log.says(name, TEXTS[number], stream="stderr"),
    lambda log, name, number: log.done(name, number, name),
    lambda log, name, number: log.fails(name, number),
    lambda log, name, number: log.skips(name),
    lambda log, name, number: log.beat(number),
    lambda log, name, number: log.end("failure" if number else "success"),
]

BAD_LINES = [
    b"garbage",
    b'{"seq":3,"type":"step_out',
    b"\x00" * 50,
    b'\x00{"type":"heartbeat","interval_secs":10}',
    b"\xff\xfe{\x00}\x00",
    b"[]",
    b"null",
    b"1",
    b'"text"',
    b'{"type":"tier_started","step_names":' + b"[" * 3000 + b"]" * 3000 + b"}",
]
GLUED_LINES = [
    b'{"type":"heartbeat"}{"type":"heartbeat"}',
    b" ".join(Log().says("a", "1 of two").says("b", "2 of two").lines),
    b"".join(Log().says("a", "1 of three").beat().says("b", "3 of three", stream="stderr").lines),
    b"".join(Log().says("b", "1 of \\ four").fails("b").end().says("a", "4 of four").lines) + b"\r",
]
ODD_LINES = [
    *GLUED_LINES,
    b"\xef\xbb\xbf" + Log().start().lines[0],
    b'{"type":"step_output","step_name":"a","line":"\\ud800"}',
    b"",
    b" \t\r",
    b"{}",
    b'{"type":"step_output","step_name":"a","stream":"stdout","line":"caf\xe9"}',
    b'{"type":"tier_started","tier_index":0,"step_names":[' + b"[" * 900 + b"]" * 900 + b"]}",
    b'{"seq":99999999999999999999999,"ts":"x","type":"step_failed","step_name":"a","attempt":1e300}',
    b'{"seq":18446744073709551615,"type":"heartbeat","interval_secs":18446744073709551615}',
    b'{"seq":-1,"type":"tier_started","tier_index":-9223372036854775808,"step_names":["a","a",1,null]}',
    b'{"type":"step_completed","step_name":"","duration_ms":-1,"exit_code":-1,"saved_vars":"x"}',
    b'{"type":"later","x":{"y":[1,2,3]}}',
    b'{ "type" : "step_output" , "line" : "spaced" , "step_name" : "b" }\r',
    b'{"type":"step_output","step_name":"a","line":"1","line":"2"}',
]

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=20)
    | st.sampled_from(["a", "success", "stderr", "2026-03-01T12:00:00Z", "0001-01-01T00:00:00+23:59"]),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text("abc", max_size=2), values, max_size=3),
    max_leaves=5,
)


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """Events in any order, most often after a start, with damaged and odd lines between them."""
    log = Log()
    if draw(st.integers(0, 9)):
        log.start()
    for event, name, number, damage in draw(
        st.lists(
            st.tuples(
                st.sampled_from(EVENTS),
                st.sampled_from(NAMES),
                st.integers(0, 3),
                st.none() | st.none() | st.sampled_from(BAD_LINES + ODD_LINES),
            ),
            max_size=25,
        )
    ):
        event(log, name, number)
        if damage is not None:
            log.raw(damage)
    return log


@contextmanager
def log_on_disk(data: bytes = b"") -> Iterator[Path]:
    """A log in a directory of its own, which goes away with it."""
    with tempfile.TemporaryDirectory() as directory:
        yield log_file(Path(directory), data)


def outputs_by_json(data: bytes) -> list[tuple[str, str]]:
    """Step and text of each line of output, found with the json module."""
    outputs = []
    for line in re.split(rb"\n|(?<=\}) ?(?=\{)", data)[:-1]:
        try:
            event: Json = json.loads(line.decode("utf-8", "replace").removeprefix("\ufeff"))
        except (ValueError, RecursionError):
            continue
        if type(event) is dict and event.get("type") == "step_output":
            name, text = event.get("step_name"), event.get("line")
            if isinstance(name, str) and isinstance(text, str):
                outputs.append((_whole(name), _whole(text)))
    return outputs


def _whole(text: str) -> str:
    """Text with a replacement character for each half of a surrogate pair."""
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)


def check_everything(log: SessionLog, data: bytes) -> None:
    """Nothing of what a log of these bytes folds to raises, and it all fits together."""
    session = log.snapshot().session
    assert log.trouble is None
    assert session.session_id == SESSION_ID

    problem_lines = [problem.line for problem in all_problems(log)]
    assert problem_lines == sorted(problem_lines)
    assert all(1 <= line <= data.count(b"\n") + 1 for line in problem_lines)
    assert session.problem_count >= len(session.problems)

    assert [tier.ordinal for tier in session.tiers] == list(range(1, len(session.tiers) + 1))
    assert not any(tier.is_open for tier in session.tiers[:-1])
    assert [step.serial for step in session.steps] == list(range(len(session.steps)))
    assert [step for tier in session.tiers for step in session.steps_of(tier)] == list(session.steps)

    output = log.output()
    lines = [output.line(number) for number in range(len(output))]
    assert len(lines) == session.lines == sum(step.lines for step in session.steps)
    for step in session.steps:
        assert step in session.steps_of(session.tier_of(step))
        texts = texts_of(log, step)
        assert None not in texts
        assert len(texts) == step.lines
        assert step.attempt >= 1 or step.state in (StepState.PENDING, StepState.SKIPPED)
        assert all(failed.number >= 1 and failed.lines <= step.lines for failed in step.attempts)
    for name in {step.name for step in session.steps}:
        of_runs = [text for step in session.steps if step.name == name for text in texts_of(log, step)]
        assert of_runs == [line.text for line in lines if line is not None and line.step_name == name]

    for modified, grown in ((BEGAN, None), (BEGAN + 1e6, BEGAN)):
        vitals = vitals_of(session, modified, grown)
        for now in (0.0, BEGAN + 10, BEGAN + 1e5):
            state = session_state(vitals, now)
            session_elapsed_ms(session, state, last_sign_of_life(vitals, now), now)
            for tier in session.tiers:
                tier_elapsed_ms(tier, tier_state(tier, state), session.steps_of(tier), now, session.last_event_at)
            for step in session.steps:
                step_elapsed_ms(step, step_state(step, session.tier_of(step), state), now)


def fold_on_disk(data: bytes) -> None:
    """Read a log of these bytes and check everything."""
    with log_on_disk(data) as path:
        check_everything(read_log(path), data)
