"""The watch over the shell of a script's session."""

import subprocess
import sys

import pytest

from writer import SessionStatus
from zigtui.commands.record import shell_watch
from zigtui.commands.record.shell_watch import ShellWatch


def ended_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_session_whose_shells_have_ended_without_a_name_ends(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(shell_watch, "_UNNAMED_SECS", 0.1)
    with ShellWatch([ended_process() for _ in range(count)], None) as watch:
        assert watch.wait() is None


def test_a_watch_over_a_process_that_has_ended_ends() -> None:
    with ShellWatch([], ended_process()) as watch:
        assert watch.wait() is None


def test_a_session_that_is_ended_has_its_status() -> None:
    with ShellWatch([], None) as watch:
        watch.finish(SessionStatus.FAILURE)
        assert watch.wait() is SessionStatus.FAILURE
