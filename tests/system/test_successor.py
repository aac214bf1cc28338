"""A process that takes the place of another one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import run_python
from tests.support.processes import user_environment
from tests.support.waiting import DEADLINE_SECS

SECRET = "the secret"
NEXT = """
import json, os, signal, sys
from pathlib import Path
from zigtui.system.successor import handed_over, release_signals

if "signal" in sys.argv:
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGINT)
content, own = handed_over().decode(), Path("/proc/self")
seen = [str((own / name).read_bytes()) for name in ("cmdline", "environ")] if own.exists() else []
print(json.dumps({"pid": os.getpid(), "content": content, "seen": seen, "words": sys.argv[2:]}), flush=True)
signal.signal(signal.SIGTERM, lambda *_: print("SIGTERM", flush=True))
try:
    release_signals()
except KeyboardInterrupt:
    print("SIGINT")
"""
FIRST = """
import sys
sys.path.append("below")
from zigtui.system.successor import replace_process
replace_process("next_one", sys.stdin.read().encode())
print("still here")
"""


@pytest.fixture
def home_with_next(home: Path) -> Path:
    """A home directory with a module that only the first process knows where to find."""
    (home / "below").mkdir()
    (home / "below" / "next_one.py").write_text(NEXT)
    return home


def first(home: Path, content: str, *arguments: str, code: str = FIRST) -> tuple[int, list[str]]:
    """Run code that is replaced. Return its id, and what was printed."""
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=home,
        env=user_environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        output, _ = process.communicate(content, timeout=DEADLINE_SECS)
    assert process.returncode == 0
    return process.pid, output.splitlines()


def test_it_has_the_same_id_and_gets_what_is_handed_over(home_with_next: Path) -> None:
    pid, lines = first(home_with_next, SECRET, "ship", "--join", "web-07.join")
    about = json.loads(lines[0])
    assert (about["pid"], about["content"]) == (pid, SECRET)
    assert about["words"] == ["zigtui", "ship", "--join", "web-07.join"]
    assert not any(SECRET in text for text in about["seen"])


def test_signals_wait_for_it(home_with_next: Path) -> None:
    _, lines = first(home_with_next, SECRET, "signal")
    assert json.loads(lines[0])["content"] == SECRET
    assert sorted(lines[1:]) == ["SIGINT", "SIGTERM"]


def test_a_process_stays_that_cannot_hand_over_so_much(home_with_next: Path) -> None:
    assert first(home_with_next, "x" * 4_000_000)[1] == ["still here"]


def test_a_process_stays_whose_other_threads_may_wait_for_a_disk(home_with_next: Path) -> None:
    thread = "import threading, time; threading.Thread(target=time.sleep, args=[1000], daemon=True).start()\n"
    assert first(home_with_next, SECRET, code=thread + FIRST)[1] == ["still here"]


def test_a_process_stays_if_python_cannot_be_started(home_with_next: Path) -> None:
    code = (
        "import os, signal, sys; from zigtui.system.successor import replace_process; sys.executable = '/none/python'\n"
        "replace_process('next_one', b''); print(signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    )
    assert run_python(code, home_with_next).stdout == "set()\n"
