"""Find the failed steps of a log: those of a reopened session have failed in a process that has ended."""

from contextlib import suppress

from writer._common.events import EventType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["has_failed_step"]

_BLOCK_BYTES = 256 * 1024

# With quotes, no output of a step is taken for an event: JSON escapes them in a string.
_FAILED, _COMPLETED = (f'"type":"{kind}"'.encode() for kind in (EventType.STEP_FAILED, EventType.STEP_COMPLETED))


def has_failed_step(path: str) -> bool:
    """Return whether a step of a log has failed, and has not been successful since; False if it cannot be read."""
    from writer._common.safe_orjson import orjson

    failed: set[str] = set()
    with suppress(OSError):
        for line in _ends_of_steps(path):
            with suppress(orjson.JSONDecodeError, KeyError, TypeError):
                event = orjson.loads(line)
                (failed.add if event["type"] == EventType.STEP_FAILED else failed.discard)(event["step_name"])
    return bool(failed)


def _ends_of_steps(path: str) -> "Iterator[bytes]":
    """The lines that may be the ends of steps."""
    with open(path, "rb") as log:
        while lines := log.read(_BLOCK_BYTES) + log.readline():
            if _is_end(lines):  # as few blocks are: to search each line is slow
                yield from filter(_is_end, lines.split(b"\n"))


def _is_end(lines: bytes) -> bool:
    return _FAILED in lines or _COMPLETED in lines
