"""All commands give the same answer about a dead session, even if a clock is ahead and its times look recent."""

import json
import time
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.commands import zigtui
from tests.support.logs import BEGAN, Log
from tests.support.skewed import skewed_log
from zigtui.commands.reading.observation_file import ObservationFile
from zigtui.reader.session.observations import Observations, SilentLog

COMMANDS = {
    "list": ("list",),
    "list of lost ones": ("list", "--state", "lost"),
    "show": ("show",),
    "export": ("export", "--format", "json"),
    "listen": ("listen", "--no-follow", "--exit-status"),
}


@pytest.fixture
def user(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home directory, which is the current one."""
    monkeypatch.chdir(home)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return home


def recent_log(home: Path) -> Path:
    """The log of a session that seems to be at work: all its times are of just now."""
    log = Log().wait(time.time() - BEGAN - 2).start().tier(0, "a").step("a")
    return write_log(home / ".zig", log, modified=time.time())


def keep_silence(path: Path, secs: float) -> None:
    """Let commands know that a log has been silent for some time."""
    kept = ObservationFile()
    Observations(kept.load, kept.add).add_silence([SilentLog(str(path), path.stat().st_size, secs)])


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("secs", [13, 40])
def test_a_session_that_was_watched_in_vain_is_lost_although_its_time_has_come(
    user: Path, waits: list[int], name: str, secs: float
) -> None:
    keep_silence(recent_log(user), secs)
    done = zigtui(*COMMANDS[name])
    assert "lost" in done.stdout + done.stderr
    assert done.code == (3 if name == "listen" else 0)
    assert waits == []


def test_no_command_takes_such_a_session_for_a_live_one(user: Path) -> None:
    keep_silence(recent_log(user), 40)
    assert zigtui("listen", "--active").code == 2
    assert zigtui("list", "--json", "--state", "running,stalled,idle").lines == []
    metrics = zigtui("metrics").lines
    assert 'zigtui_sessions{state="lost",workflow="flow"} 1.0' in metrics


@pytest.mark.parametrize("secs", [0, 5])
def test_a_short_silence_proves_nothing(user: Path, secs: float) -> None:
    keep_silence(recent_log(user), secs)
    assert json.loads(zigtui("list", "--json").stdout)["state"] == "running"


def test_a_log_that_has_grown_since_it_was_silent_is_live(user: Path) -> None:
    path = recent_log(user)
    keep_silence(path, 40)
    with path.open("ab") as file:
        file.write(Log().wait(time.time() - BEGAN).beat().data)
    assert json.loads(zigtui("list", "--json").stdout)["state"] == "running"


@pytest.mark.slow
def test_after_listen_has_reported_a_loss_no_command_waits(user: Path, waits: list[int]) -> None:
    skewed_log(user / ".zig", "dead", 0.8)  # so little ahead that it is taken for a live session
    assert zigtui("listen", "--exit-status").code == 3
    assert waits == []
    assert json.loads(zigtui("list", "--json").stdout)["state"] == "lost"
    assert waits == []
