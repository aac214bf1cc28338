"""Run nats-server from the directory of a server."""

import asyncio
import base64
import errno
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event

from zigtui.fleet.connection import SERVER_NAME, RefusedError, UnreachableError, close, connect
from zigtui.fleet.join import host_and_port
from zigtui.fleet.server.certificates import new_key, pem_of_key, server_certificate
from zigtui.fleet.server.configuration import configuration
from zigtui.fleet.server.directory import ServerDirectory
from zigtui.fleet.server.log_lines import LogLines
from zigtui.fleet.server.settings import DirectoryError, Fleet
from zigtui.fleet.server.streams import create_streams, remove_consumers
from zigtui.fleet.server.watchdog import Watchdog
from zigtui.fleet.server_api import ServerError
from zigtui.reader.error_reasons import end_of_process, reason_of
from zigtui.reader.pause import pause
from zigtui.reader.threads import start_thread
from zigtui.system.process_end import ProcessEnd

__all__ = ["NatsServer", "find_nats_server"]

_START_SECS = 30.0
_STOP_SECS = 10.0
_POLL_SECS = 0.1
_RELOADED = b"Reloaded server configuration"
_PR_SET_PDEATHSIG = 1
_LAST_PORT = 65_535
_EXPECTED = b"TLS Handshake First"  # a warning that all clients need what `connect` does
_REPORTED = (b"[WRN]", b"[ERR]", b"[FTL]", b"nats-server:")


def find_nats_server() -> str:
    """The path of the program: the one on PATH, else the one of the extra ``fleet-server``.

    Raises:
        DirectoryError: if there is none.
    """
    found = shutil.which("nats-server") or shutil.which("nats-server", path=str(Path(sys.executable).parent))
    if found is None:
        raise DirectoryError("there is no nats-server: install one, or zigtui[fleet-server]")
    return found


def _ending_with_this_process() -> Callable[[], object] | None:
    """What lets a new process end with this one, even if this one is killed; None where the system cannot do that."""
    import ctypes

    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux only
    return None if prctl is None else partial(prctl, _PR_SET_PDEATHSIG, signal.SIGTERM)


def _check_is_free(listen: str) -> None:
    """Check whether nothing else listens on an address, since nats-server only tries for half a minute.

    Raises:
        DirectoryError: if something does, or if the address is not one of this machine.
    """
    host, port = host_and_port(f"tls://{listen}")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        # Of the addresses of a name, nats-server uses an IPv4 one too.
        family, kind, protocol, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
        with socket.socket(family, kind, protocol) as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen()
    except OSError as error:
        cause, other = f"{listen}: {reason_of(error)}", "HOST:PORT"
        if error.errno == errno.EADDRINUSE:
            cause = f"port {port} is in use"
            other = f"{listen.rpartition(':')[0]}:{port + 1 if port < _LAST_PORT else port - 1}"
        raise DirectoryError(f"{cause}; choose another address with --listen {other}") from None


class NatsServer:
    """A running nats-server. Use it as a context manager, which ends it.

    Start it on a thread that lives as long: the program ends with the thread that has started it.

    Args:
        directory: the directory to run it from.
        report: called with its warnings and errors, from another thread; see `LogLines`.
        lock: the descriptor of the lock on the directory, which the program inherits: so the directory stays locked
            if this process is killed and the program is not.

    Raises:
        DirectoryError: if it cannot be started.
    """

    def __init__(self, directory: ServerDirectory, report: Callable[[str], object], lock: int) -> None:
        self._directory = directory
        self._report = report
        self._has_reloaded = Event()
        self._lines = LogLines(report)
        fleet = directory.fleet()
        _check_is_free(fleet.listen)
        self._write_certificate(fleet)
        self._write_configuration(fleet)
        dies_with_parent = _ending_with_this_process()
        try:
            self._process = subprocess.Popen(
                [find_nats_server(), "-c", "nats.conf"],
                cwd=directory.path,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[lock],
                process_group=0,  # Ctrl-C is for this process, which ends the program in order
                preexec_fn=dies_with_parent,
            )
        except OSError as error:
            raise DirectoryError(f"nats-server cannot be run: {reason_of(error)}") from None
        try:
            self._watchdog = None if dies_with_parent is not None else Watchdog(self._process.pid)
        except OSError as error:
            self._process.kill()
            self._process.communicate()
            raise DirectoryError(f"nats-server cannot be run: {reason_of(error)}") from None
        self._end = ProcessEnd(self._process)
        self._thread = start_thread(self._read_log, "log of nats-server")
        self._revision = fleet.revision
        self._watcher: str | None = None  # whose consumers may be there

    def __enter__(self) -> "NatsServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def process_id(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code of the program; None while it runs."""
        return self._end.exit_code

    def wait_until_ready(self) -> None:
        """Wait until it serves, and create the streams.

        Raises:
            DirectoryError: if the program ends, or does not serve in time.
            RefusedError: if another server listens on the address.
            ServerError: if the streams cannot be created.
        """
        deadline = time.monotonic() + _START_SECS
        while True:
            if self.exit_code is not None:
                self._thread.join(_STOP_SECS)
                raise DirectoryError(f"nats-server {end_of_process(self.exit_code)}")
            try:
                asyncio.run(self._set_up())
            except UnreachableError as error:
                if time.monotonic() > deadline:
                    raise DirectoryError(f"nats-server does not answer: {error}") from None
                pause(_POLL_SECS)
            else:
                break
        self._directory.set_applied(self._revision)

    async def _set_up(self) -> None:
        client = await connect(self._directory.admin_join())
        try:
            fleet = self._directory.fleet()
            await create_streams(client, fleet.store_bytes, fleet.machines)
            if self._watcher != fleet.watcher:  # nothing stays of what one with another key has created
                await remove_consumers(client)
                self._watcher = fleet.watcher
        finally:
            await close(client)

    def announce_machines(self) -> None:
        """Tell watchers the machines of the fleet, after a change was taken over. Report if that fails.

        If the watcher has a new key, what was created with the old one on the server is removed.
        """
        try:
            asyncio.run(self._set_up())
        except (DirectoryError, RefusedError, ServerError, UnreachableError) as error:
            self._report(f"zigtui: watchers cannot be told which machines belong to the fleet: {error}")

    def reload_if_changed(self) -> Fleet | None:
        """Take over machines that were added or removed.

        Returns:
            What the server is configured from now; None if nothing has changed.

        Raises:
            DirectoryError: if the change cannot be read.
        """
        fleet = self._directory.fleet()
        if fleet.revision == self._revision:
            return None
        self._has_reloaded.clear()
        self._write_configuration(fleet)
        self._process.send_signal(signal.SIGHUP)
        if not self._has_reloaded.wait(_STOP_SECS):
            raise DirectoryError("nats-server has not taken over the change of its configuration")
        self._revision = fleet.revision
        self._directory.set_applied(fleet.revision)
        return fleet

    def stop(self) -> None:
        """End the program, which first completes what it writes."""
        if self._watchdog is not None:
            self._watchdog.stop()
            self._watchdog = None
        self._process.terminate()
        if not self._end.wait(_STOP_SECS):
            self._process.kill()
            self._end.wait(_STOP_SECS)
        self._thread.join(_STOP_SECS)
        if self._process.stderr is not None:
            self._process.stderr.close()

    def _write_configuration(self, fleet: Fleet) -> None:
        self._directory.write("nats.conf", configuration(fleet))

    def _write_certificate(self, fleet: Fleet) -> None:
        key, authority_key = new_key(), base64.b64decode(self._directory.keys().ca_key)
        hosts = [host_and_port(url)[0] for url in (fleet.url, f"tls://{fleet.listen}")]
        names = [SERVER_NAME, "localhost", "127.0.0.1", "::1", socket.gethostname(), *hosts]
        self._directory.write("server.key", pem_of_key(key))
        self._directory.write("server.pem", server_certificate(key, authority_key, names, datetime.now(UTC)))

    def _read_log(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if _RELOADED in line:
                self._has_reloaded.set()
            if any(mark in line for mark in _REPORTED) and _EXPECTED not in line:
                self._lines.take(line.decode("utf-8", "replace").rstrip())
