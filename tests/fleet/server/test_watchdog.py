"""What ends with a process that is killed, on systems without a signal for that."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.fleet import FleetServer
from tests.support.waiting import wait_until
from zigtui.fleet.server import process
from zigtui.fleet.server.settings import DirectoryError
from zigtui.fleet.server.watchdog import Watchdog

PROGRAM = """
import subprocess, sys, time
from zigtui.fleet.server.watchdog import Watchdog
child = subprocess.Popen(["sleep", "1000"])
watchdog = Watchdog(child.pid)
print(child.pid, flush=True)
if sys.argv[1] == "stopped":
    watchdog.stop()
    print("stopped", flush=True)
time.sleep(1000)
"""


def is_running(process_id: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_process_ends_with_the_one_that_was_killed(is_stopped: bool) -> None:
    arguments = [sys.executable, "-c", PROGRAM, "stopped" if is_stopped else ""]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        if is_stopped:
            parent.stdout.readline()
        parent.kill()
    if is_stopped:
        assert is_running(child)
        os.kill(child, 9)
    wait_until(lambda: not is_running(child))


def test_a_server_has_a_watchdog_where_the_system_cannot_end_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: list[int] = []

    class Noted(Watchdog):
        def __init__(self, process_id: int) -> None:
            watched.append(process_id)
            super().__init__(process_id)

    monkeypatch.setattr(process, "_ending_with_this_process", lambda: None)
    monkeypatch.setattr(process, "Watchdog", Noted)
    server = FleetServer(tmp_path / "server")
    server.nats.stop()
    assert watched == [server.nats.process_id]


def test_a_server_that_cannot_be_watched_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []

    def refused(process_id: int) -> Watchdog:
        started.append(process_id)
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(process, "_ending_with_this_process", lambda: None)
    monkeypatch.setattr(process, "Watchdog", refused)
    with pytest.raises(DirectoryError, match="Too many open files"):
        FleetServer(tmp_path / "server")
    assert not is_running(started[0])
