"""Filtering and sorting the list, with keys and the mouse."""

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log
from tests.support.screens import NOW, Clock, Shown, shown
from writer import project_name
from zigtui.reader.catalog.project import Project, projects_here
from zigtui.settings import Settings
from zigtui.ui.session.screen import SessionScreen
from zigtui.ui.sessions.list import SessionList
from zigtui.ui.sessions.list_start import ListStart, ProjectScope
from zigtui.ui.widgets.prompt import Prompt

WIDE = (120, 24)


def workflows(screen: Shown) -> list[str]:
    """The workflows of the rows, at a width with states in words."""
    return [row.split()[2] for row in screen.rows]


def projects(screen: Shown) -> list[str]:
    """The projects of the rows, at a width with states in words."""
    return [row.split()[3] for row in screen.rows]


async def typed(screen: Shown, text: str) -> None:
    """Type a text into the prompt, key by key."""
    for character in text:
        await screen.pilot.press("space" if character == " " else character)
    await screen.pilot.pause()
    prompt = screen.app.screen.query_one(Prompt)
    await screen.wait_until(lambda: prompt.query_one(Input).value.endswith(text))
    await screen.pilot.pause()


@pytest.fixture
def three(base: Path) -> Path:
    """Three sessions of different states, durations and costs."""
    for number, (name, project, status) in enumerate(
        [("deploy", "src-shop", "failure"), ("essay", "src-notes", "success"), ("build", "src-shop", "success")]
    ):
        log = Log().wait(number).start().tier(0, "a").step("a").wait(100 - 10 * number)
        log = log.fails("a") if status == "failure" else log.done("a")
        write_log(base, log.end(status), session_id(number), modified=NOW, workflow=name, project=project)
    return base


async def test_the_list_is_filtered_as_a_word_is_typed_and_escape_clears_it(three: Path) -> None:
    async with shown(three, size=WIDE) as screen:
        assert workflows(screen) == ["build", "essay", "deploy"]
        await screen.press("slash")
        await typed(screen, "e")
        assert workflows(screen) == ["essay", "deploy"]
        await typed(screen, "p")
        assert workflows(screen) == ["deploy"]
        assert "zigtui  ~/.zig  ep" in screen.lines[0]
        assert "1 of 3" in screen.lines[0]
        await screen.press("escape")
        assert workflows(screen) == ["build", "essay", "deploy"]
        assert "0 live · 3 sessions" in screen.lines[0]


@pytest.mark.parametrize("only_project", [False, True], ids=["all", "project"])
@pytest.mark.parametrize("width", [60, 80, 120, 200])
async def test_the_filter_is_whole_in_the_line_above_the_list(three: Path, width: int, only_project: bool) -> None:
    text = "state:failed since:2h" if only_project else "state:failed project:*shop since:2h"
    start = ListStart(text, ProjectScope("shop", [Project("src-shop")]), only_project)
    async with shown(three, size=(width, 20), start=start, clock=Clock(BEGAN + 300)) as screen:
        assert f"  {text}  " in f" {screen.lines[0]}  "
        assert ("in shop" in screen.lines[0]) is only_project
        assert screen.lines[0].endswith("1 of 3")
        assert screen.lines[0].startswith(" zigtui") is (width > 60 or only_project)
        await screen.press("escape")
        assert screen.lines[0].startswith(" zigtui  ~/.zig")
        assert "12:05:00" in screen.lines[0]


async def test_enter_keeps_the_filter_and_the_next_one_opens_the_first_row(three: Path) -> None:
    async with shown(three, size=WIDE) as screen:
        await screen.press("slash")
        await typed(screen, "state:failed")
        await screen.press("enter")
        assert workflows(screen) == ["deploy"]
        await screen.press("enter")
        assert isinstance(screen.app.screen, SessionScreen)
        assert screen.lines[0].startswith(" deploy")
        await screen.press("escape")
        assert "state:failed" in screen.lines[0]
        await screen.press("escape")
        assert "3 sessions" in screen.lines[0]


@pytest.mark.parametrize(("text", "kept"), [("e", ["e"]), ("e cost:x", [])])
async def test_a_click_on_the_list_keeps_the_filter_and_closes_the_prompt(
    three: Path, text: str, kept: list[str]
) -> None:
    async with shown(three, size=WIDE) as screen:
        await screen.press("slash")
        await typed(screen, text)
        await screen.pilot.click(SessionList, offset=(5, 2))
        await screen.wait_until(lambda: screen.prompt is None)
        assert workflows(screen) == ["essay", "deploy"]
        assert screen.sessions.cursor == 1
        assert screen.app.focused is screen.sessions
        assert "  e  " in screen.lines[0]
        await screen.press("escape", "slash", "up")
        assert screen.prompt == "".join(kept)


@pytest.mark.parametrize("text", ["", "ep", "nothing"])
async def test_the_keys_are_those_that_have_an_effect_from_the_start(three: Path, text: str) -> None:
    async with shown(three, size=WIDE, start=ListStart(text)) as screen:
        for _ in range(2):
            assert ("open" in screen.lines[-1]) == (text != "nothing")
            assert ("esc end filter" in screen.lines[-1]) == bool(text)
            await screen.press("slash", "enter")
        await screen.press("escape")
        assert "⏎ open" in screen.lines[-1]
        assert "esc" not in screen.lines[-1]


async def test_a_second_filter_is_a_further_term(three: Path) -> None:
    async with shown(three, size=WIDE) as screen:
        await screen.press("slash")
        await typed(screen, "ep")
        await screen.press("enter", "slash")
        await typed(screen, "state:succeeded")
        assert screen.prompt == "ep state:succeeded"
        assert workflows(screen) == []
        await screen.press("enter")
        assert "ep state:succeeded  " in f"{screen.lines[0]}  "
        await screen.press("slash", "enter")  # nothing was added
        assert "ep state:succeeded  " in f"{screen.lines[0]}  "


async def test_down_leaves_the_prompt_for_the_row_below_the_first_one(three: Path) -> None:
    async with shown(three, size=WIDE) as screen:
        await screen.press("slash", "e", "p", "enter", "escape")
        await screen.press("slash", "e")
        await typed(screen, "")
        await screen.press("up", "down")  # an earlier filter, and back
        assert screen.prompt == "e"
        await screen.press("down")
        assert screen.prompt is None
        assert screen.sessions.cursor == 1
        assert workflows(screen) == ["essay", "deploy"]
        assert screen.app.focused is screen.sessions
        await screen.press("enter")
        assert screen.lines[0].startswith(" deploy")


async def test_down_stays_in_the_prompt_with_what_is_no_filter(three: Path) -> None:
    async with shown(three, size=WIDE) as screen:
        await screen.press("slash", *"cost:x", "down")
        assert screen.prompt == "cost:x"
        assert "expected >, >=, < or <=" in screen.text


async def test_a_fault_is_named_in_the_line_and_the_terms_before_it_count(three: Path) -> None:
    async with shown(three, size=WIDE) as screen:
        await screen.press("slash")
        await typed(screen, "de stat:x")
        assert "stat: is no key; did you mean state:? (at 4)" in screen.lines[-2]
        assert workflows(screen) == ["deploy"]
        await screen.press("enter")
        assert screen.app.screen.query_one(Prompt).is_open
        await screen.press(*["backspace"] * 6)
        await screen.wait_until(lambda: "is no key" not in screen.text)
        assert workflows(screen) == ["deploy"]


async def test_the_list_does_not_change_until_a_key_is_complete_and_enter_makes_it_a_word(three: Path) -> None:
    async with shown(three, size=WIDE) as screen:
        await screen.press("slash")
        for end, letter in enumerate("state:fail", start=1):
            await typed(screen, letter)
            expected = "1 of 3" if end > len("state:") else "3 "
            assert expected in screen.lines[0] or end == 1, end
        await screen.press("escape", "slash")
        await typed(screen, "cost")
        assert len(workflows(screen)) == 3
        await screen.press("enter")
        assert "0 of 3" in screen.lines[0]
        await screen.press("slash")
        assert "0 of 3" in screen.lines[0]


async def test_letters_are_typed_while_the_prompt_is_open(three: Path) -> None:
    async with shown(three, size=WIDE) as screen:
        await screen.press("slash")
        await typed(screen, "spyq?j/")
        assert "0 of 3" in screen.lines[0]
        assert "No session passes the filter" in screen.text
        await screen.press("escape", "enter")
        assert isinstance(screen.app.screen, SessionScreen)


async def test_up_brings_earlier_filters_and_down_what_was_typed(three: Path) -> None:
    async with shown(three, size=WIDE) as screen:
        for text in ("deploy", "essay"):
            await screen.press("slash")
            await typed(screen, text)
            await screen.press("enter", "escape")
        await screen.press("slash")
        await typed(screen, "x")
        shown_texts = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await screen.press(key)
            shown_texts.append(screen.app.screen.query_one(Prompt).query_one(Input).value)
        assert shown_texts == ["essay", "deploy", "deploy", "essay", "x", "x"]


async def test_the_filter_stays_while_sessions_come_go_and_change(three: Path) -> None:
    async with shown(three, size=WIDE) as screen:
        await screen.press("slash")
        await typed(screen, "state:failed")
        await screen.press("enter")
        path = write_log(
            three, Log().wait(50).start().tier(0, "a").step("a").fails("a").end("failure"), session_id(7),
            modified=NOW, workflow="new",
        )  # fmt: skip
        write_log(three, Log().wait(60).start().end(), session_id(8), modified=NOW, workflow="fine")
        await screen.changed()
        assert workflows(screen) == ["new", "deploy"]
        assert "2 of 5" in screen.lines[0]
        path.unlink()
        await screen.changed()
        assert workflows(screen) == ["deploy"]


async def test_the_cursor_stays_on_a_session_that_passes(three: Path) -> None:
    async with shown(three, size=WIDE) as screen:
        await screen.press("G", "slash")
        await typed(screen, "e")
        assert screen.sessions.cursor == len(workflows(screen)) - 1 == 1
        await typed(screen, "s")
        assert screen.sessions.cursor == 0
        await screen.press("enter", "enter")
        assert screen.lines[0].startswith(" essay")


async def test_the_cursor_returns_to_a_session_that_is_found_to_pass_later(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigtui.ui.sessions.screen._FILTER_SECS", 0.0)  # a few rows between two frames
    monkeypatch.setattr("zigtui.ui.sessions.screen._BETWEEN_SECS", 0.2)
    for number in range(150):
        write_log(base, Log().start().end(), session_id(number), modified=NOW, workflow=f"flow-{number % 2}")
    async with shown(base, size=WIDE) as screen:
        sessions = screen.app.screen.query_one(SessionList)
        await screen.press("G")
        last = sessions.chosen
        await screen.press("slash")
        await typed(screen, "flow")
        await screen.wait_until(lambda: "150 of 150" in screen.lines[0])
        await screen.wait_until(lambda: sessions.chosen == last)


async def test_s_sorts_in_each_way_with_an_arrow(three: Path) -> None:
    async with shown(three, size=WIDE) as screen:
        seen = []
        for _ in range(5):
            await screen.press("s")
            header = screen.lines[2]
            arrow = "▾" if "▾" in header else "▴"
            seen.append((header.split(arrow)[0].split()[-1], workflows(screen)))
        assert seen == [
            ("time", ["build", "essay", "deploy"]),  # equal ones are in the default order
            ("cost", ["build", "essay", "deploy"]),
            ("state", ["deploy", "build", "essay"]),
            ("workflow", ["build", "deploy", "essay"]),
            ("began", ["build", "essay", "deploy"]),
        ]


async def test_a_click_on_a_title_sorts_by_it_and_a_second_one_does_not_any_more(three: Path) -> None:
    async with shown(three, size=WIDE) as screen:
        x = screen.lines[2].index("workflow")
        await screen.pilot.click("#columns", offset=(x + 1, 0))
        await screen.wait_for("workflow ▴")
        assert workflows(screen) == ["build", "deploy", "essay"]
        await screen.pilot.click("#columns", offset=(x + 1, 0))
        await screen.wait_for("began ▾")


async def test_the_sorted_column_is_there_at_80_columns(three: Path) -> None:
    async with shown(three) as screen:
        assert "cost" not in screen.lines[2]
        await screen.press("s", "s")
        assert "cost ▾" in screen.lines[2]


async def test_live_sessions_can_become_lost_in_a_filtered_list(base: Path) -> None:
    write_log(base, Log().start().tier(0, "a").step("a"), session_id(1), modified=BEGAN)
    clock = Clock(BEGAN + 1)
    async with shown(base, size=WIDE, clock=clock) as screen:
        await screen.press("slash")
        await typed(screen, "state:running")
        await screen.press("enter")
        assert workflows(screen) == ["flow"]
        clock.now += 31
        await screen.show_changes()
        assert workflows(screen) == []
        assert "0 of 1" in screen.lines[0]


async def test_a_filter_by_age_follows_the_time(base: Path) -> None:
    write_log(base, Log().start().end(), session_id(1), modified=BEGAN)
    clock = Clock(BEGAN + 3500)
    async with shown(base, size=WIDE, clock=clock) as screen:
        await screen.press("slash")
        await typed(screen, "since:1h")
        await screen.press("enter")
        assert workflows(screen) == ["flow"]
        clock.now = BEGAN + 3660
        await screen.show_changes()
        await screen.show_changes()
        assert workflows(screen) == []


async def test_p_outside_any_project_reports_why_nothing_changes(three: Path) -> None:
    async with shown(three, size=WIDE) as screen:
        assert "this project" not in screen.text
        await screen.press("p")
        assert "There is no project here: filter by project:NAME instead" in screen.text
        assert len(workflows(screen)) == 3
        await screen.press("slash", "p", "M")
        assert "pM" in screen.text


async def test_p_switches_between_this_project_and_all(three: Path) -> None:
    start = ListStart("", ProjectScope("shop", [Project("src-shop")]))
    async with shown(three, size=WIDE, start=start) as screen:
        assert workflows(screen) == ["build", "essay", "deploy"]
        assert "p this project" in screen.lines[-1]
        await screen.press("p")
        await screen.wait_until(lambda: "p all projects" in screen.lines[-1])
        assert workflows(screen) == ["build", "deploy"]
        assert "in shop" in screen.lines[0]
        assert "2 of 3" in screen.lines[0]
        await screen.press("slash")
        await typed(screen, "build")
        await screen.press("enter", "p")
        assert workflows(screen) == ["build"]
        assert "in shop" not in screen.lines[0]
        await screen.press("escape")
        assert workflows(screen) == ["build", "essay", "deploy"]


async def test_a_project_that_is_linked_is_this_project_to_p_and_to_the_filter(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop" / ".git").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "shop")
    for number, name in enumerate(["shop", "link", "other"], 1):
        directory = str(tmp_path / name)
        log = Log().start(cwd=directory).end()
        write_log(base, log, session_id(number), modified=BEGAN + number, project=project_name(directory))
    monkeypatch.chdir(tmp_path / "shop")
    start = ListStart("", ProjectScope("shop", projects_here()))
    async with shown(base, size=WIDE, start=start) as screen:
        await screen.press("p")
        assert sorted(projects(screen)) == ["link", "shop"]
        await screen.press("p", "slash")
        await typed(screen, "project:.")
        await screen.press("enter")
        assert sorted(projects(screen)) == ["link", "shop"]
        assert "project:." in screen.lines[0]
        assert "2 of 3" in screen.lines[0]


async def test_a_list_that_began_with_one_project_reads_the_others_when_they_are_wanted(three: Path) -> None:
    shop = [Project("src-shop")]
    start = ListStart("-build", ProjectScope("shop", shop), only_project=True)
    async with shown(three, size=WIDE, start=start, projects=shop) as screen:
        assert workflows(screen) == ["deploy"]
        assert "in shop  -build" in screen.lines[0]
        assert "1 of 2" in screen.lines[0]
        await screen.press("p")
        await screen.changed()
        assert workflows(screen) == ["essay", "deploy"]
        await screen.press("p")
        assert workflows(screen) == ["deploy"]
        assert "1 of 3" in screen.lines[0]


async def test_the_filter_of_the_settings_is_there_at_the_start_and_a_wrong_one_is_reported(three: Path) -> None:
    async with shown(three, size=WIDE, settings=Settings(filter="state:failed")) as screen:
        assert workflows(screen) == ["deploy"]
    async with shown(three, size=WIDE, settings=Settings(filter="build stat:failed")) as screen:
        assert "Wrong filter: stat: is no key" in screen.text
        assert workflows(screen) == ["build"]


@pytest.mark.parametrize(
    ("text", "found"),
    [("since:yesterday", 3), ("-since:yesterday", 0), ("since:2h", 3), ("until:2h", 0), ("since:1m", 0)],
)
async def test_the_list_may_begin_with_a_filter_whose_meaning_depends_on_the_present(
    three: Path, text: str, found: int
) -> None:
    async with shown(three, size=WIDE, clock=Clock(BEGAN + 3600), settings=Settings(filter=text)) as screen:
        assert f"{found} of 3" in screen.lines[0]
