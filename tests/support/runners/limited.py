"""Write a session while the size of files is limited, so that the kernel takes only a part of some line.

Usage: limited.py ROOM [append-only]

ROOM is how many bytes fit after the first output; ``append-only`` makes the log one that cannot be shortened,
which takes root and a file system that knows the attribute. Prints the errors.
"""

import resource
import subprocess
import sys

from writer import SessionError, SessionWriter

room = int(sys.argv[1])
append_only = sys.argv[2:] == ["append-only"]

session = SessionWriter.create("review", "review.zwf")
session.step_output("lint", "stdout", "before")
if append_only:
    subprocess.run(["chattr", "+a", session.log_path], check=True)
_, hard_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (session.log_path.stat().st_size + room, hard_limit))
try:
    for attempt in range(3):
        try:
            session.step_output("lint", "stdout", f"lost {attempt} " + "x" * 500)
        except SessionError as error:
            print(error, error.path, sep="\n")
    session.heartbeat()
finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard_limit, hard_limit))
try:
    session.step_output("lint", "stdout", "after")
    session.ended("success", 1)
finally:
    if append_only:
        subprocess.run(["chattr", "-a", session.log_path], check=True)
