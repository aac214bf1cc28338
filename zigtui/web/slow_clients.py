"""Close connections on which no request comes, so that slow clients cannot use up all that there may be."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web
    from aiohttp.web_protocol import RequestHandler

__all__ = ["close_slow"]

_CHECK_SECS = 5.0
_MOST_CHECKS = 6  # 30 s, also for one that is kept for the next request: a browser connects again


async def close_slow(server: "web.Server") -> None:
    """Close such connections until the task is cancelled. Whoever opens them needs no token.

    aiohttp has no limit for the time in which the headers of a request must come.

    Args:
        server: the server.
    """
    checks: dict[RequestHandler, int] = {}
    while True:
        await asyncio.sleep(_CHECK_SECS)
        waiting = [handler for handler in server.connections if _waits(handler)]
        checks = {handler: checks.get(handler, 0) + 1 for handler in waiting}
        for handler, count in checks.items():
            if count > _MOST_CHECKS:
                handler.force_close()


def _waits(handler: "RequestHandler") -> bool:
    """Whether no request has come on a connection, or none after the last one was answered.

    aiohttp does not tell that by a public name. If another version has no such attribute, no connection is closed.
    """
    return getattr(handler, "_current_request", handler) is None
