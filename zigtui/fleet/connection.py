"""Connect to the server of a fleet."""

import asyncio
import logging
import os
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from zigtui.fleet.cancellation import raise_if_cancelled
from zigtui.fleet.join import Join
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.log_exception import log_exception

if TYPE_CHECKING:
    from nats.aio.client import Client

    from zigtui.fleet.client import TolerantClient

__all__ = ["SERVER_NAME", "RefusedError", "UnknownKeyError", "UnreachableError", "close", "connect", "inbox_of"]

SERVER_NAME = "server.zigtui-fleet"
"""The name in the server's certificate. It is the same for every fleet: fleets differ by their authorities, and a
server may be reached by any address."""

_PING_SECS = 5
_MOST_PINGS = 2  # without an answer; then the connection is given up
_CLOSE_SECS = 0.5
_REFUSALS = ("authorization violation", "authentication", "user authentication")
_TOO_LATE = "authentication timeout"
"""What the server says to a user who has not proven who it is in time: the network, or this machine, was slow."""

_NO_GREETING = "empty response from server"
"""The beginning of the error of nats-py if the server does not greet as a NATS server does: it is another kind of
server, or ended the connection after waiting for the client to begin TLS."""

_UNTIMELY = {9: "is not yet valid", 10: "has expired"}
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL, whose own words differ by its version."""

_SPURIOUS = "returning true from eof_received"
"""The beginning of a warning that asyncio logs whenever the server ends an encrypted connection of nats-py."""


class RefusedError(Exception):
    """The server refused the user, or is not the server of the fleet. The text is safe to show."""


class UnknownKeyError(RefusedError):
    """The server does not know the key of the user: it is wrong, was removed, or was added just now."""


class UnreachableError(Exception):
    """The server cannot be reached. The text is safe to show."""


def inbox_of(join: Join) -> str:
    """The first part of the subjects on which the user receives answers."""
    return f"_INBOX_{join.user}"


async def connect(
    join: Join,
    *,
    timeout_secs: float = 5.0,
    on_error: Callable[[Exception], object] | None = None,
    on_lost: Callable[[], object] | None = None,
) -> "TolerantClient":
    """Connect once. A connection that is lost is closed and does not come back: connect again.

    The TLS handshake comes before anything else. Otherwise the server would announce in clear text that it wants TLS,
    and an attacker in between could leave that out.

    Args:
        join: the server, and who connects.
        timeout_secs: how long it may take.
        on_error: called with errors that do not end the connection, such as a refused subject; by default, they are
            logged as `log_exception` does.
        on_lost: called when the connection has ended.

    Raises:
        RefusedError: if the server refuses the user (`UnknownKeyError`), or cannot prove that it is the server of the
            fleet.
        UnreachableError: if the server does not answer, or if its certificate is not valid at the time that the clock
            of this machine has.
    """
    from zigtui.fleet.client import TolerantClient  # nats-py takes 70 ms to import

    logging.getLogger("asyncio").addFilter(_is_meant)
    errors: list[Exception] = []
    client, is_connected = TolerantClient(), False

    async def error_cb(error: Exception) -> None:
        if not is_connected:
            errors.append(error)
        elif on_error is not None:
            on_error(error)
        else:  # also what a subscription has raised
            log_exception(f"the connection to {join.url} has met an error", error)

    async def closed_cb() -> None:
        if on_lost is not None:
            on_lost()

    try:
        async with asyncio.timeout(timeout_secs):
            await client.connect(
                [join.url],
                name=f"zigtui {join.user}",
                error_cb=error_cb,
                closed_cb=closed_cb,
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=max(1, round(timeout_secs)),
                ping_interval=_PING_SECS,
                max_outstanding_pings=_MOST_PINGS,
                tls=_tls(join) if join.is_encrypted else None,
                tls_hostname=SERVER_NAME if join.is_encrypted else None,
                tls_handshake_first=join.is_encrypted,
                nkeys_seed_str=join.seed or None,
                inbox_prefix=inbox_of(join),
            )
            raise_if_cancelled()
    except BaseException as error:
        await close(client)
        if not isinstance(error, Exception):
            raise
        cause = errors[0] if errors else error  # later ones follow from it
        raise _explained(join, cause) from error
    is_connected = True
    return client


def _is_meant(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(_SPURIOUS)


async def close(client: "Client") -> None:
    """Close a connection, at once even if the server has stopped answering, or if it was never established."""
    try:
        with suppress(Exception):  # the connection is not needed any more
            async with asyncio.timeout(_CLOSE_SECS):  # a silent server would be waited for during 30 s
                await client.close()
    finally:
        transport = getattr(client, "_transport", None)
        for name in ("_io_writer", "_bare_io_writer"):  # nats-py has no other way to end what has not ended by now
            writer = getattr(transport, name, None)
            if writer is not None:
                with suppress(Exception):  # Python 3.11.2 fails if an encrypted connection has ended already
                    writer.transport.abort()
        flushes = client._flush_queue  # nats-py lets those who publish wait for ever for one that has not begun
        while flushes is not None and not flushes.empty():
            flush = flushes.get_nowait()
            if not flush.done():
                flush.set_result(None)
        for subscription in client._subs.values():  # which are left if the connection broke while data was pending
            if subscription._wait_for_msgs_task is not None:
                subscription._wait_for_msgs_task.cancel()


def _tls(join: Join) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    try:
        context.load_verify_locations(cadata=join.ca)
    except (ssl.SSLError, ValueError):
        raise RefusedError("the certificate in the join token is damaged") from None
    return context


def _explained(join: Join, error: Exception) -> Exception:
    if isinstance(error, RefusedError):
        return error
    if isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in _UNTIMELY:
        # This may pass: a machine may start before its clock is set, and the server renews its certificate.
        fault, today = _UNTIMELY[error.verify_code], datetime.now(UTC).date()
        return UnreachableError(
            f"{join.url} cannot be trusted: its certificate {fault}, by the clock of this machine ({today} in UTC)"
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return RefusedError(f"{join.url} is not the server of this join token: {error.verify_message}")
    text = str(error).removeprefix("nats: ").strip("'\" ")
    if text.lower().startswith(_TOO_LATE):
        return UnreachableError(
            f"{join.url} cannot be reached: it ended the connection, since the answer took too long"
        )
    if text.lower().startswith(_REFUSALS):
        return UnknownKeyError(f"{join.url} refuses {join.user!r}: its key is wrong, or was removed")
    if type(error).__module__.partition(".")[0] == "nkeys":
        return RefusedError("the key in the join token is damaged")
    hint = "" if join.is_encrypted else "; a server of zigtui fleet serve needs tls:// and a join token"
    if isinstance(error, TimeoutError):
        return UnreachableError(f"{join.url} does not answer{hint}")
    if text.lower().startswith(_NO_GREETING):
        return UnreachableError(f"{join.url} does not answer as a NATS server does{hint}")
    if isinstance(error, ssl.SSLError):
        return UnreachableError(f"{join.url} does not speak TLS 1.3")
    if isinstance(error, OSError):
        reason = reason_of(error)
        if isinstance(error, ConnectionError):  # asyncio repeats the address, or says nothing
            reason = "it ended the connection" if error.errno is None else os.strerror(error.errno)
        return UnreachableError(f"{join.url} cannot be reached: {reason}")
    return UnreachableError(f"{join.url} cannot be reached: {text or type(error).__name__}")
