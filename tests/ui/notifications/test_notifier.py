"""What is reported of sessions, when, and only once."""

from collections.abc import Collection
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.machines import MachinesByHand, mirror_root
from tests.support.screens import Clock, location_of
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.location import LogLocation
from zigtui.reader.session.session_log import SessionLog
from zigtui.settings import Settings
from zigtui.ui.notifications.gathering import GATHER_SECS, PAUSE_SECS
from zigtui.ui.notifications.news import SHOWN_SECS, News
from zigtui.ui.notifications.notifier import Notifier
from zigtui.ui.notifications.session_watch import SessionWatch

STALL_SECS = 60.0


class Watched:
    """A base whose sessions a notifier watches, while the user is away unless a test brings them back."""

    def __init__(
        self, base: Path, notify: str = "all", began: float = BEGAN, machines: MachinesByHand | None = None
    ) -> None:
        self.base = base
        self.clock = Clock(began)
        self.moment = Clock(0.0)
        self.catalog = Catalog([str(base)], clock=self.clock, stall_secs=STALL_SECS, machines=machines)
        self.notifier = Notifier(self.catalog, Settings(notify=notify), self.moment)
        self.notifier.attention.focus_changed(False)
        self.displayed: LogLocation | None = None
        self.in_sight: Collection[LogLocation] = ()
        self.logs: dict[int, tuple[Path, Log]] = {}

    def begin(self, number: int, log: Log | None = None) -> LogLocation:
        """Record the start of a session, and let the notifier see it."""
        log = log or Log().start(2).tier(0, "build").step("build")
        path = write_log(self.base, log, session_id(number), modified=self.clock.now, workflow=f"flow{number}")
        self.logs[number] = (path, log)
        assert self.pass_secs(0) == ("", "")
        return location_of(self.catalog, path)

    def end(self, number: int, status: str = "success") -> None:
        """Record the end of a session."""
        path, log = self.logs[number]
        count = len(log.lines)
        if status != "success":
            log.fails("build", exit_code=2)
        log.end(status)
        append(path, b"".join(line + b"\n" for line in log.lines[count:]), self.clock.now)

    def beat(self, number: int) -> None:
        """Record a heartbeat."""
        path, log = self.logs[number]
        log.wait(self.clock.now - BEGAN - log.second).beat()
        append(path, log.lines[-1] + b"\n", self.clock.now)

    def pass_secs(self, seconds: float) -> tuple[str, str]:
        """Let some time pass, and return what is reported inside and outside of the screen."""
        self.clock.now += seconds
        self.moment.now += seconds
        self.catalog.read_all()
        inside, outside = self.notifier.update(self.clock.now, self.displayed, self.in_sight)
        return inside.text if inside is not None else "", outside.text if outside is not None else ""

    def reported(self, seconds: float = GATHER_SECS + PAUSE_SECS) -> tuple[str, str]:
        """What is reported after the notifier has seen the changes, and has waited for more."""
        before, after = self.pass_secs(0), self.pass_secs(seconds)
        assert before == ("", "")
        return after


@pytest.fixture
def watched(base: Path) -> Watched:
    return Watched(base)


FAILED = "✘ flow1 (src-shop) failed after 4.3s: build: no luck with 1"


def test_a_session_that_ends_is_reported_once(watched: Watched) -> None:
    watched.begin(1)
    watched.end(1, "failure")
    assert watched.reported() == (FAILED, FAILED)
    for _ in range(3):
        assert watched.reported() == ("", "")
    assert watched.notifier.watch.unseen_failures == 1


def test_what_was_over_at_the_start_is_not_reported(base: Path) -> None:
    long_ago = Log().start().tier(0, "build").step("build").fails("build").end("failure")
    write_log(base, long_ago, session_id(1), modified=BEGAN)
    write_log(base, Log().start().tier(0, "build").step("build"), session_id(2), modified=BEGAN)  # lost
    watched = Watched(base, began=BEGAN + 3600)
    assert watched.reported() == ("", "")
    assert watched.reported(3600) == ("", "")
    assert watched.notifier.watch.unseen_failures == 0
    write_log(base, long_ago, session_id(3), modified=BEGAN)  # found later, by a slow scan or after a copy
    assert watched.reported() == ("", "")


@pytest.mark.parametrize("ahead", [1, 30, 59, 600])
@pytest.mark.parametrize("status", ["success", "failure"])
def test_what_was_over_at_the_start_is_not_reported_if_the_clock_of_its_writer_is_ahead(
    base: Path, ahead: int, status: str
) -> None:
    log = Log().start().tier(0, "build").wait(ahead).end(status)
    write_log(base, log, session_id(1), modified=BEGAN)
    watched = Watched(base, began=BEGAN + 1)
    assert watched.reported() == ("", "")
    assert watched.reported(3600) == ("", "")
    assert watched.notifier.watch.unseen_failures == 0


@pytest.mark.parametrize("status", ["success", "failure"])
def test_an_end_that_counts_later_although_the_log_has_not_changed_is_not_reported(base: Path, status: str) -> None:
    log = Log().start().tier(0, "build")
    path = write_log(base, log, session_id(1), modified=BEGAN)
    catalog = Catalog([str(base)])
    catalog.read_all()
    location = location_of(catalog, path)
    before = SessionLog(location).read_all()
    write_log(base, log.wait(5).end(status), session_id(1), modified=BEGAN)
    after = SessionLog(location).read_all()
    watch = SessionWatch(BEGAN + 1)
    assert watch.update([before], [], BEGAN + 1) == []
    assert watch.is_live(location)
    assert watch.update([after], [], BEGAN + 6) == []
    assert not watch.is_live(location)
    assert watch.unseen_failures == 0


def test_a_session_that_began_and_ended_between_two_updates_is_reported(watched: Watched) -> None:
    log = Log().start().tier(0, "build").step("build").fails("build").end("failure")
    write_log(watched.base, log, session_id(1), modified=BEGAN, workflow="flow1")
    assert watched.reported() == (FAILED, FAILED)


def test_many_ends_are_gathered(watched: Watched) -> None:
    for number in range(1, 7):
        watched.begin(number)
    for number in range(1, 6):
        watched.end(number, "failure" if number < 3 else "success")
    text = "✘ 5 sessions ended, 2 failed"
    assert watched.reported(GATHER_SECS) == (text, text)
    watched.end(6)
    assert watched.reported(PAUSE_SECS - 1) == ("", "")
    assert watched.reported(1) == ("✔ flow6 (src-shop) succeeded after 4.3s",) * 2


def test_a_session_that_stalls_or_is_lost_is_reported_each_time(watched: Watched) -> None:
    watched.begin(1)
    for _ in range(7):
        watched.pass_secs(10)
        watched.beat(1)
    assert watched.reported(GATHER_SECS) == ("◐ flow1 (src-shop) stalled: quiet for 1m",) * 2
    watched.beat(1)
    assert watched.reported() == ("", "")
    assert watched.reported(100)[0] == ""
    assert watched.reported()[0].startswith("☠ flow1 (src-shop) lost after")
    assert watched.reported() == ("", "")
    watched.beat(1)  # its machine was suspended
    assert watched.reported()[0] == "◐ flow1 (src-shop) stalled: quiet for 3m"


@pytest.mark.parametrize(
    ("notify", "ends", "fails"), [("none", False, False), ("failed", False, True), ("all", True, True)]
)
def test_the_setting_decides_what_is_reported_outside(base: Path, notify: str, ends: bool, fails: bool) -> None:
    watched = Watched(base, notify)
    for number in (1, 2):
        watched.begin(number)
    watched.end(1)
    assert [bool(text) for text in watched.reported()] == [True, ends]
    watched.end(2, "failure")
    assert [bool(text) for text in watched.reported()] == [True, fails]


def test_an_armed_session_is_reported_whatever_the_setting(base: Path) -> None:
    watched = Watched(base, "none")
    first, second, third = (watched.begin(number) for number in (1, 2, 3))
    assert watched.notifier.toggle(first)
    assert watched.notifier.toggle(second)
    assert not watched.notifier.toggle(second)
    for number in (1, 2, 3):
        watched.end(number)
    assert watched.reported() == ("✔ 3 sessions ended", "✔ flow1 (src-shop) succeeded after 4.3s")
    assert not watched.notifier.is_armed(first)
    assert not watched.notifier.is_armed(third)


def test_what_the_user_sees_is_reported_only_if_armed(watched: Watched) -> None:
    one, two = watched.begin(1), watched.begin(2)
    watched.notifier.attention.focus_changed(True)
    watched.displayed = one
    watched.end(1, "failure")
    assert watched.reported() == ("", "")
    assert watched.notifier.watch.unseen_failures == 0
    watched.end(2)  # while another session is displayed
    assert watched.reported() == ("✔ flow2 (src-shop) succeeded after 4.3s",) * 2
    watched.displayed = None  # the list
    third = watched.begin(3)
    watched.in_sight = [third]
    watched.end(3)
    assert watched.reported() == ("", "")
    fourth = watched.begin(4)
    watched.in_sight = [third, fourth]
    watched.notifier.toggle(fourth)
    watched.end(4)
    assert watched.reported() == ("✔ flow4 (src-shop) succeeded after 4.3s", "")
    watched.displayed = fifth = watched.begin(5)
    watched.notifier.toggle(fifth)
    watched.end(5)
    assert watched.reported() == ("✔ flow5 (src-shop) succeeded after 4.3s", "")
    assert two != third


def test_a_session_out_of_sight_of_the_list_is_reported(base: Path) -> None:
    watched = Watched(base, "failed")
    watched.notifier.attention.focus_changed(True)
    one, _ = watched.begin(1), watched.begin(2)
    watched.in_sight = [one]
    watched.end(2, "failure")
    text = "✘ flow2 (src-shop) failed after 4.3s: build: no luck with 1"
    assert watched.reported() == (text, text)
    watched.in_sight = []
    assert watched.pass_secs(100)[1] == ""
    assert watched.reported()[1].startswith("☠ flow1 (src-shop) lost after")


@pytest.mark.parametrize("is_open", [True, False], ids=["open", "in the list"])
def test_without_reports_of_the_focus_what_is_displayed_is_reported_outside(base: Path, is_open: bool) -> None:
    watched = Watched(base, "failed")
    watched.notifier = Notifier(watched.catalog, Settings(notify="failed"), watched.moment)
    location = watched.begin(1)
    watched.displayed, watched.in_sight = (location, []) if is_open else (None, [location])
    watched.end(1, "failure")
    watched.notifier.attention.typed()
    assert watched.reported() == ("", FAILED)


def test_a_failure_is_unseen_until_its_session_is_opened(watched: Watched) -> None:
    location = watched.begin(1)
    watched.end(1, "failure")
    watched.reported()
    watched.displayed = location
    watched.pass_secs(1)
    assert watched.notifier.watch.unseen_failures == 1  # the user is away
    watched.notifier.attention.typed()
    watched.pass_secs(1)
    assert watched.notifier.watch.unseen_failures == 0


def test_without_reports_of_the_focus_the_user_is_present_for_a_while_after_a_key(base: Path) -> None:
    watched = Watched(base)
    attention = Notifier(watched.catalog, Settings(), watched.moment).attention
    assert attention.is_present
    watched.moment.now += 60
    assert not attention.is_present
    attention.typed()
    assert attention.is_present
    attention.focus_changed(True)
    watched.moment.now += 3600
    assert attention.is_present
    attention.focus_changed(False)
    assert not attention.is_present


@pytest.mark.parametrize(("reported", "expected"), [(None, True), (True, True), (False, False)])
def test_the_answer_that_the_terminal_reports_its_focus_is_no_report_of_it(
    base: Path, reported: bool | None, expected: bool
) -> None:
    watched = Watched(base)
    attention = Notifier(watched.catalog, Settings(), watched.moment).attention
    assert not attention.has_focus
    if reported is not None:
        attention.focus_changed(reported)  # some terminals do so at once, and a slow link delays the answer
    attention.focus_is_reported()
    assert attention.has_focus is expected


def test_the_facts_of_a_report_are_variables(watched: Watched) -> None:
    location = watched.begin(1)
    watched.end(1, "failure")
    watched.pass_secs(0)
    watched.moment.now += GATHER_SECS
    outside = watched.notifier.update(watched.clock.now, None).outside
    assert outside is not None
    assert outside.facts() == {
        "ZIGTUI_SUMMARY": FAILED,
        "ZIGTUI_STATE": "failed",
        "ZIGTUI_COUNT": "1",
        "ZIGTUI_WORKFLOW": "flow1",
        "ZIGTUI_PROJECT": "src-shop",
        "ZIGTUI_SESSION": session_id(1),
        "ZIGTUI_ERROR": "build: no luck with 1",
        "ZIGTUI_LOG": location.path,
    }
    for number in (2, 3):
        watched.begin(number)
        watched.end(number, "failure" if number == 3 else "success")
    watched.pass_secs(0)
    watched.moment.now += PAUSE_SECS
    outside = watched.notifier.update(watched.clock.now, None).outside
    assert outside is not None
    facts = outside.facts()
    assert (facts["ZIGTUI_STATE"], facts["ZIGTUI_COUNT"], facts["ZIGTUI_LOG"]) == ("failed", "2", "")


def test_a_log_that_goes_is_no_end(watched: Watched) -> None:
    location = watched.begin(1)
    watched.notifier.toggle(location)
    Path(location.path).unlink()
    assert watched.reported() == ("", "")
    assert watched.notifier.live == []


def test_reports_stay_on_the_screen_until_the_user_has_seen_them() -> None:
    clock = Clock(0.0)
    news = News(clock)
    for number in range(7):
        news.add(str(number))
    clock.now += 3600
    news.update(is_present=False)
    assert news.lines == ["6", "5", "4", "3", "2"]
    news.update(is_present=True)
    clock.now += SHOWN_SECS - 1
    news.add("7")
    news.update(is_present=True)
    assert news.lines == ["7", "6", "5", "4", "3"]
    clock.now += 1
    news.update(is_present=True)
    assert news.lines == ["7"]


# Machines


@pytest.fixture
def machines(tmp_path: Path) -> MachinesByHand:
    return MachinesByHand(mirror_root(tmp_path / "fleet"), gives_hints=False)


@pytest.fixture
def mirrored(tmp_path: Path, machines: MachinesByHand) -> Watched:
    return Watched(tmp_path / "fleet" / "web-07", machines=machines)


def test_a_session_of_a_machine_that_is_silent_for_an_hour_is_no_news(
    mirrored: Watched, machines: MachinesByHand
) -> None:
    location = mirrored.begin(1)
    machines.silences["web-07"] = 7.0
    assert mirrored.pass_secs(1) == ("", "")
    for _ in range(60):
        machines.silences["web-07"] += 60.0
        assert mirrored.pass_secs(60) == ("", "")
    assert mirrored.notifier.watch.is_live(location)
    assert mirrored.notifier.watch.unseen_failures == 0


def test_a_session_that_is_stalled_is_not_reported_again_when_its_machine_is_back(
    mirrored: Watched, machines: MachinesByHand
) -> None:
    mirrored.begin(1)
    for _ in range(7):
        mirrored.pass_secs(10)
        mirrored.beat(1)
    assert mirrored.reported(GATHER_SECS)[0].startswith("◐ flow1 (src-shop) stalled")
    mirrored.beat(1)
    machines.silences["web-07"] = 7.0
    assert mirrored.reported() == ("", "")
    machines.silences.clear()
    mirrored.beat(1)
    assert mirrored.reported() == ("", "")


def test_a_session_that_failed_meanwhile_is_reported_when_its_machine_is_back(
    mirrored: Watched, machines: MachinesByHand
) -> None:
    mirrored.begin(1)
    machines.silences["web-07"] = 7.0
    assert mirrored.reported() == ("", "")
    machines.silences.clear()
    mirrored.end(1, "failure")
    assert "flow1 (src-shop) failed" in mirrored.reported()[1]


def test_a_session_that_died_meanwhile_is_reported_as_lost_once_its_machine_is_back(
    mirrored: Watched, machines: MachinesByHand
) -> None:
    mirrored.begin(1)
    machines.silences["web-07"] = 7.0
    assert mirrored.reported() == ("", "")
    machines.silences.clear()
    assert mirrored.pass_secs(1) == ("", "")
    for _ in range(4):
        mirrored.pass_secs(9)
    assert mirrored.notifier.watch.unseen_failures == 1
