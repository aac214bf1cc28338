"""The lines of nats-server that people should see, each of them once."""

import re
import time
from collections.abc import Callable

__all__ = ["LogLines"]

_REPORT_SECS, _MOST_REPORTED = 10.0, 50
_AGAIN_SECS = 3600.0
_MOST_KNOWN = 1000
_PREFIX = re.compile(r"\A(?:\[\d+\] \S+ \S+ \[[A-Z]{3}\] |nats-server: )")  # its process, the time and the severity
_CONNECTION = re.compile(r"(?:(?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-fA-F:.]+\]):\d+ - [a-z]+:\d+")
"""The address and the number of a connection: each attempt of a client has others."""

_REBUILT = re.compile(
    r"Filestore \[\w+\] (?:Stream state outdated, .* will rebuild|Recovering .* errored: prior state file)"
)
"""What is reported of each stream, twice, when a server starts that was killed."""

_READS_STORE = "it was not ended in order the last time, so it reads its store again"


class LogLines:
    """Reports the warnings and errors of nats-server.

    A machine that was removed tries again and again to connect, for as long as its shipper runs. So a line that differs
    from an earlier one only by the connection is counted, and reported again after an hour, with their number.

    Args:
        report: called with what people should know.
        clock: returns seconds that pass steadily.
    """

    def __init__(self, report: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._report = report
        self._clock = clock
        self._report_until = 0.0
        self._reported = self._omitted = 0
        # Until when a line is only counted, and how often it came since it was reported; oldest first
        self._known: dict[str, tuple[float, int]] = {}

    def take(self, line: str) -> None:
        """Report a line, unless it is known, or there were too many: a hostile client can cause any number."""
        now, text = self._clock(), _PREFIX.sub("", line, count=1)
        if _REBUILT.fullmatch(text):
            text = _READS_STORE
        key = _CONNECTION.sub("", text)
        quiet_until, repeated = self._known.get(key, (0.0, 0))
        if now < quiet_until:
            self._known[key] = quiet_until, repeated + 1
            return
        if now >= self._report_until:
            if self._omitted:
                self._report(f"zigtui: {self._omitted:,} more lines of nats-server were left out")
            self._report_until, self._reported, self._omitted = now + _REPORT_SECS, 0, 0
        if self._reported == _MOST_REPORTED:
            self._omitted += 1
            return
        self._reported += 1
        self._known.pop(key, None)
        self._known[key] = now + _AGAIN_SECS, 0
        if len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        more = f" (and {repeated:,} times more since the last such line)" if repeated else ""
        self._report(f"zigtui: nats-server: {text}{more}")
