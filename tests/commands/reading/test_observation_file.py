"""The file with observations of doubtful logs."""

import json
import os
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.commands import run_python, succeed, zigtui
from tests.support.logs import BEGAN, Log, read_log
from tests.support.processes import run_zigtui, user_environment
from tests.support.skewed import beating, skewed_log
from tests.support.waiting import wait_until
from zigtui.commands.reading.observation_file import MAX_OBSERVATIONS, ObservationFile, clocks_of_process
from zigtui.reader.session.observations import Observation, Observations, ObservedLog
from zigtui.reader.session.settle import watched_log

WATCH_SECS = 3.0  # for a session with a heartbeat each second


def observed(number: int = 7) -> Observation:
    return Observation(1, number, 100, 12345678901234567, (float(number), float(number)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "observations.json"


def test_what_one_process_saw_the_next_one_knows(path: Path) -> None:
    assert ObservationFile(path).load() == []
    ObservationFile(path).add([observed(1)])
    ObservationFile(path).add([observed(2)])
    assert ObservationFile(path).load() == [observed(1), observed(2)]
    assert list(path.parent.iterdir()) == [path]
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path.parent, path)] == [0o700, 0o600]


def test_the_newest_observations_are_kept(path: Path) -> None:
    ObservationFile(path).add(map(observed, range(5000)))
    assert ObservationFile(path).load() == [observed(number) for number in range(5000 - MAX_OBSERVATIONS, 5000)]
    assert path.stat().st_size < 200_000


def test_observations_with_other_clocks_do_not_count(path: Path) -> None:
    ObservationFile(path).add([observed(1)])
    clocks = clocks_of_process()
    assert clocks is not None
    path.write_text(path.read_text().replace(clocks, "f" * len(clocks)))  # another boot
    assert ObservationFile(path).load() == []
    ObservationFile(path).add([observed(2)])
    assert ObservationFile(path).load() == [observed(2)]


def test_boots_and_time_namespaces_have_clocks_of_their_own() -> None:
    assert clocks_of_process() == (
        f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()} {Path('/proc/self/ns/time').readlink()}"
    )


def content(*observations: object) -> bytes:
    return json.dumps([clocks_of_process(), observations]).encode()


GOOD = [1, 7, 100, 5, [0.0, 0.0], False]

DAMAGED = {
    "nothing": b"",
    "zeros": bytes(4096),
    "not UTF-8": b"\xff\xfe",
    "half": content(GOOD)[:-3],
    "two": content(GOOD) * 2,
    "another form": b'{"clocks": 1}',
    "no clocks": b"[null, []]",
    "too few values": content(GOOD[:3]),
    "text": content(["1", *GOOD[1:]]),
    "huge number": content(GOOD).replace(b"100", b"1" * 10_000),
    "infinite": content(GOOD).replace(b"0.0", b"1e999"),
    "not a number": content(GOOD).replace(b"0.0", b"NaN"),
    "nested": b"[" * 1_000_000,
    "huge": content(*[GOOD] * 50_000),
    "surrogate": b'["\\ud800", []]',
}


@pytest.mark.parametrize("damaged", DAMAGED)
def test_a_damaged_file_is_replaced(path: Path, damaged: str) -> None:
    path.parent.mkdir()
    path.write_bytes(DAMAGED[damaged])
    assert ObservationFile(path).load() == []
    ObservationFile(path).add([observed()])
    assert ObservationFile(path).load() == [observed()]


@pytest.mark.parametrize("since", [[], [0.0], [1e300, -1e300], [-1e300, 1e300], [0.0] * 1000])
def test_odd_moments_do_not_count(path: Path, tmp_path: Path, since: list[float]) -> None:
    log = skewed_log(tmp_path, "dead", -600)
    status = log.stat()
    odd = [status.st_dev, status.st_ino, status.st_size, status.st_ctime_ns, since, True]
    path.parent.mkdir()
    path.write_bytes(content(odd, odd, [-1, -1, -1, -1, since, False]))
    assert is_doubtful_with(path, log)
    kept = ObservationFile(path).load()
    assert [one.since for one in kept if one.inode == status.st_ino] != [tuple(since)]
    assert is_doubtful_with(path, log)


def test_large_numbers_are_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(content([10**400, *GOOD[1:]]))
    ObservationFile(path).add([observed()])
    assert observed() in ObservationFile(path).load()


def is_doubtful_with(path: Path, log: Path) -> bool:
    """Whether a log has to be watched, by the observations in the file."""
    session, kept = read_log(log), ObservationFile(path)
    watched = watched_log(session)
    Observations(kept.load, kept.add).resume([ObservedLog(watched.path, watched.watch, watched.vitals())])
    watched.check()
    return session.snapshot().is_doubtful


def test_a_pipe_does_not_block(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    assert ObservationFile(path).load() == []
    ObservationFile(path).add([observed()])
    assert ObservationFile(path).load() == [observed()]


def test_a_file_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "directory").mkdir()
    for path in (tmp_path / "file" / "o.json", tmp_path / "directory", Path("/proc/o.json"), Path("relative.json")):
        ObservationFile(path).add([observed()])
        assert ObservationFile(path).load() == []
    assert {one.name for one in tmp_path.iterdir()} == {"directory", "file"}


FILL = """
import resource, signal, sys
from pathlib import Path
from zigtui.commands.reading.observation_file import ObservationFile
from zigtui.reader.session.observations import Observation
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
ObservationFile(Path(sys.argv[1])).add([Observation(1, 1, 1, 1, (1.0,))] * 50)
"""


def test_on_a_full_disk_the_old_file_remains(path: Path, home: Path) -> None:
    ObservationFile(path).add([observed()])
    done = run_python(FILL, home, path)
    assert (done.returncode, done.stderr) == (0, "")
    assert ObservationFile(path).load() == [observed()]
    assert list(path.parent.iterdir()) == [path]


ADD = """
import sys
from pathlib import Path
from zigtui.commands.reading.observation_file import ObservationFile
from zigtui.reader.session.observations import Observation
kept = ObservationFile(Path(sys.argv[1]))
number = int(sys.argv[2])
for turn in range(100):
    kept.add([Observation(number, 1, turn, 1, (float(turn),))])
    assert kept.load(), "the file is whole at every moment"
"""


def test_many_processes_write_at_once(path: Path, home: Path) -> None:
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(run_python, ADD, home, path, str(number)) for number in range(4)]
    assert [(run.result().returncode, run.result().stderr) for run in runs] == [(0, "")] * 4
    assert 99 in [observation.size for observation in ObservationFile(path).load()]
    assert list(path.parent.iterdir()) == [path]


# Commands


@pytest.fixture
def user(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home directory, which is the current one."""
    monkeypatch.chdir(home)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return home


def state_file(home: Path) -> Path:
    return home / ".local" / "state" / "zigtui" / "observations.json"


RUN = """
import sys
from writer import SessionWriter
SessionWriter.create("flow", "flow.py").heartbeat(1)
print(flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_after_a_kill_only_the_first_command_waits(user: Path, waits: list[int]) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RUN], env=user_environment(user), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as runner:
        assert runner.stdout is not None
        runner.stdout.readline()
        runner.kill()
    (path,) = (user / ".zig").rglob("*.jsonl")
    wait_until(lambda: read_log(path).snapshot().is_doubtful)  # three heartbeats later
    began = time.monotonic()
    first = json.loads(run_zigtui("list", "--json", home=user).stdout)
    assert first["state"] == "lost"
    assert time.monotonic() - began > WATCH_SECS
    for arguments in (["list"], ["show"], ["listen", "--no-follow"]):
        assert "lost" in str(zigtui(*arguments))
    assert waits == []
    assert state_file(user).exists()


@pytest.mark.slow
def test_a_live_session_stays_live_however_often_it_is_listed(user: Path) -> None:
    live = skewed_log(user / ".zig", "live", -600)
    skewed_log(user / ".zig", "dead", -600)
    states: list[dict[str, str]] = []
    with beating({live: -600}):
        until_secs = time.monotonic() + 1.5 * WATCH_SECS
        while time.monotonic() < until_secs or len(states) < 3:
            states.append({session["workflow"]: session["state"] for session in succeed("list", "--json").objects})
    assert states == [{"live": "running", "dead": "lost"}] * len(states)


def test_if_nothing_is_doubtful_nothing_is_written(user: Path) -> None:
    write_log(user / ".zig", Log().start().end(), session_id(1))
    write_log(user / ".zig", Log().wait(-9000).start(), session_id(2), modified=BEGAN - 9000)  # lost long ago
    fresh = Log().wait(time.time() - BEGAN).start().beat(1)
    write_log(user / ".zig", fresh, session_id(3))
    assert len(succeed("list").lines) == 4
    assert zigtui("show").code == zigtui("listen", "--no-follow").code == 0
    assert list(user.iterdir()) == [user / ".zig"]
