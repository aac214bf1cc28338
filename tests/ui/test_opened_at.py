"""Opening a session at a step and a line, as the command line and the command that ``y c`` copies ask for."""

from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import Log, log_file, read_log
from tests.support.screens import LINES_ONLY, NOW, shown
from zigtui.ui.opened_at import OpenedAt
from zigtui.ui.sessions.list import SessionList


def loop_log() -> Log:
    """A session in which the step ``a`` runs three times, and a step is named as if it were the second run."""
    log = Log().start().tier(0, "a", "b", "b#1").step("b").says("b", "other").done("b")
    log.step("b#1").says("b#1", "named like a run").done("b#1")
    for run in range(3):
        if run:
            log.tier(0, "a")
        log.step("a").says("a", *(f"run {run} line {line}" for line in range(1, 61))).done("a")
    return log.end()


@pytest.mark.parametrize(
    ("opened_at", "first_line", "title"),
    [
        (OpenedAt("b"), "other", "b"),
        (OpenedAt("b#1"), "other", "b"),
        (OpenedAt("b#1#1"), "named like a run", "b#1"),
        (OpenedAt("a", "3"), "run 2 line 3", "a"),
        (OpenedAt("a#2", "7"), "run 1 line 7", "a"),
        (OpenedAt("", "3"), "run 0 line 1", "All output"),
        (OpenedAt("", "123"), "run 2 line 1", "All output"),
    ],
    ids=str,
)
async def test_a_session_is_opened_there(base: Path, opened_at: OpenedAt, first_line: str, title: str) -> None:
    path = write_log(base, loop_log())
    async with shown(base, opened=path, opened_at=opened_at, settings=LINES_ONLY) as screen:
        row = screen.output.render_line(0).text[screen.output.line_gutter.width :]
        assert row[:-1].strip() == first_line
        assert screen.title.startswith(title)


@pytest.mark.parametrize("name", ["c", "a#4", "a#0", "c\x1b[2J", "#"])
async def test_a_step_that_does_not_exist(base: Path, name: str) -> None:
    path = write_log(base, loop_log())
    async with shown(base, opened=path, opened_at=OpenedAt(name)) as screen:
        assert screen.found.startswith("there is no step")
        assert screen.found.endswith("; the steps are: a, b, b#1")
        assert screen.title.startswith("All output")
        await screen.press("q")
        assert screen.app.return_code == 0


async def test_the_list_behind_it_has_the_cursor_on_the_session(base: Path) -> None:
    paths = [write_log(base, Log().start().end(), session_id(number), modified=NOW + number) for number in range(5)]
    async with shown(base, opened=paths[1]) as screen:
        await screen.press("escape")
        await screen.wait_until(lambda: bool(screen.app.screen.query(SessionList)))
        await screen.wait_until(lambda: screen.sessions.location is not None)
        await screen.changed()
        location = screen.sessions.location
        assert location is not None
        assert location.path == str(paths[1])


def test_the_location_of_a_step_leads_back_to_it(tmp_path: Path) -> None:
    session = read_log(log_file(tmp_path, loop_log().data)).snapshot().session
    for step in session.steps:
        found = OpenedAt.of_step(step, session, 0).find_step(session)
        assert found == step
