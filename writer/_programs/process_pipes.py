"""The pipes of a process: wait until it prints, until it ends, or until another thread wants something."""

import math
import os
import select
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from writer._common.descriptors import close, high, high_pipe
from writer._common.events import OutputStream
from writer._common.poll import new_poll
from writer._log.line_splitter import PART_SECS
from writer._programs.process_output import ProcessOutput

__all__ = ["Pipes", "ThreadedPipes"]

_READ_BYTES = 64 * 1024
_LONGEST_POLL_SECS = 1_000_000  # more milliseconds do not fit into the argument of `poll`
_CHECK_SECS = 0.1

# Reads a pipe to its end in a process of its own, which lives as long as the pipe has a writer and no longer.
_DISCARD = ["/bin/sh", "-c", "exec 3<&0; cat <&3 >/dev/null &"]


class Pipes:
    """Reads all pipes in the thread that waits for the process.

    The pipes are our own, not those of `subprocess`: after gevent's ``monkey.patch_all()`` those do not block.
    """

    def __init__(self, output: ProcessOutput, open_pair: Callable[[], tuple[int, int]] = os.pipe) -> None:
        """Record in ``output`` what is read from the first descriptor of each pair."""
        self._output = output
        self._open_pair = open_pair
        self._poll = new_poll()
        self._actions: dict[int, Callable[[], None]] = {}
        self._streams: dict[int, OutputStream] = {}
        self._write_ends: list[int] = []
        self._longest_wait_secs = math.inf
        # Reentrant, since a signal handler may call `wake` while its thread is in `close`.
        self._lock = threading.RLock()
        self._wake_reader, self._wake_writer = high_pipe()
        os.set_blocking(self._wake_reader, False)
        os.set_blocking(self._wake_writer, False)
        self.watch(self._wake_reader, self._sleep_again)

    @property
    def is_open(self) -> bool:
        """Whether a stream has not ended: the process, or one that it has started, may still print."""
        return bool(self._streams)

    def open(self, stream: OutputStream) -> int:
        """Make the pipe of a stream, and return the end that the process writes to."""
        reader, writer = self._open_pair()
        reader = high(reader)
        self._streams[reader] = stream
        self._write_ends.append(writer)
        self.watch(reader, lambda: self._read(reader, stream))
        return writer

    @property
    def write_ends(self) -> list[int]:
        """The ends that the process writes to, as far as they are still open here."""
        return self._write_ends[:]

    def close_write_ends(self) -> None:
        """Close the ends that the process writes to, once it has them."""
        while self._write_ends:
            close(self._write_ends.pop())

    def watch(self, descriptor: int, action: Callable[[], None]) -> bool:
        """Call ``action`` in `wait` when there is something to read from ``descriptor``; return whether that works."""
        self._actions[descriptor] = action
        self._poll.register(descriptor, select.POLLIN)
        return True

    def unwatch(self, descriptor: int) -> None:
        """Undo `watch`. A second call does nothing."""
        if self._actions.pop(descriptor, None) is not None:
            with suppress(KeyError):  # an interrupt has ended `watch` in the middle
                self._poll.unregister(descriptor)

    def wait(self, seconds: float) -> bool:
        """Wait until something happens, for at most ``seconds``, and record what has been printed.

        Returns:
            Whether something has happened.
        """
        seconds = min(seconds, self._longest_wait_secs, self._output.record_parts() - monotonic())
        ready = self._poll.poll(None if seconds > _LONGEST_POLL_SECS else max(0, math.ceil(seconds * 1000)))
        for descriptor, events in ready:
            action = self._actions.get(descriptor)
            if events & select.POLLNVAL:
                self._lose(descriptor)
            elif action is not None:
                action()
        return bool(ready)

    def wake(self) -> None:
        """Let `wait` return; called from any thread."""
        with self._lock:
            if self._wake_writer >= 0:
                with suppress(OSError):  # full of earlier calls, or closed by the runner
                    os.write(self._wake_writer, b"x")

    def let_go(self) -> None:
        """Stop reading, but let other processes keep printing: a closed pipe would kill them."""
        self.wait(0)  # records what the program itself has printed last
        while self._streams:
            descriptor, stream = self._streams.popitem()
            self.unwatch(descriptor)
            self._output.end(stream)
            with suppress(OSError, subprocess.SubprocessError):
                subprocess.run(
                    _DISCARD,
                    stdin=descriptor,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C would end it
                )
            close(descriptor)

    def close(self) -> None:
        """Close all descriptors."""
        self.close_write_ends()
        while self._streams:
            descriptor, _ = self._streams.popitem()
            close(descriptor)
        with self._lock:
            reader, writer = self._wake_reader, self._wake_writer
            self._wake_reader = self._wake_writer = -1
            close(reader)
            close(writer)

    def _read(self, descriptor: int, stream: OutputStream) -> None:
        try:
            data = os.read(descriptor, _READ_BYTES)
        except BlockingIOError:  # the runner has made the pipe non-blocking
            return
        except OSError:  # the end of a pseudo-terminal, or the runner has closed it
            data = b""
        if data:
            self._output.feed(stream, data)
            return
        self.unwatch(descriptor)
        del self._streams[descriptor]
        close(descriptor)
        self._output.end(stream)

    def _lose(self, descriptor: int) -> None:
        """Go on without a descriptor that the runner has closed, as code that makes a daemon may do."""
        self.unwatch(descriptor)
        stream = self._streams.pop(descriptor, None)
        if stream is not None:
            self._output.end(stream)
        self._longest_wait_secs = _CHECK_SECS  # nothing may come of what is waited for

    def _sleep_again(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._wake_reader, _READ_BYTES)


class ThreadedPipes(Pipes):
    """Reads each pipe in a thread of its own, for Windows, where nothing waits for several pipes."""

    def __init__(self, output: ProcessOutput, open_pair: Callable[[], tuple[int, int]] = os.pipe) -> None:
        self._output = output
        self._open_pair = open_pair
        self._streams = {}
        self._write_ends = []
        self._event = threading.Event()

    def open(self, stream: OutputStream) -> int:
        """Make the pipe of a stream and start its thread; see `Pipes.open`."""
        reader, writer = self._open_pair()
        self._streams[reader] = stream
        self._write_ends.append(writer)
        # A daemon, so that the interpreter can exit while a background process keeps the pipe open.
        threading.Thread(target=self._read_all, args=(reader, stream), name="zig-output", daemon=True).start()
        return writer

    def watch(self, descriptor: int, action: Callable[[], None]) -> bool:
        """Return False: no other descriptor can be watched."""
        return False

    def unwatch(self, descriptor: int) -> None:
        """Do nothing; see `watch`."""

    def wait(self, seconds: float) -> bool:
        """Wait until a stream ends or `wake` is called, for at most ``seconds``; return whether that has happened."""
        # The threads that read do not report when a line becomes incomplete.
        seconds = min(seconds, self._output.record_parts() - monotonic(), PART_SECS)
        has_happened = self._event.wait(max(0, seconds))
        self._event.clear()
        return has_happened

    def wake(self) -> None:
        """Let `wait` return; called from any thread."""
        self._event.set()

    def let_go(self) -> None:
        """Let the threads keep reading, and discard what they read."""
        for stream in list(self._streams.values()):  # a thread removes the stream that ends meanwhile
            self._output.end(stream)
        self._streams.clear()

    def close(self) -> None:
        """Close the ends that the process writes to; each thread closes the end that it reads."""
        self.close_write_ends()
        self._streams.clear()

    def _read_all(self, descriptor: int, stream: OutputStream) -> None:
        try:
            while data := os.read(descriptor, _READ_BYTES):
                self._output.feed(stream, data)
        except OSError:  # the runner has closed the pipe
            pass
        else:
            os.close(descriptor)
        self._output.end(stream)
        self._streams.pop(descriptor, None)
        self.wake()
