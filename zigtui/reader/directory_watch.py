"""Change notifications of the file system."""

from collections.abc import Iterable, Iterator
from typing import Protocol

__all__ = ["StopEvent", "watch_directories"]

_DEBOUNCE_MS = 50
"""How long changes are gathered at most before they are reported."""

_STEP_MS = 5
"""Between two checks for changes. A change is reported after about 8 ms, for 1.7 % of a core while nothing happens."""


class StopEvent(Protocol):
    """Ends a watch, for example a `threading.Event`."""

    def is_set(self) -> bool:
        """Whether to stop; called every 5 ms."""
        ...


def watch_directories(
    directories: Iterable[str], *, timeout_ms: int, stop: StopEvent | None = None
) -> Iterator[set[str]]:
    """Report the paths that change in some directories, but not deeper.

    Changes are hints: some are missed, above all what is written right after its directory was made. Compare sizes
    every second or two as well; network file systems often report nothing at all.

    Args:
        directories: the directories; they must exist.
        timeout_ms: report an empty set when nothing has changed for this many milliseconds.
        stop: ends the watch when it is set. Without one, Ctrl-C raises `KeyboardInterrupt`.

    Yields:
        The paths that have changed, gathered for up to 50 ms.

    Raises:
        FileNotFoundError: one of the directories does not exist.
        OSError: the system is out of watches.
        RuntimeError: something changed whose name is not UTF-8.
        BaseException: the Rust code of watchfiles panicked.
    """
    import watchfiles  # takes 50 ms, which commands that watch nothing need not pay

    for changes in watchfiles.watch(
        *directories,
        watch_filter=None,  # the default one passes over names that a project may have
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        rust_timeout=timeout_ms,
        yield_on_timeout=True,
        stop_event=stop,
        raise_interrupt=stop is None,
        recursive=False,
    ):
        yield {path for _, path in changes}
