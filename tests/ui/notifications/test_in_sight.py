"""Which failures are reported while the list is displayed, and which the user sees there."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import Clock, shown
from zigtui.settings import Settings
from zigtui.ui.messages import FocusChanged
from zigtui.ui.sessions.list_start import ListStart


@pytest.mark.slow  # the reports are gathered for a second
@pytest.mark.parametrize(
    ("filter", "keys", "reported"),
    [
        ("workflow:shown", (), "1"),
        ("workflow:another", (), "2"),
        ("state:running", (), "2"),
        ("workflow:shown", ("question_mark",), "2"),
    ],
    ids=["in sight", "filtered", "filtered once it has failed", "below a panel"],
)
async def test_a_failure_is_reported_unless_its_row_is_in_sight(
    base: Path, tmp_path: Path, filter: str, keys: Sequence[str], reported: str
) -> None:
    log = Log().start().tier(0, "build").step("build")
    workflows = ("shown", "hidden")
    paths = [
        write_log(base, log, session_id(number), modified=BEGAN, workflow=workflow)
        for number, workflow in enumerate(workflows, 1)
    ]
    report = tmp_path / "report"
    program = ("sh", "-c", f'printf %s "$ZIGTUI_COUNT" > {report}')
    settings = Settings(notify="failed", notify_desktop="off", notify_command=program)
    async with shown(base, clock=Clock(BEGAN + 3), settings=settings, start=ListStart(filter)) as screen:
        screen.app.post_message(FocusChanged(has_focus=True))
        await screen.press(*keys)
        await screen.wait_until(lambda: len(screen.app._notifier.live) == len(workflows))
        known = len(log.data)
        log.fails("build").end("failure")
        for path in paths:
            append(path, log.data[known:], BEGAN + 3)
        screen.app.catalog.read_all()
        await screen.wait_until(lambda: report.exists() and report.read_text())
    assert report.read_text() == reported
