"""Keep a directory equal to the logs of all machines of a fleet, for as long as wanted."""

import asyncio
import fcntl
import os
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from zigtui.fleet.connection import RefusedError, UnreachableError, close, connect
from zigtui.fleet.join import Join
from zigtui.fleet.mirror.consumer import Receiver
from zigtui.fleet.mirror.cursor import Cursor, StreamPosition
from zigtui.fleet.mirror.machines import Machines
from zigtui.fleet.mirror.mirror_problems import MirrorProblems
from zigtui.fleet.mirror.open_files import has_moved, path_of
from zigtui.fleet.mirror.quota import Limits, MessageRefusedError
from zigtui.fleet.mirror.server_clock import ServerClock
from zigtui.fleet.mirror.silence_reports import SilenceReports
from zigtui.fleet.mirror.store import MirrorStore
from zigtui.fleet.mirror.stream_reader import StreamReader
from zigtui.fleet.server_api import ServerError
from zigtui.fleet.wire.chunk import CHUNK_HEADER, Chunk, age_of
from zigtui.fleet.wire.messages import Beat, State, check_was_published
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.subjects import ALL_BEATS, Lane, Stream, ask_subject, beat_machine, log_of
from zigtui.fleet.wire.wire_error import WireError
from zigtui.reader.machines import MIRROR_MARKER, WriteHint, machine_bases
from zigtui.reader.machines_file import encode_machines
from zigtui.reader.recorded_machines import MACHINES_FILE, RecordedMachines
from zigtui.state.files import replace_file

if TYPE_CHECKING:
    from zigtui.fleet.client import Received, TolerantClient

__all__ = ["Mirror", "MirrorGoneError", "MirrorInUseError"]

_TICK_SECS = 0.5
_SERVER_SILENT_SECS = 3.0  # it gives signs of life every two seconds
_SAVE_SECS = 5.0
_PAUSE_PER_SAVE = 200.0  # with very many logs the positions are saved less often, so that it takes 0.5 % of a core
_ADJUST_SECS = 60.0
_FIRST_RETRY_SECS = 0.5
_LONGEST_RETRY_SECS = 10.0

_log_of = lru_cache(16384)(log_of)  # few subjects come often


class MirrorInUseError(Exception):
    """Another mirror writes into the directory. The text is safe to show."""


class MirrorGoneError(Exception):
    """The directory was removed, or moved away. The text is safe to show."""


class _ClockSetError(Exception):
    """The clock was set. The states that come with the next connection set the times of all files by it."""


class Mirror:
    """Receives the logs of all machines.

    Args:
        directory: where to write: a base directory for each machine, and what the next run needs.
        report: called with lines for people: trouble, and machines that fall silent or come back.
        limits: how much to take.
        written: called for each mirrored file that is written.

    Attributes:
        machines: which machines give signs of life.

    Raises:
        MirrorInUseError: if another mirror writes into the directory.
        OSError: if the directory cannot be used.
    """

    def __init__(
        self,
        directory: Path,
        report: Callable[[str], object],
        limits: Limits | None = None,
        written: WriteHint | None = None,
    ) -> None:
        self._report = report
        self._written = written
        self._root = str(directory)
        self.machines = Machines(self._root)
        self._problems = MirrorProblems(report)
        self._receiver = Receiver(self._take, self._problems.add, ServerClock(), self.machines.note_fleet)
        self._cursor_path = directory / MIRROR_MARKER
        self._saved = b""
        self._beat_at = 0.0  # when the last beat of a machine came, by the monotonic clock
        self._hears_server = False
        with ExitStack() as opened:
            # The lock comes first: whoever waits for it must not measure all logs each time.
            self._lock = _lock(directory)
            opened.callback(os.close, self._lock)
            self._store = MirrorStore(self._root, limits)
            opened.callback(self._store.close)
            self._cursor = Cursor.load(self._cursor_path)
            with suppress(WireError):
                self._store.restore(self._cursor.files)
            recorded = RecordedMachines(self._root)
            bases = machine_bases(self._root)  # without those that people have removed
            self.machines.restore(
                [status for status in recorded.statuses() if status.base in bases], recorded.offline_since
            )
            for base in bases:
                self.machines.add(os.path.basename(base))
            self._save()  # so that readers recognize the directory
            self._opened = opened.pop_all()

    @property
    def notices(self) -> list[str]:
        """The current problems, one sentence each."""
        return self._problems.notices

    def close(self) -> None:
        """Keep what the next run needs, and close all files."""
        if not self._is_gone:
            self._save()
        self._opened.close()

    @property
    def _is_gone(self) -> bool:
        """Whether the directory was removed, or moved away. What is known of its files is void then."""
        try:
            return has_moved(self._lock, _lock_path(self._root))
        except OSError:  # which the next write reports
            return False

    async def run(self, join: Join) -> None:
        """Receive until the task is cancelled. While the server cannot be reached, try again and again.

        Raises:
            RefusedError: (of `connection`) if the server refuses the watcher.
            MirrorGoneError: if the directory was removed, or moved away. Another mirror makes it again.
        """
        from zigtui.fleet.client import NatsError

        wait, is_reported = _FIRST_RETRY_SECS, False
        while True:
            try:
                client = await connect(join)
            except RefusedError as error:
                self._problems.unreachable = str(error)
                raise
            except UnreachableError as error:
                self._problems.unreachable = str(error)
                self._note_connection(is_there=False)
                if not is_reported:
                    self._report(f"{error}; trying again")
                is_reported = True
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_RETRY_SECS)
                continue
            self._problems.unreachable = None
            self._note_connection(is_there=True)
            self._report(f"connected to {join.url}")
            reason = f"the connection to {join.url} is lost; trying again"
            try:
                await self._receive(client)
            except _ClockSetError:
                reason = "the clock was set: the times of all logs are set again"
            except NatsError:
                pass  # it was lost just before something was sent
            finally:
                self._note_connection(is_there=False)
                await close(client)
            self._report(reason)
            wait, is_reported = _FIRST_RETRY_SECS, True

    async def _receive(self, client: "TolerantClient") -> None:
        """Receive as long as a connection lasts."""
        self._cursor.streams[Stream.STATE] = StreamPosition()  # one message for each log: all are compared again
        readers = [self._reader(client, stream) for stream in (Stream.STATE, Stream.LIVE, Stream.BULK)]
        await client.subscribe_directly(ALL_BEATS, self._take_beat)
        tasks = [asyncio.create_task(reader.run()) for reader in readers]
        asks_server = asyncio.Event()
        tasks.append(asyncio.create_task(self._keep_asking(readers[0], asks_server)))
        tasks.append(asyncio.create_task(self._tick(client, readers, asks_server)))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _reader(self, client: "TolerantClient", stream: Stream) -> StreamReader:
        position = self._cursor.streams.setdefault(stream, StreamPosition())
        return StreamReader(client, stream, position, self._receiver)

    def _take(self, subject: str, headers: dict[str, str], payload: bytes, age: float) -> None:
        """Take a message of a stream.

        Raises:
            OSError: if it cannot be written now.
        """
        has_grown = False
        try:
            check_was_published(headers)
            lane, log = _log_of(subject)
            if lane is Lane.STATE:
                has_changed = self._store.apply_state(log, State.decoded(headers, payload), age)
                self.machines.note_message(log.machine, age)
                if has_changed:
                    self._note_written(log)
            else:
                chunk, published_age = Chunk.decoded(headers.get(CHUNK_HEADER, ""), payload), age
                age += age_of(headers)
                has_grown = self._store.apply(log, chunk, age if lane is Lane.LIVE else None)
                self.machines.add(log.machine)
                self.machines.note_message(log.machine, published_age)
                self._note_written(log)
        except (WireError, MessageRefusedError) as error:
            self._problems.refuse(subject, error)
        if has_grown:  # other messages need no room
            self._problems.note_written()

    def _note_written(self, log: RemoteLog) -> None:
        if self._written is not None:
            self._written(os.path.join(self._root, path_of(log)))

    def _take_beat(self, received: "Received") -> None:
        self._beat_at = time.monotonic()
        try:
            machine = beat_machine(received.subject)
            beat = Beat.decoded(received.headers, received.data)
        except WireError as error:
            self._problems.refuse(received.subject, error)
        else:
            self.machines.note_beat(machine, beat)

    async def _keep_asking(self, reader: StreamReader, asks: asyncio.Event) -> None:
        """Ask the server whenever that is wanted. If it is silent, it takes long until that fails."""
        while True:
            await asks.wait()
            with suppress(ServerError):
                await reader.ask_server()
            asks.clear()

    async def _tick(self, client: "TolerantClient", readers: list[StreamReader], asks_server: asyncio.Event) -> None:
        """Do what is due from time to time, until the connection is lost."""
        record_at = save_at = time.monotonic() + _SAVE_SECS
        ask_server_at = time.monotonic() + _ADJUST_SECS
        self._beat_at, self._hears_server = time.monotonic(), True
        silences = SilenceReports(self.machines, self._report)
        while client.is_connected:
            await asyncio.sleep(_TICK_SECS)
            if self._is_gone:
                raise MirrorGoneError(f"the directory of the mirror was removed or moved: {self._root}")
            if all(reader.is_reading for reader in readers):
                self._problems.note_read()
            self._check_machines(readers, silences, asks_server)
            await self._check_files(client, readers)
            now = time.monotonic()
            if now >= record_at:
                self._save_record()
                self._store.close_unneeded()
                record_at = now + _SAVE_SECS
            if now >= save_at:
                began = time.thread_time()
                self._save_cursor()
                save_at = time.monotonic() + max(_SAVE_SECS, (time.thread_time() - began) * _PAUSE_PER_SAVE)
            if self.machines.is_fleet_outdated:  # a machine was added just now
                ask_server_at = min(ask_server_at, now + _SAVE_SECS)
            if now >= ask_server_at:
                asks_server.set()
                ask_server_at = now + _ADJUST_SECS

    def _check_machines(
        self, readers: list[StreamReader], silences: SilenceReports, asks_server: asyncio.Event
    ) -> None:
        """Find out which machines are silent, and whether the server is."""
        now = time.monotonic()
        heard_at = max(self._beat_at, *(reader.heard_at for reader in readers))
        hears_server = now - heard_at < _SERVER_SILENT_SECS
        if hears_server is not self._hears_server:  # a connection that was cut looks open for up to 15 seconds
            self._hears_server = hears_server
            self._note_connection(is_there=hears_server)
        late = now - min(reader.caught_up for reader in readers if reader.stream is not Stream.BULK)
        changes = self.machines.tick(is_connected=hears_server, late_secs=late)
        if self.machines.take_jump():
            raise _ClockSetError
        silences.note(changes)
        for machine, silence in changes:
            if silence is None:
                self._store.ask_again(machine)
        if changes or self.machines.is_any_overdue:  # it may have been removed from the fleet
            asks_server.set()
        elif not asks_server.is_set():
            silences.report_silent()

    async def _check_files(self, client: "TolerantClient", readers: list[StreamReader]) -> None:
        """Ask for what the mirrored files lack, and find out which ones are gone and what they take."""
        from zigtui.fleet.client import NatsError

        for machine, ask in self._store.recover(min(reader.caught_up for reader in readers)):
            with suppress(NatsError):  # it is asked for again
                await client.publish(ask_subject(machine), ask.payload, headers=ask.headers)
        self._store.forget_removed()
        self._problems.note_failing(self._store.failing())
        self._problems.note_shared(self.machines.shared())
        for machine in self._store.to_measure():
            self._store.note_usage(machine, await asyncio.to_thread(self._store.measured, machine))

    def _note_connection(self, *, is_there: bool) -> None:
        self.machines.note_connection(is_there=is_there)
        self._save_record()

    def _save(self) -> None:
        self._save_record()
        self._save_cursor()

    def _save_cursor(self) -> None:
        self._cursor.files = self._store.positions()
        content = self._cursor.encoded()
        if content != self._saved:
            with suppress(OSError):  # it is only a hint
                replace_file(self._cursor_path, content)
                self._saved = content

    def _save_record(self) -> None:
        with suppress(OSError):  # other processes only know less
            content = encode_machines(self.machines.statuses(), time.time(), self.machines.offline_since)
            replace_file(Path(self._root, MACHINES_FILE), content)


def _lock_path(directory: str | Path) -> str:
    return os.path.join(directory, ".lock")


def _lock(directory: Path) -> int:
    """Lock the directory for this process, as long as the descriptor is open. The directory is created if necessary."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(_lock_path(directory), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            raise MirrorInUseError(f"another mirror writes into {directory}") from None
        raise
    return descriptor
