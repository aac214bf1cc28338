"""Begin and end COUNT sessions in the current directory as fast as possible, once standard input is closed."""

import sys

from writer import SessionCoordinator, SessionWriter

count = int(sys.argv[1])
sys.stdin.read()
for number in range(count):
    with SessionCoordinator.start(SessionWriter.create(f"storm {number}", "storm.zwf", tier_count=1)) as session:
        session.writer.tier_started(0, ["only"])
