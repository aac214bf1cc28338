"""What all commands share."""

from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.commands import freeze, zigtui
from tests.support.logs import BEGAN, Log
from zigtui.settings import Settings


@pytest.mark.parametrize("command", [["list"], ["show"], ["export", "--format", "md"], ["export", "--format", "json"]])
def test_the_stall_threshold_of_the_settings_holds_for_each_command(
    home: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    freeze(monkeypatch, BEGAN + 60)
    monkeypatch.chdir(home)
    waiting = Log().start().tier(0, "a").step("a").wait(57).beat()
    write_log(home / ".zig", waiting, session_id(1), modified=BEGAN + 59)
    patient, impatient = (zigtui(*command, settings=Settings(stall_secs=secs)).stdout for secs in (90, 30))
    assert "running" in patient
    assert "stalled" not in patient
    assert "stalled" in impatient
