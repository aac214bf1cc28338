"""The bars of a timeline: attempts, silences, ends and what is outside the axis."""

import itertools
from collections.abc import Hashable

import pytest

from tests.support.line_counts import counted
from tests.support.logs import BEGAN, SESSION_ID, Log, log_at, log_file
from zigtui.reader.session.session_log import SessionLog
from zigtui.wording.states import STATE_SIGNS
from zigtui.wording.timeline.busy_times import BusyTimes
from zigtui.wording.timeline.row_bars import RowBars
from zigtui.wording.timeline.time_axis import TimeAxis
from zigtui.wording.timeline.time_bars import draw_bar
from zigtui.wording.timeline.time_spans import FailureTimes, span_of_row


@pytest.fixture
def read(tmp_path_factory: pytest.TempPathFactory) -> "type[Read]":
    Read.directory = tmp_path_factory
    return Read


class Read:
    """A log that has just been written, read to its end."""

    directory: pytest.TempPathFactory

    def __init__(self, log: Log, now: float | None = None) -> None:
        self.log: SessionLog = log_at(log_file(self.directory.mktemp(SESSION_ID), log.data))
        self.log.read_all()
        self.now = BEGAN + (log.second if now is None else now)

    def bar(self, key: Hashable, begin: float, end: float, width: int) -> str:
        """The bar of a row on an axis, given in seconds after the start."""
        bars = RowBars(self.log.silences, 30)
        axis = TimeAxis([(BEGAN + begin, BEGAN + end)], width)
        return "".join(text for text, _ in bars.bar(key, self.log.snapshot(self.now), axis))


def test_attempts_are_segments_with_a_cross_where_they_failed(read: type[Read]) -> None:
    log = Log().start().tier(0, "a").wait(8).step("a").wait(10).fails("a").says("a", "x").wait(20).done("a").end()
    found = read(log)
    assert found.bar(("step", 0), 0, 40, 20) == "    ▇▇▇▇▇✘▇▇▇▇▇▇▇▇▇▇"
    assert found.bar(("attempt", 0, 0), 0, 40, 20) == "    ▇▇▇▇▇✘          "
    assert found.bar(("attempt", 0, 1), 0, 40, 20) == "         ▇▇▇▇▇▇▇▇▇▇▇"


def test_what_is_under_way_grows(read: type[Read]) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", "x")
    assert read(log, 10).bar(("step", 0), 0, 40, 20) == " ▇▇▇→               "
    assert read(log, 20).bar(("step", 0), 0, 40, 20) == " ▇▇▇▇▇▇▇▇→          "


@pytest.mark.parametrize("lines", [1, 1000])
def test_silences_are_thin(read: type[Read], lines: int) -> None:
    """The lines of a short log are indexed one by one, those of a long one in batches."""
    log = Log().start().tier(0, "a").wait(0).step("a")
    for _ in range(lines):
        log.wait(0).says("a", "x" * 100)
    log.wait(40).says("a", "back").beat().wait(20).says("a", "again").wait(20).done("a").end()
    log_read = read(log)
    silent = log_read.bar(("step", 0), 0, 80, 40)
    assert silent.count("┄") in (19, 20)
    assert silent.strip("▇┄ ") == ""
    assert read(log.says("a", "z"), 200).log.silences(log_read.log.snapshot().session.steps[0])


def test_a_step_that_is_silent_since_its_last_output_is_thin_since_then(read: type[Read]) -> None:
    log = Log().start().tier(0, "a").step("a").wait(6).says("a", "x").beat()
    assert "┄" not in read(log, 30).bar(("step", 0), 0, 60, 30)
    log.wait(40).beat()
    assert read(log, 60).bar(("step", 0), 0, 60, 30) == " ▇▇▇┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄→"


def test_a_step_that_has_never_printed_is_thin_from_its_beginning_on(read: type[Read]) -> None:
    log = Log().start().tier(0, "a", "b").step("a").step("b").wait(6).says("b", "x").beat()
    assert "┄" not in read(log, 30).bar(("step", 0), 0, 60, 30)
    log.wait(40).beat()
    assert read(log, 60).bar(("step", 0), 0, 60, 30) == " ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄→"
    log = Log().start().tier(0, "a").step("a").wait(6).fails("a").wait(9).fails("a", 2).says("a", "x")
    assert "┄" not in read(log.wait(25).done("a")).bar(("step", 0), 0, 60, 30)


def test_a_step_that_ended_after_a_silence_is_thin_up_to_its_end(read: type[Read]) -> None:
    log = Log().start().tier(0, "a").step("a").wait(6).says("a", "x").wait(40)
    assert read(log.done("a").end()).bar(("step", 0), 0, 60, 30) == " ▇▇▇┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄      "


def test_the_time_after_the_last_output_of_a_parallel_step_is_dotted(read: type[Read]) -> None:
    log = Log().start().tier(0, "a", "b").step("a").step("b").wait(10).says("a", "x").wait(20).says("b", "x")
    found = read(log.done("b").done("a").end())
    assert found.bar(("step", 0), 0, 40, 20) == " ▇▇▇▇▇············  "
    assert found.bar(("step", 1), 0, 40, 20).count("·") < 3
    assert "·" not in found.bar(("tier", 1), 0, 40, 20)


def test_a_cell_in_which_a_parallel_step_printed_is_not_dotted(read: type[Read]) -> None:
    log = Log().start().tier(0, "a", "b").step("a").step("b").wait(5).says("a", "x").wait(3).says("b", "x")
    found = read(log.done("b").done("a").wait(600).end())
    assert found.bar(("step", 0), 0, 600, 10) == "▇         "


@pytest.mark.parametrize("secs", range(1, 10))
def test_the_dots_of_a_parallel_step_end_no_later_than_its_tier(read: type[Read], secs: int) -> None:
    log = Log().start().tier(0, "a", "b").step("a").step("b").wait(50 + secs).says("a", "x").says("b", "x").wait(0.5)
    found = read(log.done("b").done("a").wait(49.5 - secs).end())
    length = len(found.bar(("tier", 1), 0, 100, 10).rstrip())
    assert [len(found.bar(("step", serial), 0, 100, 10).rstrip()) for serial in range(2)] == [length] * 2


def test_signs_in_bars_mean_nothing_else(read: type[Read]) -> None:
    """A failure has its sign in both places."""
    log = Log().start().tier(0, "a", "b", "c").step("a").step("b").wait(5).says("a", "x").fails("b").says("b", "y")
    log.wait(40).says("b", "z").done("b").done("a").tier(1, "d").step("d", 1).says("d", "x")
    found = read(log.beat())
    bars = "".join(found.bar(("step", serial), 0, 120, 60) for serial in range(4))
    assert set(bars) > set("▇┄·✘→")
    others = {sign.glyph for sign in STATE_SIGNS.values()} | set("▸▾")
    assert set(bars) & others == {"✘"}


def test_the_last_pass_is_on_the_axis_even_if_it_took_no_time(read: type[Read]) -> None:
    log = Log().start().wait(2)
    for _ in range(2):
        log.tier(0, "a").wait(0).step("a").wait(0).done("a", 0)
    times, found = BusyTimes(), read(log.wait(0).end())
    times.renew(found.log.snapshot(found.now))
    axis = times.axis(0, None, 20)
    bars = RowBars(found.log.silences, 30)
    for number in (1, 2):
        bar = "".join(text for text, _ in bars.bar(("pass", number), found.log.snapshot(found.now), axis))
        assert "▇" in bar, number


def test_runs_outside_the_axis_have_a_mark_at_its_edge(read: type[Read]) -> None:
    found = read(Log().start().tier(0, "a").wait(10).step("a").done("a").wait(10).end())
    assert found.bar(("step", 0), 15, 20, 5) == "‹    "
    assert found.bar(("step", 0), 0, 5, 5) == "    ›"
    assert found.bar(("step", 7), 0, 5, 5) == "     "
    assert found.bar(("ahead", 3), 0, 5, 5) == "     "


def test_the_axis_of_a_session_folds_waits_and_grows_in_steps(read: type[Read]) -> None:
    log = Log().start(2).tier(0, "a").step("a").says("a", "x").done("a").wait(600).tier(1, "b").step("b").says("b", "x")
    times, found = BusyTimes(), read(log)
    axes = []
    for later in range(3):
        times.renew(found.log.snapshot(found.now + later))
        axes.append(times.axis(0, None, 60))
    assert all(axis is axes[0] for axis in axes)
    assert [gap.label for gap in axes[0].gaps] == ["≀ 10m ≀"]
    assert times.moment(times.position(BEGAN + 2)) == BEGAN + 2


def test_clocks_that_jump_do_not_break_an_axis(read: type[Read]) -> None:
    log = Log().start(3).tier(0, "a").step("a").done("a").wait(-5000).tier(1, "b").step("b").done("b")
    log.wait(1e8).tier(2, "c").step("c").done("c").event("tier_started", ts="never", tier_index=3, step_names=["d"])
    times, found = BusyTimes(), read(log.end())
    times.renew(found.log.snapshot(found.now))
    axis = times.axis(0, None, 60)
    assert len(axis.labels()) == 60
    for serial in range(4):
        assert len(found.bar(("step", serial), -6000, 1e8, 60)) == 60


def retried(attempts: int) -> Log:
    """A step that fails in each second, and goes on."""
    log = Log().start().tier(0, "a").wait(0).step("a")
    for number in range(1, attempts + 1):
        log.fails("a", number)
    return log.wait(0).says("a", "on")


@pytest.mark.parametrize("attempts", [1, 7, 300])
def test_attempts_are_drawn_as_if_each_were_drawn_by_itself(read: type[Read], attempts: int) -> None:
    found = read(retried(attempts))
    span = span_of_row(("step", 0), found.log.snapshot(found.now), FailureTimes())
    assert span is not None
    alone = span._replace(rest=tuple(span.pieces()), failed=())
    for begin, length in itertools.product((-5, 0, 3, 5.5, 299), (1, 7, 10, 120, 600)):
        for width in (1, 10, 40, 99):
            axis = TimeAxis([(BEGAN + begin, BEGAN + begin + length)], width)
            assert draw_bar(span, axis, (), 30) == draw_bar(alone, axis, (), 30)


def test_what_grows_ends_with_its_mark_after_an_attempt_that_failed(read: type[Read]) -> None:
    found = read(retried(300))
    assert found.bar(("step", 0), 0, 600, 10) == "✘✘✘✘✘→    "
    assert found.bar(("attempt", 0, 150), 100, 200, 10) == "     ✘    "
    assert found.bar(("attempt", 0, 300), 0, 600, 10) == "     →    "


def test_attempts_are_drawn_in_order_although_the_clock_was_set_back(read: type[Read]) -> None:
    log = Log().start().tier(0, "a").wait(0).step("a").wait(20).fails("a").wait(-10).fails("a", 2)
    found = read(log.wait(20).fails("a", 3).end("failure"))
    assert found.bar(("step", 0), 0, 40, 20) == "▇▇▇▇▇▇▇▇▇✘▇▇▇▇▇✘    "
    assert found.bar(("attempt", 0, 2), 0, 40, 20) == "     ▇▇▇▇▇▇▇▇▇▇✘    "


def test_a_bar_costs_the_same_for_few_attempts_and_for_many(read: type[Read]) -> None:
    costs: dict[str, int] = {}
    for name, attempts in (("few", 50), ("many", 2000)):
        found = read(retried(attempts))
        bars, axis = RowBars(found.log.silences, 30), TimeAxis([(BEGAN, BEGAN + attempts)], 40)
        for key in (("step", 0), ("attempt", 0, attempts // 2)):
            bars.bar(key, found.log.snapshot(found.now), axis)
            with counted(costs, f"{name} {key[0]}"):
                bars.bar(key, found.log.snapshot(found.now + 1), axis)
    assert costs["many step"] < 2 * costs["few step"]
    assert costs["many attempt"] < 2 * costs["few attempt"]
