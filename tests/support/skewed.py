"""Sessions whose events and files are stamped by clocks that differ from ours. A heartbeat is due each second."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log, append

SKEWS = [-3600.0, -35.0, 60.0, 3600.0]


def skewed_log(base: Path, name: str, skew: float) -> Path:
    """The log of a workflow without an end that was written just now, by clocks that are ahead by some seconds."""
    now = time.time() + skew
    log = Log().wait(now - BEGAN).start().wait(0).tier(0, "a").wait(0).step("a").beat(1)
    return write_log(base, log, str(uuid5(NAMESPACE_OID, name)), modified=now + 1, workflow=name)


@contextmanager
def beating(skews: dict[Path, float]) -> Iterator[None]:
    """Add a heartbeat to logs, stamped by their clocks, more often than it is due: a busy machine may delay it."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(0.25):
            for path, skew in skews.items():
                now = time.time() + skew
                append(path, Log().wait(now - BEGAN).beat(1).data)
                os.utime(path, (now, now))

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
