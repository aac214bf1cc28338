"""The list of sessions: its cells, its order, and moving in it."""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest
from textual.events import MouseScrollDown

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import NOW, Clock, Shown, shown
from zigtui.reader.location import LogLocation
from zigtui.ui.live_screen import LiveScreen
from zigtui.ui.session.screen import SessionScreen
from zigtui.ui.sessions.list import SessionList
from zigtui.ui.sessions.screen import SessionsScreen

CLOCK = re.compile(r"\b\d\d:\d\d\b")
WIDE = (120, 24)
"""A size at which the states are there in words."""


def started(second: float, name: str = "flow", tier_count: int = 1) -> Log:
    """A log of a session that began this many seconds after `BEGAN`."""
    return (
        Log()
        .wait(second + 1)
        .event(
            "zig_session_started",
            workflow_name=name,
            workflow_path="flow.zwf",
            workspace_path=None,
            cwd="/src/shop",
            prompt=None,
            tier_count=tier_count,
        )
    )


def words(rows: list[str]) -> list[str]:
    """The state and the name of each row of a list, without the marks of new sessions."""
    return [" ".join(row.lstrip(" •").split()[:3]) for row in rows]


async def test_live_sessions_come_first_then_the_newest(base: Path) -> None:
    write_log(base, started(0, "old").end(), "1-old", modified=NOW)
    live = write_log(base, started(10, "live").tier(0, "a"), "2-live", modified=BEGAN + 30)
    write_log(base, started(20, "lost"), "3-lost", modified=BEGAN + 20)
    write_log(base, started(30, "failed").end("failure"), "4-failed", modified=NOW)
    write_log(base, started(40, "later").tier(0, "a"), "5-live", modified=BEGAN + 90)
    clock = Clock(BEGAN + 88)
    async with shown(base, clock=clock, size=WIDE) as screen:
        assert "1 live · 5 sessions" in screen.lines[0]
        assert words(screen.rows)[:3] == ["● running later", "◔ checking lost", "◔ checking live"]
        clock.now = BEGAN + 100
        append(live, Log().wait(100).beat().data, BEGAN + 100)
        await screen.changed()
        assert words(screen.rows) == [
            "● running later",
            "● running live",
            "✘ failed failed",
            "☠ lost lost",
            "✔ succeeded old",
        ]
        assert "12:01:40   2 live · 5 sessions" in screen.lines[0]


async def test_a_session_that_may_be_lost_is_being_checked_until_that_is_known(base: Path) -> None:
    path = write_log(base, started(0, "old"), "1", modified=BEGAN)
    clock = Clock(BEGAN + 600)
    async with shown(base, clock=clock, opened=path) as screen:
        assert "old  ◔ checking" in screen.lines[0]
        assert "♥ –" in screen.lines[0]
        clock.now += 13
        await screen.show_changes()
        assert "old  ☠ lost" in screen.lines[0]


async def test_every_state_is_displayed_as_a_word_and_not_by_colour_alone(base: Path) -> None:
    write_log(base, started(0, "a").end(), session_id(1), modified=NOW)
    write_log(base, started(0, "b").end("failure"), session_id(2), modified=NOW)
    write_log(base, started(0, "c").wait(890).says("step", "x"), session_id(3), modified=BEGAN + 900)
    write_log(base, started(0, "d").tier(0, "a").wait(889).beat(), session_id(4), modified=BEGAN + 895)
    write_log(base, started(0, "e"), session_id(5), modified=BEGAN)
    write_log(base, started(0, "f").wait(890).beat(), session_id(7), modified=BEGAN + 895)
    write_log(base, b"\x00\xff\n", session_id(6), modified=BEGAN)
    clock = Clock(BEGAN + 888)
    async with shown(base, clock=clock, size=WIDE) as screen:
        clock.now = BEGAN + 900
        await screen.show_changes()
        assert sorted(words(screen.rows)) == sorted(
            [
                "✔ succeeded a",
                "✘ failed b",
                "● running c",
                "◐ stalled d",
                "◌ idle f",
                "☠ lost e",
                "? unreadable 00000006",
            ]
        )


@pytest.mark.parametrize("size", [(120, 30), (48, 20)])
async def test_logs_whose_name_is_no_id_are_last_and_marked(base: Path, size: tuple[int, int]) -> None:
    write_log(base, started(0, "live").wait(900).says("step", "x"), "copy", modified=BEGAN + 900)
    write_log(base, b"no log\n", "notes", modified=BEGAN + 900)
    write_log(base, started(0, "old").end(), session_id(1), modified=BEGAN)
    for name in (".hidden", "", "._" + session_id(1)):
        write_log(base, started(0, "dot"), name, modified=BEGAN + 900)
    async with shown(base, clock=Clock(BEGAN + 901), size=size) as screen:
        assert [row.split()[0] for row in screen.rows] == ["✔", "●", "?"]
        assert "(cop" in screen.rows[1]
        assert "notes.js" in screen.rows[2]
        assert "dot" not in screen.text


@pytest.mark.parametrize("width", [80, 48, 24])
async def test_the_state_is_there_at_any_width(base: Path, width: int) -> None:
    write_log(base, started(0, "a").end(), "1", modified=NOW)
    write_log(base, started(0, "b").end("failure"), "2", modified=NOW)
    write_log(base, started(0, "c").tier(0, "a"), "3", modified=BEGAN + 10)
    async with shown(base, clock=Clock(BEGAN + 10), size=(width, 24)) as screen:
        assert [row.split()[0] for row in screen.rows] == ["●", "✔", "✘"]


async def test_a_row_shows_the_present_work_of_a_session_and_how_it_ended(base: Path) -> None:
    log = started(0, "build", 3).tier(0, "plan").step("plan").tier(1, "a", "b", "c").step("a").step("b").says("a", "x")
    running_log = write_log(base, log, "running", modified=BEGAN + 1)
    failed = started(0, "migrate").tier(0, "up").step("up").event(
        "step_failed", step_name="up", exit_code=1, attempt=1, error="lock timeout"
    )  # fmt: skip
    write_log(base, failed.end("failure"), "failed", modified=NOW)
    write_log(
        base, started(0, "refactor").tier(0, "rewrite").step("rewrite").wait(57).beat(), "lost", modified=BEGAN + 60
    )
    clock = Clock(BEGAN + 122)
    async with shown(base, clock=clock, size=(120, 40)) as screen:
        clock.now = BEGAN + 134
        append(running_log, Log().wait(134).says("a", "y").says("b", "y").data, BEGAN + 134)
        await screen.changed()
        running, failed_row, lost = screen.rows
        assert "1/3 a +1" in running
        assert "2m14s  ♥ 0s" in running
        assert "up: lock timeout" in failed_row
        assert "4.3s  12:00" in failed_row
        assert "lost in rewrite" in lost
        assert "1m00s  12:00" in lost


@pytest.mark.parametrize(
    ("width", "name", "expected"),
    [
        (60, "types", "  types quiet 6m"),
        (60, "regenerate-all-the-thumbnails", "  reg…ls quiet 6m"),
        (80, "types", "1/2 types quiet 6m"),
        (80, "regenerate-all-the-thumbnails", "  regenera…umbnails quiet 6m"),
        (120, "types", "1/2 types quiet 6m"),
        (120, "regenerate-all-the-thumbnails", "1/2 regenerate-all-the-thumbnails quiet 6m"),
    ],
)
async def test_how_long_a_step_has_been_silent_is_there_at_any_width_with_the_name_if_there_is_room(
    base: Path, width: int, name: str, expected: str
) -> None:
    log = started(0, "review", 2).tier(0, "plan").step("plan").done("plan").tier(1, "lint", name)
    log.step("lint").step(name).wait(400).says("lint", "ok")
    path = write_log(base, log, session_id(1), modified=BEGAN + 400)
    async with shown(base, clock=Clock(BEGAN + 401), size=(width, 24)) as screen:
        append(path, Log().wait(402).beat().data, BEGAN + 401)
        await screen.changed()
        assert expected in screen.rows[0]


async def test_a_workflow_that_loops_displays_its_pass(base: Path) -> None:
    log = started(0, "essay").tier(0, "write").step("write").done("write").tier(0, "write").step("write")
    write_log(base, log, "1", modified=BEGAN)
    async with shown(base, clock=Clock(BEGAN), size=(120, 40)) as screen:
        assert "pass 2 · write" in screen.rows[0]


async def test_time_passes_on_the_screen(base: Path) -> None:
    write_log(base, started(0), "1", modified=BEGAN)
    clock = Clock(BEGAN + 5)
    async with shown(base, clock=clock, size=WIDE) as screen:
        assert "5s  ♥ 5s" in screen.rows[0]
        clock.now = BEGAN + 29
        await screen.show_changes()
        assert "29s  ♥ 29s" in screen.rows[0]
        clock.now = BEGAN + 30
        await screen.wait_for("☠ lost")
        assert "0 live · 1 session\n" in screen.text


async def test_a_session_that_appears_shows_up_and_one_that_goes_is_gone(base: Path) -> None:
    first = write_log(base, started(0, "first").end(), "1", modified=NOW)
    async with shown(base, size=WIDE) as screen:
        write_log(base, started(1, "second").end(), "2", modified=NOW)
        await screen.changed()
        assert words(screen.rows) == ["✔ succeeded second", "✔ succeeded first"]
        first.unlink()
        await screen.changed()
        assert words(screen.rows) == ["✔ succeeded second"]


async def test_a_row_follows_its_session(base: Path) -> None:
    path = write_log(base, started(0, tier_count=2).tier(0, "a").step("a"), "1", modified=BEGAN)
    async with shown(base, clock=Clock(BEGAN), size=(120, 40)) as screen:
        assert "0/2" in screen.rows[0]
        append(path, Log().tier(1, "b").step("b").data, BEGAN)
        await screen.changed()
        assert "1/2" in screen.rows[0]
        append(path, Log().fails("b").end("failure").data, BEGAN)
        await screen.changed()
        assert words(screen.rows) == ["✘ failed flow"]


async def test_the_cursor_stays_on_its_session_when_others_appear_above(base: Path) -> None:
    for number in range(40):
        write_log(base, started(number, f"old-{number:02}").end(), f"{number:02}", modified=NOW)
    async with shown(base, size=WIDE) as screen:
        await screen.press("G", "k", "k", "k")
        before = words(screen.rows)
        for number in range(5):
            write_log(base, started(100 + number, f"new-{number}").end(), f"new-{number}", modified=NOW)
        await screen.changed()
        assert screen.sessions.cursor == 41
        assert words(screen.rows) == before  # not even the screen has moved
        await screen.press("enter")
        assert isinstance(screen.app.screen, SessionScreen)
        assert "old-03" in screen.lines[0]


async def test_the_cursor_goes_to_a_neighbour_when_its_session_is_deleted(base: Path) -> None:
    paths = [write_log(base, started(number, f"s{number}").end(), str(number), modified=NOW) for number in range(3)]
    async with shown(base, size=WIDE) as screen:
        await screen.press("G")
        paths[0].unlink()
        await screen.changed()
        await screen.press("enter")
        assert "s1" in screen.lines[0]


@pytest.mark.parametrize("sorts", [0, 1, 4], ids=["newest", "duration", "workflow"])
async def test_the_cursor_goes_to_the_row_below_when_its_session_goes_while_others_come(base: Path, sorts: int) -> None:
    def write(number: int, at: float) -> Path:
        log = started(at, f"s-{100 - at:07.3f}")
        log.event("zig_session_ended", status="success", duration_ms=int(at * 1000))
        return write_log(base, log, session_id(number), modified=NOW)

    paths = [write(number, 2.0 * number) for number in range(40)]  # the newest is the longest, and the first by name
    async with shown(base, size=WIDE) as screen:
        await screen.press(*["s"] * sorts)
        await screen.press(*["j"] * 25)
        line = next(number for number, row in enumerate(screen.rows) if "s-072.000" in row)
        for number in range(100, 107):
            write(number, number)
        paths[14].unlink()
        paths[30].unlink()
        await screen.changed()
        assert screen.sessions.cursor == 31  # seven more above it, one less
        assert "s-074.000" in screen.rows[line]
        await screen.press("enter")
        assert "s-074.000" in screen.lines[0]


async def test_a_list_that_nobody_has_touched_stays_at_the_top_and_so_does_the_cursor(base: Path) -> None:
    write_log(base, started(0, "first").end(), session_id(0), modified=NOW)
    async with shown(base, size=WIDE) as screen:
        for number in range(1, 40):
            write_log(base, started(number, f"s-{number:02}").end(), session_id(number), modified=NOW)
            await screen.changed()
            if number == 5:
                assert screen.sessions.cursor == 5  # as long as there is room
        assert "s-39" in screen.rows[0]
        await screen.press("j")
        assert screen.sessions.cursor < 20


async def test_a_chosen_row_stays_where_it_is_when_many_come_above_it(base: Path) -> None:
    for number in range(30):
        write_log(base, started(number, f"s-{number:02}").end(), session_id(number), modified=NOW)
    async with shown(base, size=WIDE) as screen:
        await screen.press("j", "j", "j")
        before = next(number for number, line in enumerate(screen.lines) if "s-26" in line)
        for number in range(100, 160):
            write_log(base, started(number, f"new-{number}").end(), session_id(number), modified=NOW)
        await screen.changed()
        assert "s-26" in screen.lines[before]
        assert screen.sessions.cursor == 63


async def test_a_chosen_row_stays_where_it_is_when_the_first_of_its_day_goes(base: Path) -> None:
    day = 24 * 3600
    logs = []
    for number in range(60):
        second = number + (day if number >= 30 else 0)
        log = write_log(base, started(second, f"s-{number:02}").end(), session_id(number), modified=BEGAN + second + 1)
        logs.append(log)
    async with shown(base, size=WIDE, clock=Clock(BEGAN + day + 3600)) as screen:
        screen.sessions.move_cursor(59)
        screen.sessions.move_cursor(31)  # the second row of its day, at the top
        await screen.wait_until(lambda: "s-28" in screen.rows[0])
        before = screen.rows
        logs[29].unlink()  # the newest, and so the first one, of that day
        await screen.changed()
        await screen.wait_for("59 sessions")
        assert screen.rows == before


async def test_keys_move_the_cursor_and_stop_at_the_ends(recorded: Path) -> None:
    async with shown(recorded) as screen:
        positions = []
        for key in ("k", "j", "j", "down", "up", "G", "j", "g", "end", "home", "pagedown", "pageup"):
            await screen.press(key)
            positions.append(screen.sessions.cursor)
        assert positions == [0, 1, 2, 3, 2, 12, 12, 0, 12, 0, 12, 0]


async def test_enter_opens_a_session_and_escape_goes_back_to_it_in_the_list(recorded: Path) -> None:
    async with shown(recorded) as screen:
        await screen.press("j", "j", "enter")
        assert isinstance(screen.app.screen, SessionScreen)
        assert screen.lines[0].startswith(" noop")
        await screen.press("escape")
        assert isinstance(screen.app.screen, SessionsScreen)
        assert screen.sessions.cursor == 2
        await screen.press("escape")
        assert isinstance(screen.app.screen, SessionsScreen)


async def test_a_click_chooses_and_a_second_one_opens(recorded: Path) -> None:
    async with shown(recorded) as screen:
        await screen.pilot.click(screen.sessions, offset=(10, 3))
        assert screen.sessions.cursor == 2
        await screen.pilot.click(screen.sessions, offset=(10, 3))
        await screen.pilot.pause()
        assert screen.lines[0].startswith(" noop")


async def test_a_long_list_has_a_scroll_bar_and_scrolls_with_the_wheel(base: Path) -> None:
    for number in range(40):
        write_log(base, started(number, f"s-{number:02}").end(), f"{number:02}", modified=NOW)
    async with shown(base, size=WIDE) as screen:
        assert screen.sessions.show_vertical_scrollbar
        assert "s-39" in screen.rows[0]
        await screen.pilot._post_mouse_events([MouseScrollDown], screen.sessions, offset=(5, 5), button=0)
        await screen.wait_until(lambda: "s-39" not in screen.rows[0])
        assert screen.sessions.cursor == 0


class DisplayedNote:
    """What a watcher learns about the sessions that are displayed."""

    notices: tuple[str, ...] = ()

    def __init__(self, screen: Shown) -> None:
        self.names: list[str] = []
        live = screen.app.screen
        assert isinstance(live, LiveScreen)
        live.context = live.context._replace(watcher=self)  # type: ignore[arg-type]

    def notices_of(self, base: str) -> list[str]:
        return []

    def note_displayed(self, locations: Iterable[LogLocation]) -> None:
        self.names = [location.name for location in locations]


async def test_the_watcher_learns_which_rows_are_on_the_screen(base: Path) -> None:
    for number in range(60):
        write_log(base, started(number, f"flow-{number}").end(), f"{number:02}-row", modified=NOW)
    async with shown(base, size=(80, 14)) as screen:
        note = DisplayedNote(screen)
        await screen.show_changes()
        assert note.names[0] == "59-row"
        assert len(note.names) in range(8, 13)
        assert all(f"flow-{name[:2]} " in screen.text for name in note.names)
        await screen.press("G")
        await screen.show_changes()
        assert note.names[-1] == "00-row"
        assert len(note.names) in range(8, 13)
        await screen.press("enter")
        note = DisplayedNote(screen)
        await screen.show_changes()
        assert note.names == []


async def scroll_away(screen: Shown) -> None:
    """Scroll with the wheel until the cursor, in one of the first rows, is out of sight."""
    for _ in range(8):
        await screen.pilot._post_mouse_events([MouseScrollDown], screen.sessions, offset=(5, 5), button=0)
    await screen.wait_until(lambda: screen.sessions.scroll_offset.y >= 16)


async def test_a_list_that_was_scrolled_with_the_wheel_stays_where_it_is_when_sessions_come(base: Path) -> None:
    for number in range(60):
        write_log(base, started(number, f"s-{number:02}").end(), session_id(number), modified=NOW)
    async with shown(base, size=WIDE) as screen:
        await scroll_away(screen)
        before = screen.rows
        assert "s-59" not in before[0]
        write_log(base, started(100, "later").end(), session_id(100), modified=NOW)
        await screen.changed()
        assert screen.rows == before
        await screen.press("j")  # where the cursor is
        assert any("s-58" in row for row in screen.rows)
        for _ in range(8):
            await screen.pilot._post_mouse_events([MouseScrollDown], screen.sessions, offset=(5, 5), button=0)
        await screen.wait_until(lambda: not any("s-58" in row for row in screen.rows))
        await screen.press("s")
        await screen.wait_until(lambda: any("s-58" in row for row in screen.rows))
        await screen.resize(120, 12)
        assert any("s-58" in row for row in screen.rows)


@pytest.mark.parametrize("is_moved", [False, True])
@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize(("text", "more"), [("state:succ", "eeded"), ("-state:fail", "ed")])
async def test_a_list_stays_where_it_was_scrolled_to_after_another_text_for_the_same_filter(
    base: Path, text: str, more: str, is_open: bool, is_moved: bool
) -> None:
    for number in range(60):
        write_log(base, started(number, f"s-{number:02}").end(), session_id(number), modified=NOW)
    async with shown(base, size=WIDE) as screen:
        await screen.answer("/", text)
        if is_moved:
            await screen.press("j")
        await screen.press("slash", "backspace", *more, *([] if is_open else ["enter"]))
        await screen.wait_for(f" {text}{more} ")
        await scroll_away(screen)
        before = screen.rows
        write_log(base, started(100, "later").end(), session_id(100), modified=NOW)
        await screen.changed()
        await screen.wait_for("61 of 61")
        assert screen.rows == before


@pytest.mark.parametrize("is_moved", [False, True])
async def test_a_list_stays_where_it_was_scrolled_to_while_sessions_are_loaded(
    base: Path, monkeypatch: pytest.MonkeyPatch, is_moved: bool
) -> None:
    show = SessionList.show
    monkeypatch.setattr(SessionList, "show", lambda rows, now, **_: show(rows, now, is_loading=True))
    for number in range(60):
        write_log(base, started(number, f"s-{number:02}").end(), session_id(number), modified=NOW)
    async with shown(base, size=WIDE) as screen:
        await screen.wait_for("60 sessions")
        if is_moved:
            await screen.press("j")
        await scroll_away(screen)
        before = screen.rows
        write_log(base, started(100, "later").end(), session_id(100), modified=NOW)
        await screen.changed()
        await screen.wait_for("61 sessions")
        assert screen.rows == before


@pytest.mark.parametrize(
    ("width", "shown_name"), [(80, "regenerate-the-t…"), (170, "regenerate-the-thumbnails-of-all")]
)
async def test_one_long_name_is_whole_where_there_is_room(base: Path, width: int, shown_name: str) -> None:
    names = ["deploy", "build", "nightly-test", "essay", "review", "lint", "regenerate-the-thumbnails-of-all"]
    for number, name in enumerate(names):
        write_log(base, started(number, name).end(), session_id(number), modified=NOW)
    async with shown(base, size=(width, 24)) as screen:
        assert f" {shown_name}  " in screen.rows[0]
        assert screen.lines[2].index("now") < width // 2


async def test_e_goes_to_the_next_session_that_failed_or_was_lost(base: Path) -> None:
    for number, status in enumerate(["success", "failure", "success", "lost", "success"]):
        log = started(number, status) if status == "lost" else started(number, status).end(status)
        write_log(base, log, session_id(number), modified=BEGAN + number + 1)
    async with shown(base, size=WIDE) as screen:
        cursors = []
        for key in ("e", "e", "e", "E", "E", "E"):
            await screen.press(key)
            cursors.append(screen.sessions.cursor)
        assert cursors == [1, 3, 1, 3, 1, 3]
        await screen.press("slash", *"success", "enter", "e")
        assert "No session in the list failed" in screen.text
        assert screen.sessions.cursor == 0


async def test_the_list_shows_what_happened_while_a_session_was_open(base: Path) -> None:
    path = write_log(base, started(0), "1", modified=BEGAN)
    async with shown(base, clock=Clock(BEGAN), opened=path, size=WIDE) as screen:
        append(path, Log().end().data, BEGAN)
        write_log(base, started(1, "second").end(), "2", modified=NOW)
        await screen.changed()
        await screen.press("escape")
        assert words(screen.rows) == ["✔ succeeded second", "✔ succeeded flow"]


@pytest.mark.parametrize("keys", [["q"], ["enter", "q"], ["ctrl+c"], ["enter", "ctrl+c"]], ids=" ".join)
async def test_q_and_control_c_quit_from_everywhere(recorded: Path, keys: list[str]) -> None:
    async with shown(recorded) as screen:
        await screen.press(*keys[:-1])
        await screen.pilot.press(keys[-1])
        await screen.wait_until(lambda: not screen.app.is_running or screen.app._exit)
        assert screen.app.return_code == (0 if keys[-1] == "q" else 130)


BEGINS = ["2026-03-01T11:59:00Z", "2026-02-28T02:52:30Z", "2026-02-27T02:52:30Z", "2025-12-31T02:52:30Z"]


def began_at(base: Path, times: list[str]) -> None:
    """Write a session for each time at which one began. Each took a second."""
    for number, time in enumerate(times):
        began = datetime.fromisoformat(time).timestamp()
        write_log(base, Log().wait(began - BEGAN + 1).start().end(), session_id(number), modified=began + 1)


@pytest.mark.parametrize("width", [200, 120, 80, 48])
async def test_the_days_are_headings_and_the_times_are_below_them(base: Path, width: int) -> None:
    began_at(base, BEGINS)
    async with shown(base, size=(width, 24), clock=Clock(BEGAN)) as screen:
        headings = [line.strip(" ─") for line in screen.lines if "──" in line]
        assert headings == ["today", "yesterday", "Friday 27 February", "Wednesday 31 December 2025"]
        assert ["11:59" in row or "02:52" in row for row in screen.rows] == [True] * 4
        positions = []
        for key in ("j", "j", "j", "j", "k", "g"):
            await screen.press(key)
            positions.append(screen.sessions.cursor)
        assert positions == [1, 2, 3, 3, 2, 0]  # headings are no rows


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (200, ["11:59", "yesterday 02:52", "Feb 27 02:52", "2025-12-31"]),
        (80, ["11:59", "yest 02:52", "Feb 27", "2025-12-31"]),
        (48, ["11:59", "yest 02:52", "Feb 27", "2025-12-31"]),
    ],
)
async def test_the_date_of_a_begin_is_in_its_row_without_headings(base: Path, width: int, expected: list[str]) -> None:
    began_at(base, BEGINS)
    async with shown(base, size=(width, 24), clock=Clock(BEGAN)) as screen:
        await screen.press("s")
        assert "──" not in screen.text
        for row, words in zip(screen.rows, expected, strict=True):
            assert f"  {words}" in row


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 50)])
async def test_the_times_of_rows_are_those_by_which_they_are_sorted(base: Path, size: tuple[int, int]) -> None:
    for number, (hours_ago, hours) in enumerate([(30, 20), (29, 1), (28, 0.1), (3, 2), (2, 0.1), (1.5, 1)]):
        log = Log().wait(1 - hours_ago * 3600).start().wait(hours * 3600).end()
        write_log(base, log, session_id(number), modified=BEGAN + log.second)
    lost = Log().wait(1 - 2.5 * 3600).start().wait(3600).beat()
    write_log(base, lost, session_id(9), modified=BEGAN - 1.5 * 3600)
    expected = ["10:30", "10:00", "09:30", "09:00", "08:00", "07:00", "06:00"]
    async with shown(base, clock=Clock(BEGAN), size=size) as screen:
        assert [CLOCK.findall(row)[0] for row in screen.rows] == expected
        await screen.press("s", "s")  # by cost, which is the same for all
        assert [CLOCK.findall(row)[0] for row in screen.rows] == expected


async def test_live_sessions_are_above_the_days(base: Path) -> None:
    write_log(base, started(0, "live").tier(0, "a"), session_id(1), modified=BEGAN + 100)
    write_log(base, started(50, "over").end(), session_id(2), modified=BEGAN + 60)
    async with shown(base, clock=Clock(BEGAN + 101)) as screen:
        assert [line.split()[1] for line in screen.lines[3:6]] == ["live", "today", "over"]


async def test_b_marks_the_row_of_a_session_whose_end_will_be_reported(base: Path) -> None:
    write_log(base, started(0, "live").tier(0, "a").step("a"), session_id(1), modified=BEGAN)
    async with shown(base, clock=Clock(BEGAN + 1)) as screen:
        listed = screen.app.screen
        assert isinstance(listed, SessionsScreen)
        await screen.wait_until(lambda: bool(listed.context.notifier.watch.live))
        assert screen.rows[0].startswith("  ●")
        await screen.press("b")
        await screen.show_changes()
        assert screen.rows[0].startswith("♪ ●")
        await screen.press("b")
        await screen.show_changes()
        assert screen.rows[0].startswith("  ●")


async def test_without_costs_there_is_no_column_for_them(base: Path) -> None:
    write_log(base, started(0).tier(0, "a").step("a").done("a").end(), session_id(1), modified=NOW)
    async with shown(base, size=(120, 24)) as screen:
        assert "cost" not in screen.lines[2]
        await screen.press("s", "s")
        assert "cost ▾" in screen.lines[2]


async def test_the_error_has_the_room_where_the_step_does_not_fit_beside_it(base: Path) -> None:
    log = started(0, "deploy").tier(0, "deploy-everything").step("deploy-everything")
    write_log(base, log.fails("deploy-everything").end("failure"), session_id(1), modified=NOW)
    async with shown(base, size=(60, 24)) as screen:
        assert "no luck with 1 " in screen.rows[0]
        assert "deploy-everything" not in screen.rows[0]
    async with shown(base, size=(140, 24)) as screen:
        assert "deploy-everything: no luck with 1" in screen.rows[0]


@pytest.mark.parametrize(
    ("step", "error", "expected"),
    [
        ("build", "x" * 200, "build: xxx"),
        ("build", f"step build: {'x' * 200}", " step build: xxx"),
        ("deploy-everything", "x" * 200, " xxx"),
        ("build", f"some_package.VeryRareError: disk {'x' * 200}", "build: disk xxx"),
    ],
    ids=["short", "named", "long", "class"],
)
async def test_an_error_that_is_cut_off_is_that_of_a_step(base: Path, step: str, error: str, expected: str) -> None:
    log = started(0, "deploy").tier(0, step).step(step)
    log.event("step_failed", step_name=step, exit_code=1, attempt=1, error=error)
    write_log(base, log.end("failure"), session_id(1), modified=NOW)
    async with shown(base, size=(80, 24)) as screen:
        assert expected in screen.rows[0]


@pytest.mark.parametrize(
    "log",
    [
        Log().start().tier(0, "a").step("a").fails("a").wait(12).beat(),
        Log().start().tier(0, "a").step("a").says("a", "⚠ usage limit reached, resumes 15:00"),
        Log().start().tier(0, "a").step("a").wait(40).beat(),
    ],
    ids=["may be retried", "usage limit", "quiet"],
)
async def test_whatever_keeps_a_session_from_getting_on_is_a_warning_in_its_row(base: Path, log: Log) -> None:
    write_log(base, log, "1", modified=BEGAN + log.second)
    async with shown(base, clock=Clock(BEGAN + log.second), size=(120, 30)) as screen:
        assert "amber" in screen.styled_text
