"""How long a step took, also if the recorded duration and the output disagree."""

from pathlib import Path

from tests.support.cases import each_case
from tests.support.logs import BEGAN, Log, log_file, read_log
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.wording.step_times import printing_ms, step_time


def snapshot_of(tmp_path: Path, log: Log) -> SessionSnapshot:
    return read_log(log_file(tmp_path, log.data)).snapshot(BEGAN)


def parallel(names: str, printed_after: float, recorded_ms: int) -> Log:
    log = Log().start().tier(0, *names).step("a").wait(printed_after).says("a", "done")
    return log.done("a", recorded_ms)


@each_case(
    ("names", "printed_after", "recorded_ms", "expected"),
    [
        ("ab", 0.5, 0, "500ms·0ms"),
        ("ab", 8.2, 12_400, "8.2s·12.4s"),
        ("ab", 10, 10_900, "10.9s"),
        ("a", 0.5, 9000, "9.0s"),
        ("ab", 0.014, 8, "8ms"),
        ("ab", 0, 20, "20ms"),
    ],
)
def test_a_parallel_step_has_two_times_if_they_differ(
    tmp_path: Path, names: str, printed_after: float, recorded_ms: int, expected: str
) -> None:
    snapshot = snapshot_of(tmp_path, parallel(names, printed_after, recorded_ms))
    step = snapshot.session.steps[0]
    assert step_time(step, snapshot) == expected
    assert (printing_ms(step, snapshot.session) is None) == ("·" not in expected)


def test_a_step_that_never_started_took_an_unknown_time(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, Log().start().tier(0, "a"))
    (step,) = snapshot.session.steps
    assert (step_time(step, snapshot), step_time(step, snapshot, unknown="")) == ("–", "")
