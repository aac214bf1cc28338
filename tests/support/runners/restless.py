"""Write session after session until killed; print "ready" after the first.

With the argument ``long``, every second session has a line so long that a kill can cut its write.
"""

import sys

from writer import SessionCoordinator, SessionWriter

LONG_LINE = "x" * 8_000_000

number = 0
while True:
    number += 1
    with SessionCoordinator.start(SessionWriter.create(f"restless {number}", "restless.zwf")) as session:
        session.writer.tier_started(0, ["only"])
        for line in range(20):
            session.writer.step_output("only", "stdout", f"line {line}")
        if number % 2 and "long" in sys.argv:
            session.writer.step_output("only", "stdout", LONG_LINE)
    if number == 1:
        print("ready", flush=True)
