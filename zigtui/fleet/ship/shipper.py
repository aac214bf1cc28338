"""The shipper: sends the logs of this machine to the server, live ones first.

Two tasks send, each on its own connection, so that a backlog never queues before new lines. The *live* one checks the
logs that grow, 20 times a second, and sends what is new. A log with a large backlog is left to the *bulk* one, the
smallest rest first, until it has caught up; the bulk one also sends again what mirrors ask for.

The shipper only reads. While the server is away, it waits, and keeps nothing in memory but what is being sent.
"""

import asyncio
import time
from collections.abc import Callable, Container, Sequence
from typing import TYPE_CHECKING

from zigtui.fleet.join import Join
from zigtui.fleet.ship.entry import Entry, EntryTasks
from zigtui.fleet.ship.link import Link
from zigtui.fleet.ship.log_set import LogSet
from zigtui.fleet.ship.masked_log import Masking
from zigtui.fleet.ship.notes import LogNotes
from zigtui.fleet.ship.shared import Shared
from zigtui.fleet.ship.states import States
from zigtui.fleet.ship.ticks import Ticks
from zigtui.fleet.wire.chunk import CHUNK_HEADER, MAX_CHUNK_BYTES, Chunk, age_header
from zigtui.fleet.wire.messages import Ask, StatesAsk
from zigtui.fleet.wire.subjects import Lane, ask_subject, beat_subject
from zigtui.fleet.wire.wire_error import WireError

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

__all__ = ["Shipper"]

_BULK_PAUSE_SECS = 0.05
_LIVE_WINDOW_BYTES, _BULK_WINDOW_BYTES = 4 * 1024**2, 2 * 1024**2
_TO_BULK_BYTES, _TO_LIVE_BYTES = 256 * 1024, 128 * 1024
_HOT_SECS = 60.0  # a runner writes a heartbeat every 10 s; other logs are checked once a second
_BEAT_SECS = 2.0
_MOST_WAITING = 1000  # masked logs with new lines
_CANCEL_SECS = 2.0
_FURTHEST_GEN_MS = 100 * 365 * 86_400 * 1000  # a mirror may know of a generation that began that far in the future


class Shipper:
    """Ships the logs below some base directories.

    Args:
        join: the server, and the machine that ships.
        bases: the base directories.
        notes: the notes of the last run, for the next one.
        report: called with what people should know.
        since_secs: ship logs that have changed within this time; older ones only when they are asked for.
        projects: only sessions of these projects (None in it is the base itself); all if it is None.
        masking: masks secrets in what is sent; None to send the logs as they are.
        shared: shared with the shippers of other base directories; None if there are none.
    """

    def __init__(
        self,
        join: Join,
        bases: Sequence[str],
        notes: LogNotes,
        report: Callable[[str], object],
        *,
        since_secs: float,
        projects: Container[str | None] | None = None,
        masking: Masking | None = None,
        shared: Shared | None = None,
    ) -> None:
        self._machine = join.user
        self._base = bases[0]
        self._shared = shared or Shared(bases[0])
        self._logs = LogSet(
            join.user,
            bases,
            notes,
            report,
            since_secs=since_secs,
            projects=projects,
            masking=masking,
            shared=self._shared,
        )
        self._has_bulk = asyncio.Event()
        self._live_link = Link(join, _LIVE_WINDOW_BYTES, report, self._subscribe)
        self._states = States(self._live_link, self._logs)
        self._bulk_link = Link(join, _BULK_WINDOW_BYTES, lambda text: None)
        self._turn = 0
        self._next_beat = 0.0

    async def run(self) -> None:
        """Ship until the task is cancelled.

        Raises:
            RefusedError: if the server refuses the machine when it connects for the first time, or later for a long
                time.
        """
        tasks = [
            asyncio.create_task(coroutine)
            for coroutine in (self._live_link.keep(), self._bulk_link.keep(), self._ship_live(), self._ship_bulk())
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            pending = set(tasks)
            while pending:  # a connection that has just been made may swallow it
                for task in pending:
                    task.cancel()
                _, pending = await asyncio.wait(pending, timeout=_CANCEL_SECS)
            await asyncio.gather(*tasks, return_exceptions=True)  # both connections may have been refused
            self._logs.save_notes()

    # New lines

    async def _ship_live(self) -> None:
        async with asyncio.TaskGroup() as group:
            await self._keep_shipping_live(EntryTasks(group, _MOST_WAITING), EntryTasks(group))

    async def _keep_shipping_live(self, for_lines: EntryTasks, for_states: EntryTasks) -> None:
        ticks = Ticks()
        while True:
            started_at = ticks.start()
            self._logs.discover(started_at)
            if self._live_link.is_up:
                if self._states.are_due(started_at):
                    await self._states.send_due(started_at, for_states)
                if started_at >= self._next_beat:
                    await self._send_beat(started_at)
            waits_for_acks = self._live_link.is_slow
            logs = self._logs.hot.values()
            ready = [entry for entry in logs if self._check(entry, started_at, waits_for_acks=waits_for_acks)]
            for entry in self._in_turn(ready):
                await for_lines.run(entry, self._ship_entry)
            self._logs.keep_if_due(started_at)
            pause = ticks.end()
            await asyncio.sleep(0 if self._logs.is_listing else pause)

    def _in_turn(self, entries: list[Entry]) -> list[Entry]:
        """Begin with another log each time, so that it is not always the same ones that wait for room."""
        self._turn += 1
        start = self._turn % max(1, len(entries))
        return entries[start:] + entries[:start]

    def _check(self, entry: Entry, now: float, *, waits_for_acks: bool) -> bool:
        """Check a log that grows. Return whether there is something to do for it: mostly there is not.

        A server that is slow gets fewer messages with more lines each, since the next one of a log waits until the last
        one is acknowledged. More messages would make it slower still, until all of them count as lost.
        """
        log = entry.log
        if now < entry.pause_until or entry.is_busy:
            return False
        if entry.asked is not None:
            ask, entry.asked = entry.asked, None
            self._answer(entry, ask)
        try:
            if log.check():
                entry.changed_at = now if entry.is_checked else now - max(0.0, time.time() - log.modified)
                entry.is_checked = True
                self._states.plan(entry, now)
        except OSError as error:
            self._logs.pause(entry, error, now)
            return False
        has_more = log.has_more and not entry.is_bulk and (log.is_acked or not waits_for_acks)
        return has_more or entry.is_lost or now - entry.changed_at > _HOT_SECS

    async def _ship_entry(self, entry: Entry) -> None:
        log, now = entry.log, time.monotonic()
        if not self._logs.has(entry):
            return  # it was removed while it waited
        try:
            if entry.is_lost:
                entry.is_lost = False
                if log.rewind():
                    await self._announce_generation(entry)
            if not entry.is_bulk:
                if log.backlog > _TO_BULK_BYTES:
                    self._leave_to_bulk(entry)
                else:
                    await self._send_new(entry)
            if now - entry.changed_at > _HOT_SECS and log.is_acked and not log.has_more:
                self._logs.hot.pop(log.path, None)  # it may be gone since
                log.rest()
        except OSError as error:
            self._logs.pause(entry, error, now)

    async def _send_new(self, entry: Entry) -> None:
        sent = 0
        while entry.log.has_more and sent < MAX_CHUNK_BYTES and self._live_link.has_room.is_set():
            chunk = await self._next_chunk(entry)
            if chunk is None:
                break
            sent += len(chunk.data)
            await self._send_chunk(self._live_link, Lane.LIVE, entry, chunk)

    async def _next_chunk(self, entry: Entry) -> Chunk | None:
        chunk, begins = await entry.read(entry.log.next_chunk)
        if begins:
            await self._announce_generation(entry)
        self._logs.clear_trouble(entry.log.path)
        return chunk

    async def _announce_generation(self, entry: Entry) -> None:
        """Send the state of a log whose generation has just begun, so that mirrors drop what is void."""
        entry.again.clear()
        self._logs.keep_soon()
        await self._states.send(entry)

    async def _send_chunk(self, link: Link, lane: Lane, entry: Entry, chunk: Chunk) -> int:
        header, payload = chunk.encoded()
        log, gen, start, end = entry.log, chunk.gen, chunk.offset, chunk.end

        def take(is_kept: bool) -> None:
            if is_kept:
                entry.acknowledge(gen, start, end)
            elif gen == log.gen and self._logs.has(entry):
                entry.is_lost = True
                self._logs.hot[log.path] = entry

        late = age_header(time.monotonic() - entry.changed_at) if lane is Lane.LIVE else {}
        await link.publish(entry.subject(lane), {CHUNK_HEADER: header, **late}, payload, take)
        return len(payload)

    # Backlogs

    def _leave_to_bulk(self, entry: Entry) -> None:
        entry.is_bulk = True
        self._logs.bulk[entry.log.path] = entry
        self._has_bulk.set()

    async def _ship_bulk(self) -> None:
        while True:
            await self._has_bulk.wait()
            await self._bulk_link.has_room.wait()
            entry = self._next_bulk()
            if entry is None:
                if not self._logs.bulk:
                    self._has_bulk.clear()
                await asyncio.sleep(_BULK_PAUSE_SECS)
                continue
            try:
                size = await self._send_again(entry) if entry.again else await self._send_backlog(entry)
            except OSError as error:
                self._logs.pause(entry, error, time.monotonic())
                size = 0
            await self._shared.rate.take(size)
            await asyncio.sleep(0)  # the live task goes first

    def _next_bulk(self) -> Entry | None:
        """The log with the smallest rest. Those that have caught up go back to the live task."""
        now, best, best_rest = time.monotonic(), None, 0
        for entry in list(self._logs.bulk.values()):
            log = entry.log
            if entry.is_bulk and log.backlog < _TO_LIVE_BYTES and log.is_acked and not entry.is_lost:
                entry.is_bulk = False
            if not entry.is_bulk and not entry.again:
                del self._logs.bulk[log.path]
                continue
            can_send = not entry.is_busy and (entry.again or (log.has_more and not entry.is_lost))
            rest = entry.again.total or log.backlog
            if can_send and now >= entry.pause_until and (best is None or rest < best_rest):
                best, best_rest = entry, rest
        return best

    async def _send_backlog(self, entry: Entry) -> int:
        chunk = await self._next_chunk(entry)
        return 0 if chunk is None else await self._send_chunk(self._bulk_link, Lane.BULK, entry, chunk)

    async def _send_again(self, entry: Entry) -> int:
        log = entry.log
        start, end = entry.again.first
        chunk = await entry.read(lambda: log.chunk_at(start, end))
        if chunk is None:
            entry.again.clear()
            return 0
        entry.again.remove_before(chunk.end)
        header, payload = chunk.encoded()

        def take(is_kept: bool) -> None:
            if not is_kept and chunk.gen == log.gen and self._logs.has(entry):
                entry.again.add(chunk.offset, chunk.end)
                self._logs.bulk[log.path] = entry
                self._has_bulk.set()

        await self._bulk_link.publish(entry.subject(Lane.BULK), {CHUNK_HEADER: header}, payload, take)
        return len(payload)

    # Beats and asks

    async def _send_beat(self, now: float) -> None:
        self._next_beat = now + _BEAT_SECS
        behind = sum(entry.log.backlog for entry in self._logs.entries.values())
        beat = self._shared.beats.next(self._base, len(self._logs.entries), behind)
        await self._live_link.send(beat_subject(self._machine), beat.headers, beat.payload)

    async def _subscribe(self, client: "Client") -> None:
        await client.subscribe(ask_subject(self._machine), cb=self._take_ask)
        self._logs.send_all_states()  # the server may have lost its store
        self._next_beat = 0.0

    async def _take_ask(self, message: "Msg") -> None:
        try:
            if StatesAsk.header in (message.headers or {}):
                StatesAsk.decoded(message.headers, message.data)
                self._logs.send_all_states()
                return
            ask = Ask.decoded(message.headers, message.data)
            wanted = ask.log(self._machine)
        except WireError:
            return
        entry = self._logs.find(wanted, time.monotonic())
        if entry is None:
            return
        self._logs.hot[entry.log.path] = entry
        if entry.is_busy:
            entry.ask_later(ask)
        else:
            self._answer(entry, ask)

    def _answer(self, entry: Entry, ask: Ask) -> None:
        log = entry.log
        if log.gen < ask.gen < time.time() * 1000 + _FURTHEST_GEN_MS:
            log.begin_generation(newer_than=ask.gen)
            entry.again.clear()
        elif ask.gen <= log.gen:
            entry.again.add(ask.offset if ask.offset <= log.acked else 0, log.acked)
            self._logs.bulk[log.path] = entry
            self._has_bulk.set()
        entry.state_at = 0.0
