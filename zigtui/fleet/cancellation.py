"""Work around cancellations that get lost."""

import asyncio

__all__ = ["raise_if_cancelled"]


def raise_if_cancelled() -> None:
    """Raise `asyncio.CancelledError` if the task has been cancelled. Call it after what uses `asyncio.wait_for`.

    Before Python 3.12, that function drops a cancellation that comes together with the result.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
