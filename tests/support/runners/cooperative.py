"""Begin and end a session with threads that take turns as those of gevent do, from after the import of `writer`.

Only one thread runs at a time. Another one gets its turn when the first waits for a lock that was made since: a thread
that waits for an older one keeps all others from running. Prints "ended".
"""

import threading
from _thread import allocate_lock

from writer import SessionCoordinator, SessionWriter

turn = allocate_lock()
turn.acquire()


class Lock:
    """Lets other threads run while it waits."""

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self.release = self._lock.release
        self.locked = self._lock.locked

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        turn.release()
        try:
            return self._lock.acquire(blocking, timeout)
        finally:
            turn.acquire()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()


def run_in_turn(thread: threading.Thread) -> None:
    """Run a thread once it is its turn."""
    with turn:
        bootstrap(thread)


bootstrap = threading.Thread._bootstrap  # type: ignore[attr-defined]  # what a new thread calls first
threading.Thread._bootstrap = run_in_turn  # type: ignore[attr-defined]
for name in ("Lock", "_allocate_lock"):
    setattr(threading, name, Lock)

writer = SessionWriter.create("review", "review.zwf", index="never")
with SessionCoordinator.start(writer) as session, session.tier(["lint"]) as tier, tier.step("lint") as step:
    step.output("all clean")
print("ended")
turn.release()
