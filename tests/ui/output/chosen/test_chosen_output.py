"""The output for a row of the tree, without a screen: past steps whose log is gone, hangs or comes back."""

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import pytest

from tests.support.listeners import handled, listener, one_ends_early
from tests.support.logs import Log, append, log_at, log_file
from zigtui.reader.search.query import Query
from zigtui.reader.session.past_pages import PastPages
from zigtui.reader.session.session_log import SessionLog
from zigtui.ui.output.chosen.chosen_output import ChosenOutput
from zigtui.ui.output.past_sessions import PastSessions
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.widgets.bar import BarLine

PASSES = 200
KEYS = [("step", 0), ("step", 1), ("tier", 1), ("tier", 2)]


class Disk:
    """Calls what reads, and records whether it is called only from here."""

    def __init__(self) -> None:
        self.answers = True
        self.is_reading = False

    def read(self, read: Callable[[], Any]) -> Any:
        if not self.answers:
            raise NoAnswerError
        self.is_reading = True
        try:
            return read()
        finally:
            self.is_reading = False


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return log_file(tmp_path, listener(PASSES).data)


@pytest.fixture
def log(path: Path) -> SessionLog:
    log = log_at(path)
    log.read_all()
    return log


def chosen(log: SessionLog, key: Hashable, disk: Disk, past: PastSessions) -> ChosenOutput:
    return ChosenOutput(log, key, log.snapshot(), disk.read, past)


def words(bar: tuple[BarLine, ...]) -> str:
    """The first line of a bar."""
    return "".join(text for text, _ in bar[0][0])


def texts(output: ChosenOutput) -> list[str]:
    lines = (output.lines.line(number) for number in range(len(output.lines)))
    return [line.text if line is not None else "" for line in lines]


def test_past_steps_are_read_only_through_the_reader_of_the_screen(
    log: SessionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk()
    with_pass = PastPages.with_pass

    def checked(pages: PastPages, *arguments: Any) -> Any:
        assert disk.is_reading
        return with_pass(pages, *arguments)

    monkeypatch.setattr(PastPages, "with_pass", checked)
    past = PastSessions(log, disk.read)
    assert texts(chosen(log, ("step", 0), disk, past)) == ["received 1"]
    output = chosen(log, ("step", 201), disk, past)
    assert texts(output) == ["answering 101"]
    assert output.end() is not None


@pytest.mark.parametrize("key", KEYS)
def test_a_past_step_that_was_read_before_is_found_although_the_log_is_gone(
    log: SessionLog, path: Path, key: Hashable
) -> None:
    disk = Disk()
    past = PastSessions(log, disk.read)
    session = log.snapshot().session
    for index in (0, *range(len(session.past) - 1, 0, -len(session.past) // 6)):  # more pages than `PastPages` keeps
        past.with_pass(session, index)
    path.unlink()
    output = chosen(log, key, disk, past)
    assert len(output.lines) == 1
    assert not words(output.title([], 60)).startswith("All output")


@pytest.mark.parametrize("key", KEYS)
def test_a_past_step_that_can_no_longer_be_read_has_no_lines_until_it_can(
    log: SessionLog, path: Path, key: Hashable
) -> None:
    disk, past = Disk(), PastSessions(log)
    away = path.rename(path.with_suffix(".away"))
    output = chosen(log, key, disk, past)
    assert words(output.title([], 60)) == "(can no longer be read)"
    assert (len(output.lines), len(output.dividers()), output.search(Query("received"), 0)) == (0, 0, None)
    assert not output.is_outdated(log.snapshot())
    away.rename(path)
    append(path, handled(listener(PASSES).wait(600), PASSES + 1).data[path.stat().st_size :])
    output.update(log.read_all())
    assert output.is_outdated(log.snapshot())
    assert len(chosen(log, key, disk, past).lines) == 1


@pytest.mark.parametrize("key", KEYS)
def test_a_past_step_is_empty_while_the_disk_does_not_answer(log: SessionLog, key: Hashable) -> None:
    disk = Disk()
    disk.answers = False
    past = PastSessions(log, disk.read)
    output = chosen(log, key, disk, past)
    assert (len(output.lines), len(output.dividers())) == (0, 0)
    assert not output.is_outdated(log.snapshot())
    disk.answers = True
    assert output.is_outdated(log.snapshot())
    assert len(chosen(log, key, disk, past).lines) == 1


@pytest.mark.parametrize("answers", [True, False])
def test_a_step_whose_pass_has_become_a_past_one_since_the_last_snapshot(
    log: SessionLog, path: Path, answers: bool
) -> None:
    disk = Disk()
    disk.answers = answers
    past, before = PastSessions(log, disk.read), log.snapshot()
    more = listener(PASSES)
    for number in range(PASSES + 1, PASSES + 50):
        handled(more.wait(600), number)
    append(path, more.data[path.stat().st_size :])
    log.read_all()
    serial = before.session.first_serial
    output = ChosenOutput(log, ("step", serial), before, disk.read, past)
    assert len(output.lines) == answers
    disk.answers = True
    assert output.is_outdated(log.snapshot()) is not answers


def test_the_iterations_of_a_loop_are_counted_within_their_pass(tmp_path: Path) -> None:
    looping = Log().start(2)
    for number in range(1, 41):
        handled(looping.wait(600), number)
        looping.tier(1, "answer").step("answer", 1).says("answer", "again").done("answer")
    log = log_at(log_file(tmp_path, looping.data))
    session = log.read_all().session
    past = PastSessions(log)
    bars = {}
    for ordinal in (4, 5, 6, session.first_ordinal, session.first_ordinal + 2):
        output = chosen(log, ("tier", ordinal), Disk(), past)
        bars[ordinal] = "".join(text for text, _ in output.title([], 60)[1][0])
    assert list(bars.values()) == ["", "", "pass 2", "", "pass 2"]


def test_above_a_pass_that_ended_early_is_the_same_reason_as_in_a_report(tmp_path: Path) -> None:
    log = log_at(log_file(tmp_path, one_ends_early(30, early=25).data))
    log.read_all()
    output = chosen(log, ("pass", 25), Disk(), PastSessions(log))
    about = "".join(text for text, _ in output.title([], 60)[1][0])
    assert about == "ended early: no failure was recorded"
