"""The parts of the output pane, each tested alone: the search, the jumps and notes."""

import threading
from pathlib import Path

import pytest

import zigtui.reader.search.search as search_module
import zigtui.ui.output.search.search_controller as search_controller
from tests.reader.user_input.test_time_search import Stamped
from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log, at, read_log
from tests.support.screens import NOW, Clock, shown
from tests.support.waiting import DEADLINE_SECS, wait_until
from zigtui.reader.search.query import Query
from zigtui.reader.search.search import Search
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.user_input.jump_target import Jump, JumpTargetError
from zigtui.ui.output.chosen.chosen_output import ChosenOutput
from zigtui.ui.output.past_sessions import PastSessions
from zigtui.ui.output.search.jump_controller import JumpController, LogSpan
from zigtui.ui.output.search.search import OutputSearch
from zigtui.ui.output.search.search_controller import SearchController
from zigtui.ui.output.view.viewport import Spot, Start
from zigtui.ui.widgets.passing_note import Note
from zigtui.wording.tree.tree_rows import ALL_OUTPUT

LINES = [f"{number} {'apple' if number % 10 == 5 else 'nut'}" for number in range(100)]


class StillViewport:
    """A view of ten lines that records where it is moved."""

    def __init__(self) -> None:
        self.top_line = 0
        self.moves = 0
        self.went_to: list[int] = []

    @property
    def start(self) -> Start:
        return Start(self.top_line, 0)

    def has_left(self, spot: Spot) -> bool:
        return not self.top_line <= spot.number < self.top_line + 10

    def go_to(self, spot: Spot) -> None:
        self.went_to.append(spot.number)
        if self.has_left(spot):
            self.top_line = spot.number

    def go_to_line(self, line: int) -> None:
        self.went_to.append(line)
        self.top_line = line


@pytest.fixture
def viewport() -> StillViewport:
    return StillViewport()


@pytest.fixture
def log(base: Path) -> SessionLog:
    path = write_log(base, Log().start().tier(0, "a").says("a", *LINES).done("a").end(), "1", modified=NOW)
    return read_log(path)


class Searched:
    """A controller, and the events that its threads report."""

    def __init__(self, log: SessionLog, viewport: StillViewport) -> None:
        self.log = log
        self.past = PastSessions(log)
        self.output = ChosenOutput(log, ALL_OUTPUT, log.snapshot(), lambda read: read(), self.past)
        self.progress = threading.Event()
        self.controller = SearchController(viewport, self.progress.set)

    def update_until_quiet(self) -> None:
        """Update as the screen does, until no search runs any more."""
        self.controller.update(self.output, self.log.end_offset)
        while any(thread.name == "search" for thread in threading.enumerate()):
            assert self.progress.wait(DEADLINE_SECS)
        self.controller.update(self.output, self.log.end_offset)


def test_a_search_goes_to_the_first_match_and_on(log: SessionLog, viewport: StillViewport) -> None:
    searched = Searched(log, viewport)
    searched.controller.begin(Query("apple"), searched.output, searched.past)
    searched.update_until_quiet()
    assert viewport.went_to == [5]
    assert searched.controller.words(1.0) == "match 1 of 10"
    for direction in (1, 1, -1):
        searched.controller.go_on(direction, searched.output)
    assert viewport.went_to == [5, 15, 25, 15]
    viewport.top_line, viewport.moves = 80, 1
    searched.controller.go_on(1, searched.output)
    assert viewport.went_to[-1] == 85


def test_a_search_does_not_move_a_view_that_the_user_has_scrolled(log: SessionLog, viewport: StillViewport) -> None:
    searched = Searched(log, viewport)
    searched.controller.begin(Query("apple"), searched.output, searched.past)
    viewport.moves = 1
    searched.update_until_quiet()
    assert viewport.went_to == []
    assert searched.controller.words(1.0) == "10 matches"


def test_the_progress_of_a_search_never_goes_back(log: SessionLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "_PIECE_BYTES", 1024)
    output = ChosenOutput(log, ALL_OUTPUT, log.snapshot(), lambda read: read(), PastSessions(log))
    search, dividers = output.search(Query("apple"), 0), output.divider_search(Query("apple"), None, 0)
    assert search is not None
    both, states = OutputSearch(), []
    both.begin(Query("apple"), search, dividers)
    for part in (dividers, search):
        part.run(lambda: states.append(both.words(1.0)))
    shares = [int(state.split()[1].rstrip("%")) for state in states if state.startswith("searching")]
    assert len(set(shares)) > 5
    assert shares == sorted(shares)


def test_the_first_match_is_reported_at_once_if_it_is_a_divider(
    log: SessionLog, viewport: StillViewport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_controller, "monotonic", lambda: 0.0)  # so that nothing else is reported
    searched = Searched(log, viewport)
    reports: list[str] = []
    controller = SearchController(viewport, lambda: reports.append(controller.words(1.0)))
    controller.begin(Query("a succeeded"), searched.output, searched.past)
    controller.update(searched.output, log.end_offset)
    wait_until(lambda: reports and "searching" not in reports[-1])
    assert any(report.startswith("searching") and "match" in report for report in reports)


def fail(*_: object) -> None:
    raise ValueError("unforeseen")


def test_a_search_that_fails_unexpectedly_ends_and_reports_it(
    log: SessionLog, viewport: StillViewport, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Search, "_search_piece", fail)
    searched = Searched(log, viewport)
    searched.controller.begin(Query("apple"), searched.output, searched.past)
    searched.update_until_quiet()
    assert searched.controller.words(1.0) == "the search failed unexpectedly"
    searched.update_until_quiet()  # and is not begun again
    assert caplog.text.count("ValueError: unforeseen") == 1


async def test_on_the_screen_a_search_that_fails_is_not_searching_for_ever(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_log(base, Log().start().tier(0, "a").says("a", *LINES), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        monkeypatch.setattr(Search, "_search_piece", fail)
        await screen.search("apple")
        await screen.wait_until(lambda: screen.found.startswith("the search failed unexpectedly"))
        monkeypatch.undo()
        await screen.search("15 apple")
        assert screen.found.startswith("match 1 of 1 ")


async def test_a_first_read_that_fails_is_a_notice_on_the_screen(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_log(base, Log().start().tier(0, "a").says("a", *LINES), "1", modified=BEGAN)
    async with shown(base, clock=Clock(BEGAN)) as screen:
        monkeypatch.setattr(SessionLog, "advance", fail)
        await screen.press("enter")
        await screen.wait_for("the log could not be read: unexpected error")
        await screen.press("escape")
        assert "1 live" in screen.lines[0]


def test_a_jump_goes_at_once_to_what_is_known(log: SessionLog, viewport: StillViewport) -> None:
    jump = JumpController(viewport, viewport.go_to_line)
    span = LogSpan(BEGAN, BEGAN + 100, is_complete=True)
    assert jump.go_to("40", log.output(), span) == Jump(39)
    assert jump.go_to("50%", log.output(), span) == Jump(50)
    assert viewport.went_to == [39, 50]
    with pytest.raises(JumpTargetError):
        jump.go_to("101", log.output(), span)
    assert jump.waiting_for is None


@pytest.mark.parametrize("scrolls", [False, True])
def test_a_jump_waits_for_lines_that_are_not_read(log: SessionLog, viewport: StillViewport, scrolls: bool) -> None:
    jump = JumpController(viewport, viewport.go_to_line)
    span = LogSpan(BEGAN, BEGAN + 100, is_complete=False)
    assert jump.go_to("50%", log.output(), span) is None
    assert jump.resume(log.output(), span) is None
    assert jump.waiting_for == "50%"
    viewport.moves += scrolls
    assert jump.resume(log.output(), span._replace(is_complete=True)) == (None if scrolls else Jump(50))
    assert jump.waiting_for is None


def test_a_cancelled_jump_is_forgotten(log: SessionLog, viewport: StillViewport) -> None:
    jump = JumpController(viewport, viewport.go_to_line)
    jump.go_to("50%", log.output(), LogSpan(None, None, is_complete=False))
    jump.cancel()
    assert jump.resume(log.output(), LogSpan(None, None, is_complete=True)) is None
    assert viewport.went_to == []


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_a_jump_that_searches_many_lines_does_so_in_steps(viewport: StillViewport, is_cancelled: bool) -> None:
    jump = JumpController(viewport, viewport.go_to_line)
    lines = Stamped([at(number) if number % 2 else "2099-01-01T00:00:00+00:00" for number in range(40_000)])
    span = LogSpan(BEGAN, BEGAN + 40_000, is_complete=True)
    found = jump.go_to("+39001s", lines, span)
    steps = 1
    while found is None and jump.waiting_for == "+39001s" and steps < 10:
        if is_cancelled:
            jump.cancel()
        found = jump.resume(lines, span)
        steps += 1
    assert (jump.waiting_for, steps) == (None, 2 if is_cancelled else 4)
    assert viewport.went_to == ([] if is_cancelled else [39_001])


def test_a_note_disappears_after_its_time() -> None:
    now = 0.0
    note = Note(6.0, lambda: now)
    assert note.text == ""
    note.set("line 12")
    now = 5.9
    assert note.text == "line 12"
    now = 6.0
    assert note.text == ""
    note.set("line 13")
    note.set("")
    assert note.text == ""
