"""The page for a home without sessions: where zigtui scans, and how to record one."""

import shlex
from pathlib import Path
from textwrap import dedent

import pytest

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log
from tests.support.screens import Clock, shown
from zigtui.reader.catalog.project import Project
from zigtui.ui.sessions.list_start import ListStart, ProjectScope


async def test_an_empty_home_shows_where_zigtui_scans_and_what_to_do(base: Path) -> None:
    async with shown(base, size=(100, 30)) as screen:
        assert "No sessions yet" in screen.text
        assert "zigtui is watching ~/.zig" in screen.text
        assert f"zigtui demo --base {base}" in " ".join(screen.text.split())
        assert "workflow" not in screen.text  # no columns of nothing
        assert "0 live · 0 sessions" in screen.lines[0]
        assert "open" not in screen.lines[-1]


async def test_the_first_session_replaces_the_page(base: Path) -> None:
    async with shown(base, clock=Clock(BEGAN)) as screen:
        path = write_log(base, Log().start(), "1", modified=BEGAN)
        await screen.changed()
        await screen.wait_for("⏎ open")
        assert "No sessions yet" not in screen.text
        assert screen.rows[0].startswith("  ◌ flow")
        await screen.press("enter")
        assert screen.lines[0].startswith(" flow  ◌ idle")
        await screen.press("escape")
        path.unlink()
        await screen.changed()
        assert "No sessions yet" in screen.text
        await screen.wait_until(lambda: "open" not in screen.lines[-1])


async def test_keys_reach_the_list_again_after_it_was_empty(base: Path) -> None:
    async with shown(base, clock=Clock(BEGAN)) as screen:
        for _ in range(2):
            path = write_log(base, Log().start(), "1", modified=BEGAN)
            await screen.changed()
            await screen.wait_until(lambda: screen.rows[0].startswith("  ◌ flow"))
            await screen.press("enter")
            assert screen.lines[0].startswith(" flow  ◌ idle")
            await screen.press("escape")
            path.unlink()
            await screen.changed()
            await screen.wait_for("No sessions yet")


async def test_a_project_without_sessions_is_no_empty_home(base: Path) -> None:
    write_log(base, Log().start().end(), "1", modified=BEGAN, project="src-shop")
    notes = [Project("src-notes")]
    start = ListStart("", ProjectScope("notes", notes), True)
    async with shown(base, clock=Clock(BEGAN), start=start, projects=notes) as screen:
        assert "No sessions of notes yet: p shows those of all projects" in screen.text
        await screen.press("p")
        await screen.changed()
        assert "yet" not in screen.text
        assert len(screen.rows) == 1


async def test_a_project_without_sessions_is_no_filter_that_none_passes(base: Path) -> None:
    write_log(base, Log().start().end(), "1", modified=BEGAN, project="src-shop")
    start = ListStart("", ProjectScope("notes", [Project("src-notes")]))
    async with shown(base, clock=Clock(BEGAN), start=start) as screen:
        await screen.press("p")
        assert "No sessions of notes yet: p shows those of all projects" in screen.text
        await screen.press("slash", *"xyz", "enter")
        assert "No session passes the filter" in screen.text
        await screen.press("escape", "p")
        assert len(screen.rows) == 1


async def test_all_bases_are_named(tmp_path: Path) -> None:
    async with shown(tmp_path / "one", tmp_path / "two") as screen:
        assert "~/one, ~/two" in screen.lines[0]
        assert "watching ~/one, ~/two" in screen.text


async def test_the_commands_on_the_page_can_be_copied_whatever_the_directory_is_called(tmp_path: Path) -> None:
    base = tmp_path / "my logs"
    async with shown(base, size=(160, 30)) as screen:
        (demo,) = [line for line in screen.lines if "zigtui demo" in line]
        assert shlex.split(demo) == ["zigtui", "demo", "--base", str(base)]
        (record,) = [line for line in screen.lines if "zigtui record" in line]
        assert shlex.split(record) == ["zigtui", "record", "--base", str(base), "--", "make"]


async def test_a_program_is_recorded_without_an_option_where_that_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with shown(tmp_path / ".zig") as screen:
        assert " zigtui record -- make\n" in screen.text


@pytest.mark.parametrize("name", [".zig", "logs", 'it\'s "mine"', "caf\udce9"])
async def test_the_python_code_on_the_page_records_into_the_directory_that_is_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with shown(tmp_path / name, size=(200, 30)) as screen:
        lines = [line.rstrip() for line in screen.lines]
        (first,) = [at for at, line in enumerate(lines) if "from writer import" in line]
        (last,) = [at for at, line in enumerate(lines) if "tier_started" in line]
        exec(dedent("\n".join(lines[first : last + 1])), {})
        await screen.changed()
        assert "No sessions yet" not in screen.text
        assert "hello" in screen.rows[0]


async def test_enter_and_the_other_keys_do_nothing_where_there_is_nothing(base: Path) -> None:
    async with shown(base) as screen:
        await screen.press("enter", "j", "k", "g", "G", "escape", "pagedown", "f", "w", "tab")
        assert "No sessions yet" in screen.text
