"""The event loop of asyncio, which the calls whose names end with ``_async`` need."""

import asyncio

__all__ = ["running_loop"]


def running_loop(call: str, instead: str) -> asyncio.AbstractEventLoop:
    """Return the running event loop.

    Args:
        call: The method of the public interface that needs it.
        instead: The method that does the same without asyncio.

    Raises:
        RuntimeError: If asyncio is not running, for example under trio. The message names what to use instead.
    """
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError(
            f"{call} needs asyncio; elsewhere call {instead} in a thread: with trio by `trio.to_thread.run_sync`"
        ) from None
