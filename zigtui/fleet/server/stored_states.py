"""The last state of each log, as the server keeps them."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from secrets import token_hex
from typing import TYPE_CHECKING

from zigtui.fleet.server_api import ServerError, checked, request
from zigtui.fleet.wire.messages import State
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.subjects import Stream, log_of
from zigtui.fleet.wire.wire_error import WireError

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

__all__ = ["stored_states"]

_BATCH = 1000
_TIMEOUT_SECS = 10.0
_UNUSED_NS = 30 * 10**9
_NO_MORE = "404"


async def stored_states(client: "Client") -> AsyncIterator[tuple[RemoteLog, State]]:
    """Read the last state of each log, once.

    Args:
        client: a connection of the watcher.

    Yields:
        The logs and their states. What is not a state is left out.

    Raises:
        ServerError: if the server refuses, or does not send all of them.
    """
    from zigtui.fleet.client import NatsError

    name = token_hex(8)
    configuration = {
        "stream_name": Stream.STATE.value,
        "config": {
            "name": name,
            "deliver_policy": "all",
            "ack_policy": "none",
            "replay_policy": "instant",
            "inactive_threshold": _UNUSED_NS,
            "mem_storage": True,
        },
    }
    trouble = f"the stream {Stream.STATE} cannot be read"
    answer = await request(client, f"CONSUMER.CREATE.{Stream.STATE}.{name}", configuration)
    remaining = checked(answer, trouble)["num_pending"]
    subscription = await client.subscribe(inbox := client.new_inbox())
    try:
        while remaining > 0:
            wanted = min(_BATCH, remaining)
            question = json.dumps({"batch": wanted, "no_wait": True}).encode()
            await client.publish(f"$JS.API.CONSUMER.MSG.NEXT.{Stream.STATE}.{name}", question, reply=inbox)
            for _ in range(wanted):
                message = await subscription.next_msg(_TIMEOUT_SECS)
                if _is_no_more(message, inbox):
                    return
                if message.subject == inbox:
                    raise ServerError(f"{trouble}: the server gave up")
                remaining -= 1
                with suppress(WireError):
                    yield log_of(message.subject)[1], State.decoded(message.headers, message.data)
    except NatsError as error:
        raise ServerError(f"{trouble}: {error}") from None
    finally:
        with suppress(NatsError):
            await subscription.unsubscribe()


def _is_no_more(message: "Msg", inbox: str) -> bool:
    """Whether a message reports that there are fewer states now than when they were counted."""
    return message.subject == inbox and (message.headers or {}).get("Status") == _NO_MORE
