"""The directory of a server: its keys, its certificates, and who belongs to the fleet.

    fleet.json    address, limits, and the public key of each machine
    keys.json     the private keys of the authority, the watcher and the administrator
    watch.join    the join token of the watcher
    nats.conf     the configuration of nats-server, made from these
    applied       the revision of fleet.json that the running server has taken over
    store/        the streams

Only the user who owns the directory can read it. ``zigtui fleet add`` and ``remove`` change ``fleet.json``, and the
running server notices.
"""

import base64
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from zigtui.fleet.join import ADMIN, DEFAULT_PORT, RESERVED_NAMES, WATCHER, Join
from zigtui.fleet.server.certificates import authority_certificate, new_key
from zigtui.fleet.server.keys import new_seed, public_key_of
from zigtui.fleet.server.settings import DirectoryError, Fleet, Keys, Machine, check_encrypted, local_url, url_of
from zigtui.fleet.wire.names import check_machine
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.pause import pause
from zigtui.state.files import replace_file

__all__ = ["ServerDirectory"]

_LOCK_POLL_SECS = 0.02

_Kept = TypeVar("_Kept", Fleet, Keys)


class ServerDirectory:
    """The directory of a server. Several processes may use it at once.

    Args:
        path: the directory. It need not exist before `prepare` or `create`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def prepare(self) -> None:
        """Create the directory itself, for the user alone.

        Raises:
            DirectoryError: if it cannot be used.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.chmod(0o700)
            (self.path / "store").mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise DirectoryError(f"{self.path} cannot be used: {reason_of(error)}") from None

    def create(self, listen: str | None, url: str | None, store_bytes: int | None) -> Fleet:
        """Create what is missing, and change what is given.

        Args:
            listen: the address to listen on, ``host:port``.
            url: the URL by which machines reach the server.
            store_bytes: the most that the streams may take on the disk.

        Raises:
            DirectoryError: if the directory cannot be used.
            JoinError: if the URL is none.
        """
        given_url = check_encrypted(url) if url else ""
        self.prepare()
        with self._changing():
            if not self._file("keys.json").exists():
                self._create_keys()
        keys = self.keys()
        self._write("ca.pem", keys.ca.encode())

        def change(fleet: Fleet) -> Fleet:
            listening = listen or fleet.listen
            own_url = given_url or (fleet.url if listening == fleet.listen else "")
            return msgspec.structs.replace(
                fleet,
                listen=listening,
                url=own_url or url_of(listening),
                store_bytes=store_bytes or fleet.store_bytes,
                watcher=public_key_of(keys.watcher),
                admin=public_key_of(keys.admin),
            )

        fleet = self._change(change)
        self._write_watcher_join(fleet, keys)
        return fleet

    def _write_watcher_join(self, fleet: Fleet, keys: Keys) -> None:
        join = Join(fleet.url, WATCHER, keys.watcher, keys.ca)
        self._write("watch.join", f"{join.token}\n".encode())

    def _create_keys(self) -> None:
        authority = new_key()
        keys = Keys(
            ca=authority_certificate(authority, datetime.now(UTC)),
            ca_key=base64.b64encode(authority).decode(),
            watcher=new_seed(),
            admin=new_seed(),
        )
        self._write("keys.json", msgspec.json.encode(keys))

    def fleet(self) -> Fleet:
        """The address, the limits and the machines.

        Raises:
            DirectoryError: if no server has been set up in the directory.
        """
        return self._read("fleet.json", Fleet)

    def keys(self) -> Keys:
        """The private keys.

        Raises:
            DirectoryError: if no server has been set up in the directory.
        """
        return self._read("keys.json", Keys)

    def join(self, user: str, seed: str) -> Join:
        """What a user needs in order to connect.

        Raises:
            DirectoryError: if no server has been set up in the directory.
        """
        return Join(self.fleet().url, user, seed, self.keys().ca)

    def watcher_join(self) -> Join:
        """What the watcher needs in order to connect, from this machine.

        Raises:
            DirectoryError: if no server has been set up in the directory.
        """
        return self._local_join(WATCHER, self.keys().watcher)

    def admin_join(self) -> Join:
        """What the server's own commands need in order to connect, from this machine.

        Raises:
            DirectoryError: if no server has been set up in the directory.
        """
        return self._local_join(ADMIN, self.keys().admin)

    def _local_join(self, user: str, seed: str) -> Join:
        """What a user needs who is on this machine, where the URL for others may lead nowhere."""
        return Join(local_url(self.fleet().listen), user, seed, self.keys().ca)

    def add(self, machine: str, keep: Callable[[Join], object] = lambda join: None) -> Join:
        """Add a machine, and return what it needs in order to connect. Its key is kept nowhere else.

        Args:
            machine: the machine.
            keep: called with the same before the machine is added. If it raises an exception, nothing is added.

        Raises:
            DirectoryError: if no server has been set up in the directory, or if there is such a machine.
            WireError: if it is not the name of a machine.
        """
        check_machine(machine)
        if machine in RESERVED_NAMES:
            raise DirectoryError(f"{machine!r} is the name of a user of the server; choose another one")
        seed = new_seed()
        join = self.join(machine, seed)

        def change(fleet: Fleet) -> Fleet:
            if machine in fleet.machines:
                raise DirectoryError(f"there is a machine {machine!r} already; to give it a new key, remove it first")
            keep(join)
            entry = Machine(key=public_key_of(seed), added=round(time.time()))
            return msgspec.structs.replace(fleet, machines={**fleet.machines, machine: entry})

        self._change(change)
        return join

    def remove(self, machine: str) -> int:
        """Remove a machine, and return the revision from which on the server refuses it.

        Raises:
            DirectoryError: if no server has been set up in the directory, or if there is no such machine.
        """

        def change(fleet: Fleet) -> Fleet:
            if machine not in fleet.machines:
                raise DirectoryError(f"there is no machine {machine!r}; zigtui fleet status lists them")
            others = {name: entry for name, entry in fleet.machines.items() if name != machine}
            return msgspec.structs.replace(fleet, machines=others)

        self.fleet()
        return self._change(change).revision

    def renew_watcher(self) -> int:
        """Give watchers a new key, and return the revision from which on the server refuses the old one.

        Raises:
            DirectoryError: if no server has been set up in the directory.
        """

        def change(fleet: Fleet) -> Fleet:
            keys = msgspec.structs.replace(self.keys(), watcher=new_seed())
            self._write("keys.json", msgspec.json.encode(keys))
            self._write_watcher_join(fleet, keys)
            return msgspec.structs.replace(fleet, watcher=public_key_of(keys.watcher))

        self.fleet()
        return self._change(change).revision

    @contextmanager
    def running(self, wait_secs: float = 0.5) -> Iterator[int]:
        """Keep other servers from using the directory.

        Args:
            wait_secs: how long to wait for the lock: `is_running` takes it for a moment too.

        Yields:
            The descriptor of the lock. A nats-server that inherits it keeps the directory locked while it runs.

        Raises:
            DirectoryError: if a server uses it already.
        """
        descriptor = self._open("running")
        try:
            deadline = time.monotonic() + wait_secs
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise DirectoryError(f"a server is running in {self.path} already") from None
                    pause(_LOCK_POLL_SECS)
            yield descriptor
        finally:
            os.close(descriptor)

    @property
    def is_running(self) -> bool:
        """Whether a server uses the directory now."""
        try:
            with self.running(wait_secs=0):
                return False
        except DirectoryError:
            return True

    @property
    def applied(self) -> int:
        """The revision that the running server has taken over; 0 if there is none."""
        try:
            return int(self._file("applied").read_bytes())
        except (OSError, ValueError):
            return 0

    def set_applied(self, revision: int) -> None:
        """Record that the running server has taken over a revision."""
        self._write("applied", str(revision).encode())

    def write(self, name: str, text: str) -> None:
        """Write a file that only the owner can read.

        Raises:
            DirectoryError: if it cannot be written.
        """
        self._write(name, text.encode())

    def _change(self, change: Callable[[Fleet], Fleet]) -> Fleet:
        with self._changing():
            try:
                old = self.fleet()
            except DirectoryError:
                if self._file("fleet.json").exists():
                    raise
                old = Fleet(listen=f"127.0.0.1:{DEFAULT_PORT}")
            new = change(old)
            if new != old:
                new = msgspec.structs.replace(new, revision=old.revision + 1)
                self._write("fleet.json", msgspec.json.format(msgspec.json.encode(new)))
            return new

    @contextmanager
    def _changing(self) -> Iterator[None]:
        descriptor = self._open("lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _open(self, name: str) -> int:
        try:
            return os.open(self._file(name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DirectoryError(f"{self._file(name)} cannot be opened: {reason_of(error)}") from None

    def _file(self, name: str) -> Path:
        return self.path / name

    def _write(self, name: str, data: bytes) -> None:
        try:
            replace_file(self._file(name), data, is_durable=True)  # a lost key would void all tokens
        except OSError as error:
            raise DirectoryError(f"{self._file(name)} cannot be written: {reason_of(error)}") from None

    def _read(self, name: str, kind: type[_Kept]) -> _Kept:
        try:
            return msgspec.json.decode(self._file(name).read_bytes(), type=kind)
        except FileNotFoundError:
            raise DirectoryError(f"no server has been set up in {self.path}; start zigtui fleet serve first") from None
        except OSError as error:
            raise DirectoryError(f"{self._file(name)} cannot be read: {reason_of(error)}") from None
        except (msgspec.DecodeError, UnicodeError):
            raise DirectoryError(f"{self._file(name)} is damaged") from None
