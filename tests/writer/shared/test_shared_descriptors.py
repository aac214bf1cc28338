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
    server._DRAIN_SECS = 60.0
    session.share()
    with tier.step("lint") as step:
        time.sleep(0.2)  # lets the server wait
        files = close_all()
        step.output("after")
        begun = time.monotonic()
    assert time.monotonic() - begun < 50
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
