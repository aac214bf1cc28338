"""`select.poll`, by which programs and shared sessions wait."""

import select

__all__ = ["new_poll"]


def new_poll() -> "select.poll":
    """Make an object that waits for descriptors.

    Raises:
        RuntimeError: If there is none, after ``eventlet.monkey_patch()``.
    """
    try:
        return select.poll()
    except AttributeError:
        raise RuntimeError(
            "programs and shared sessions need select.poll, which eventlet has removed; gevent and asyncio keep it"
        ) from None
