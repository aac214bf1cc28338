"""Moving in the list of sessions, and what stays where it is when sessions come and go."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from textual.events import MouseScrollDown

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import NOW, Clock, Shown, shown
from tests.ui.sessions.test_list import WIDE, started, words
from zigtui.reader.location import LogLocation
from zigtui.ui.live_screen import LiveScreen
from zigtui.ui.session.screen import SessionScreen
from zigtui.ui.sessions.list import SessionList
from zigtui.ui.sessions.screen import SessionsScreen


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


async def test_the_cursor_stays_on_a_session_that_is_not_the_first_while_it_is_checked(base: Path) -> None:
    write_log(base, started(0, "checked"), "checked", modified=BEGAN)
    for number in range(40):
        write_log(base, started(number, f"old-{number:02}").end(), f"{number:02}", modified=NOW)
    async with shown(base, clock=Clock(BEGAN + 600), size=WIDE) as screen:
        await scroll_away(screen)
        for number in range(2):
            write_log(base, started(598 + number, f"new-{number}").tier(0, "a"), f"new-{number}", modified=BEGAN + 600)
            await screen.changed()
            assert screen.sessions.location is not None
            assert screen.sessions.location.session_id == "checked"
            screen.sessions.scroll_home(animate=False)
            await screen.show_changes()


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
    monkeypatch.setattr(SessionList, "show", lambda rows, now, **_: show(rows, now, is_loading=True, nothing=""))
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
