"""Code that closes all descriptors, as that which makes a daemon does, in processes that share a session."""

from pathlib import Path

import pytest

from tests.support.writers import read_events, run_python

PROGRAM = """
import os, sys, time
from writer import SessionCoordinator, SessionWriter

base, python = sys.argv[1], sys.executable
writer = SessionWriter.create("review", "review.zwf", base=base, cwd=base)
print(writer.log_path)


def close_all():
    os.closerange(3, 1024)
    return [open(f"{base}/other-{number}", "w+") for number in range(40)]


def check(files):
    for file in files:
        file.write("mine")
        file.seek(0)
        assert file.read() == "mine" and os.path.samestat(os.fstat(file.fileno()), os.stat(file.name)), file.name
        file.close()


with SessionCoordinator.start(writer) as session, session.tier(["lint"]) as tier:
"""

AFTERWARDS = {
    "steps end without a wait": """
    from writer._shared import server
    server._DRAIN_SECS = 1e6  # a wait would never end
    session.share()
    with tier.step("lint") as step:
        time.sleep(0.2)  # lets the server wait
        files = close_all()
        step.output("after")
    check(files)
""",
    "the session is shared anew": """
    first = session.share()
    with tier.step("lint") as step:
        step.remote().output("before")
        time.sleep(0.2)
        files = close_all()
        second = session.share()
        assert second != first and not os.path.exists(os.path.dirname(first))
        step.remote().output("after")
    check(files)
""",
    "a handle is lost": """
    with tier.step("lint") as step:
        handle = step.remote()
        handle.output("before")
        time.sleep(0.2)
        files = close_all()
        handle.output("lost")
        step.output("after")
    check(files)
""",
    "a client has closed them": """
    session.share()
    with tier.step("lint") as step:
        step.run([python, "-c", '''
import os, socket, writer
with writer.attach().step("upload") as step:
    step.output("before")
    os.closerange(3, 1024)
    pairs = [socket.socketpair() for _ in range(5)]
    step.output("lost")
    for one in [one for pair in pairs for one in pair]:
        one.setblocking(False)
        try:
            assert not one.recv(100)
        except BlockingIOError:
            print("after")
'''])
""",
}


@pytest.mark.parametrize("block", AFTERWARDS.values(), ids=AFTERWARDS)
def test_what_is_shared_never_reaches_another_file(block: str, tmp_path: Path) -> None:
    done = run_python(PROGRAM + block, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    events = read_events(Path(done.stdout.strip()))
    lines = [event["line"] for event in events if "line" in event]
    assert "after" in lines
    assert "lost" not in lines
    assert events[-1]["status"] == "success"


REUSED = """
import os, resource, stat, subprocess, sys
from writer import SessionCoordinator, SessionWriter

resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))  # none has a high number, and the next one gets that just closed
base = sys.argv[1]
writer = SessionWriter.create("review", "review.zwf", base=base, cwd=base, index="never")
print(writer.log_path)
code = '''
import sys, writer
input()
step = writer.attach().step(sys.argv[1]).start()
print("begun", flush=True)
input()
step.complete()
'''


def client(name):
    return subprocess.Popen([sys.executable, "-c", code, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def go_on(client):
    client.stdin.write(b"\\n")
    client.stdin.flush()
    return client.stdout.readline()


def is_socket(descriptor):  # needs no descriptor itself, unlike a look at /proc, which would take the one just closed
    try:
        return stat.S_ISSOCK(os.fstat(descriptor).st_mode)
    except OSError:
        return False


def sockets():
    return set(filter(is_socket, range(64)))


with SessionCoordinator.start(writer) as session:
    os.environ["ZIGTUI_SESSION"] = session.share()
    with session.tier(["other", "first", "second"]):
        other, first, second = client("other"), client("first"), client("second")
        go_on(other)  # the server is up, with all its own sockets
        before = sockets()
        go_on(first)
        (connection,) = sockets() - before
        os.close(connection)
        go_on(second)
        assert connection in sockets()
        go_on(second)
        second.wait()
        go_on(first)
        first.wait()
        go_on(other)
        other.wait()
"""


def test_a_client_is_lost_whose_descriptor_the_runner_has_closed_and_another_client_got(tmp_path: Path) -> None:
    done = run_python(REUSED, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    events = read_events(Path(done.stdout.strip()))
    ends = {event["step_name"]: event["type"] for event in events if event["type"] in ("step_completed", "step_failed")}
    assert ends == {"other": "step_completed", "first": "step_failed", "second": "step_completed"}
