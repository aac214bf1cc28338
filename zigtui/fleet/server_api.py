"""Requests to the server's API for streams."""

import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from zigtui.fleet.cancellation import raise_if_cancelled
from zigtui.fleet.wire.subjects import Stream

if TYPE_CHECKING:
    from nats.aio.client import Client

__all__ = ["ServerError", "checked", "machines_in", "machines_metadata", "request", "stream_info"]

_TIMEOUT_SECS = 10.0

_MACHINES = "zigtui-machines"
_MOST_METADATA = 100_000  # bytes; the server takes no more than 128 KB


class ServerError(Exception):
    """The server could not do what was requested. The text is safe to show."""


async def stream_info(client: "Client", stream: Stream, *, subjects: str | None = None) -> dict[str, Any]:
    """The server's description of a stream.

    Args:
        client: a connection of the watcher or of the administrator.
        stream: the stream.
        subjects: count the messages on each of these subjects too.

    Raises:
        ServerError: if the server refuses.
    """
    found: dict[str, int] = {}
    offset = 0  # not the number found: subjects that are not UTF-8 may look the same in an answer
    while True:
        question = {"subjects_filter": subjects, "offset": offset} if subjects is not None else {}
        answer = checked(await request(client, f"STREAM.INFO.{stream}", question), f"the stream {stream} is missing")
        page = answer["state"].get("subjects") or {}
        found.update(page)
        offset += len(page)
        if not page or offset >= answer.get("total", 0):
            answer["state"]["subjects"] = found
            return answer


async def request(client: "Client", name: str, question: dict[str, Any]) -> dict[str, Any]:
    """Send a request to the API.

    Args:
        client: the connection.
        name: the name of the request, such as ``STREAM.INFO.ZIG_LIVE``.
        question: what is requested.

    Returns:
        The answer, which has the field ``error`` if the server refuses.

    Raises:
        ServerError: if the server does not answer.
    """
    from zigtui.fleet.client import NatsError

    try:
        message = await client.request(f"$JS.API.{name}", json.dumps(question).encode(), timeout=_TIMEOUT_SECS)
        raise_if_cancelled()
        answer = json.loads(message.data)
    except (NatsError, TimeoutError, ValueError) as error:
        raise ServerError(f"the server did not answer ({name}): {error or 'timeout'}") from None
    return answer if isinstance(answer, dict) else {}


def checked(answer: dict[str, Any], trouble: str) -> dict[str, Any]:
    """Return an answer.

    Args:
        answer: the answer.
        trouble: what it means if the server refuses.

    Raises:
        ServerError: if the server refuses.
    """
    if "error" in answer:
        raise ServerError(f"{trouble}: {answer['error'].get('description', 'unknown error')}")
    return answer


def machines_metadata(machines: Collection[str]) -> dict[str, str]:
    """The metadata of the stream of states, which names the machines of the fleet to watchers. Too many are left out.

    Args:
        machines: their names.
    """
    text = " ".join(sorted(machines))
    return {_MACHINES: text} if len(text) <= _MOST_METADATA else {}


def machines_in(info: dict[str, Any]) -> frozenset[str] | None:
    """The machines of the fleet, by the description of the stream of states; None if it does not name them.

    Args:
        info: the description, of `stream_info`.
    """
    text = (info.get("config", {}).get("metadata") or {}).get(_MACHINES)
    return None if text is None else frozenset(text.split())
