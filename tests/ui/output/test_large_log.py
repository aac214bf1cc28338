"""The end of a large log is displayed at once, and the view does not move when all of it has been read."""

from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import Log
from tests.support.screens import NOW, Shown, shown
from zigtui.ui.session.screen import SessionScreen

LINES = [f"line {number:05} " + "x" * 200 for number in range(15_000)]


def large(base: Path) -> Path:
    return write_log(base, Log().start().tier(0, "a").step("a").says("a", *LINES).done("a").end(), "1", modified=NOW)


async def half_read(screen: Shown, path: Path) -> None:
    """Open the session and read a first piece, as while a watcher goes on to read the rest."""
    row = screen.sessions.find(next(s.location for s in screen.app.catalog.sessions() if s.location.path == str(path)))
    assert row is not None
    screen.sessions.move_cursor(row)
    await screen.press("enter")
    await screen.wait_until(lambda: isinstance(screen.app.screen, SessionScreen))
    await screen.app.workers.wait_for_complete()
    await screen.show_changes()


async def test_the_end_is_shown_before_all_is_read(base: Path) -> None:
    path = large(base)
    async with shown(base) as screen:
        await half_read(screen, path)
        assert "✔ succeeded  reading" in screen.lines[0]
        assert "line 14999" in screen.text
        await screen.changed()
        assert "reading" not in screen.lines[0]
        assert "line 14999" in screen.text
        assert screen.title.startswith("All output · 15,000 lines")


async def test_the_view_does_not_move_when_the_rest_has_been_read(base: Path) -> None:
    path = large(base)
    async with shown(base) as screen:
        await half_read(screen, path)
        await screen.press("tab", "k", "k", "k")
        before = screen.output_lines[:-1]
        await screen.changed()
        assert [line[:20] for line in screen.output_lines[:-1]] == [line[:20] for line in before]
        assert screen.output.new_lines == 0


async def test_the_start_can_be_seen_while_the_rest_is_read(base: Path) -> None:
    path = large(base)
    async with shown(base) as screen:
        await half_read(screen, path)
        await screen.press("tab", "g")
        await screen.wait_for("line 00000")
        await screen.changed()
        assert "line 00000" in screen.text
        await screen.press("G")
        await screen.wait_for("line 14999")


@pytest.mark.parametrize("scrolls", [False, True])
async def test_a_large_failed_session_goes_to_its_failure_when_it_is_read_unless_it_was_scrolled(
    base: Path, scrolls: bool
) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *LINES[:5]).fails("a").says("a", *LINES[5:]).fails("a", 2)
    path = write_log(base, log.end("failure"), "1", modified=NOW)
    async with shown(base) as screen:
        await half_read(screen, path)
        assert "line 14999" in screen.text
        assert "failure" not in screen.title
        if scrolls:
            await screen.press("tab", "k")
        await screen.changed()
        assert ("failure 2 of 2" in screen.title) != scrolls
        assert ("▶─" in screen.text) != scrolls
        assert "line 14999" in screen.text


@pytest.mark.parametrize(
    ("name", "label"), [("latecomer", "latecomer"), ("z\u202ea", "z<U+202E>a")], ids=["plain", "hostile"]
)
async def test_the_end_names_steps_that_began_after_what_has_been_read(base: Path, name: str, label: str) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *LINES).done("a").step(name).says(name, "the last")
    path = write_log(base, log.done(name).end(), "1", modified=NOW)
    async with shown(base, size=(120, 24)) as screen:
        await half_read(screen, path)
        assert screen.output_lines[-1].split() == [label, "the", "last"]
