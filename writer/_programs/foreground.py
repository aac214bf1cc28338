"""Run a program in the foreground: its output appears as it comes, and is recorded.

On a terminal, the program gets a pseudo-terminal of its own, between it and the real one. Otherwise its output goes
through pipes. Unless it reads keys from the pseudo-terminal, it stays in the process group of the runner, where Ctrl-C
reaches it directly.
"""

import math
import os
import select
import signal
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

from writer._common.descriptors import close, high_pipe
from writer._common.events import OutputStream
from writer._programs.exit_code import has_ended, open_process
from writer._programs.nested_terminal import NestedTerminal
from writer._programs.process import as_recorded
from writer._programs.process_output import ProcessOutput, Recorder

__all__ = ["ForegroundProgram"]

_STDIN, _STDOUT, _STDERR = 0, 1, 2
_READ_BYTES = 64 * 1024
_LINGER_SECS = 2.0
_FOREGROUND_CHECK_SECS = 0.2  # how often a runner in the background checks whether it is in the foreground

# Passed on to the program. Those that a keyboard sends are passed on by the terminal.
_FORWARDED = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")

# Goes on passing through what background processes print, which a closed pipe would kill.
_PASS_ON = ["/bin/sh", "-c", "exec 3<&0; cat <&3 &"]


class ForegroundProgram:
    """One program, run once by `run`; other threads may end it with `stop`."""

    def __init__(self, argv: list[str], recorder: Recorder, options: dict[str, Any]) -> None:
        """Prepare to run a program.

        Args:
            argv: The program and its arguments.
            recorder: Records the lines.
            options: The options ``cwd`` and ``env`` of `subprocess.Popen`.

        Raises:
            ValueError: If ``argv`` is empty.
        """
        if not argv:
            raise ValueError("argv must name a program")
        self._argv = argv
        self._recorder = recorder
        self._options = options
        self._output = ProcessOutput(recorder)
        self._process: subprocess.Popen[bytes] | None = None
        self._terminal = NestedTerminal.of_output()
        self._is_leader = self._terminal is not None and self._terminal.is_controlling
        self._sources: dict[int, tuple[OutputStream, int]] = {}  # descriptor: its stream, and where it is copied to
        self._signalled = -1  # becomes readable with a signal
        self._stop_reason: Exception | None = None

    def stop(self, reason: Exception) -> None:
        """Ask the program to end, and let `run` raise ``reason``; called from any thread."""
        self._stop_reason = self._stop_reason or reason
        self.signal(signal.SIGTERM)

    def signal(self, number: int) -> None:
        """Send a signal to the program, and if it has a process group of its own to all of it."""
        process = self._process
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                if self._is_leader:
                    os.killpg(process.pid, number)
                else:
                    os.kill(process.pid, number)  # not `send_signal`, which takes the lock that the thread waits with

    def run(self) -> int:
        """Run the program to its end and return its exit code.

        Raises:
            OSError: If it cannot be started.
        """
        ended, ending = high_pipe()
        try:
            with self._signals():
                self._process = process = self._start()
                threading.Thread(target=self._wait, args=(process, ending), name="zig-foreground", daemon=True).start()
                if self._terminal is not None:
                    self._terminal.begin(process.pid)
                self._recorder.started(process.pid)
                self._copy(ended)
                exit_code: int = process.returncode
        finally:
            if self._terminal is not None:
                self._terminal.end()
            self._let_go()
            self._output.end_all()
            close(ended)
            if self._process is None:
                close(ending)
        if self._stop_reason is not None:
            raise self._stop_reason
        return as_recorded(exit_code)

    def _start(self) -> "subprocess.Popen[bytes]":
        # Files that a shell has opened for the program, such as those of `<(…)` and of the jobs of `make`, stay open.
        options = {**self._options, "close_fds": False}
        given: list[int] = []
        terminal = self._terminal
        try:
            if terminal is not None:
                controller, program_end = terminal.open()
                given.append(program_end)
                self._sources[controller] = OutputStream.STDOUT, _STDOUT
                options["stdout"] = program_end
                if terminal.is_controlling:
                    options["stdin"] = program_end
                    options |= {"start_new_session": True, "preexec_fn": terminal.become_controlling}
                if os.isatty(_STDERR):
                    options["stderr"] = program_end
            for name, stream, target in (
                ("stdout", OutputStream.STDOUT, _STDOUT),
                ("stderr", OutputStream.STDERR, _STDERR),
            ):
                if name not in options:
                    if name == "stderr" and _is_one_output():
                        options[name] = subprocess.STDOUT
                        continue
                    reader, options[name] = high_pipe()
                    given.append(options[name])
                    self._sources[reader] = stream, target
            return subprocess.Popen(self._argv, **options)
        finally:
            for descriptor in given:
                close(descriptor)

    @contextmanager
    def _signals(self) -> "Iterator[None]":
        """Pass signals on while the block runs. Those that are ignored stay ignored."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        handlers: dict[int, Any] = {
            getattr(signal, name): lambda number, frame: self.signal(number)
            for name in _FORWARDED
            if hasattr(signal, name)
        }
        if self._terminal is not None:
            handlers |= self._terminal.handlers()
        if not self._is_leader:
            handlers |= dict.fromkeys((signal.SIGINT, signal.SIGQUIT), self._interrupted)
        before = {number: signal.getsignal(number) for number in (*handlers, signal.SIGCHLD)}
        with _awakened_by_signals() as self._signalled:
            try:
                for number, handler in handlers.items():
                    if before[number] not in (signal.SIG_IGN, None):
                        signal.signal(number, handler)
                if before[signal.SIGCHLD] is signal.SIG_IGN:  # with which the system tells no exit codes
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                yield
            finally:
                for number, earlier in before.items():
                    if earlier is not None:  # as of a handler that Python does not know
                        signal.signal(number, earlier)

    def _interrupted(self, number: int, frame: object) -> None:
        if not _is_in_foreground():  # otherwise the terminal has sent it to the program too
            self.signal(number)

    def _wait(self, process: "subprocess.Popen[bytes]", ending: int) -> None:
        descriptor = open_process(process)
        while not has_ended(process, descriptor, self._recorder.note_unknown_exit_code):
            if descriptor >= 0:
                _readable([descriptor], None)
            else:
                process.wait()
        close(descriptor)
        close(ending)

    def _copy(self, ended: int) -> None:
        """Copy output until the program has ended, and until no process can print more or the time to linger is up."""
        deadline: float | None = None
        while deadline is None or (self._sources and monotonic() < deadline):
            typed = self._terminal.typing() if self._terminal is not None else -1
            others = (typed, self._signalled, ended if deadline is None else -1)
            waits = [*self._sources, *(descriptor for descriptor in others if descriptor >= 0)]
            until = min(math.inf if deadline is None else deadline, self._output.record_parts())
            if self._terminal is not None and self._terminal.awaits_keys:
                until = min(until, monotonic() + _FOREGROUND_CHECK_SECS)
                self._terminal.take_keys()
            for descriptor in _readable(waits, None if until == math.inf else max(0, until - monotonic())):
                if descriptor in self._sources:
                    self._pass_on(descriptor)
                elif descriptor == ended:
                    deadline = monotonic() + _LINGER_SECS
                elif descriptor == self._signalled:
                    os.read(descriptor, _READ_BYTES)
                elif self._terminal is not None:
                    self._terminal.type()

    def _pass_on(self, descriptor: int) -> None:
        stream, target = self._sources[descriptor]
        try:
            data = os.read(descriptor, _READ_BYTES)
        except OSError:  # a pseudo-terminal that no process has open
            data = b""
        is_written = not data or _write(target, data)
        if data:
            self._output.feed(stream, data)
        if not data or not (is_written or self._hangs_up(descriptor)):
            self._close(descriptor)

    def _close(self, descriptor: int) -> None:
        stream, _ = self._sources.pop(descriptor)
        self._output.end(stream)
        if self._terminal is None or descriptor != self._terminal.controller:
            close(descriptor)  # the program gets a SIGPIPE, as it would without this one in between
        elif not self._is_leader:  # which would be hung up, even if it has only closed its standard streams
            self._terminal.close()

    def _hangs_up(self, descriptor: int) -> bool:
        """Whether the programs that print to a descriptor are hung up when it is closed."""
        return self._is_leader and self._terminal is not None and descriptor == self._terminal.controller

    def _let_go(self) -> None:
        """Leave processes alone that still run and may print."""
        is_open = bool(self._sources)
        for descriptor, (_, target) in list(self._sources.items()):
            if self._process is not None and not self._hangs_up(descriptor):
                with suppress(OSError, subprocess.SubprocessError):
                    subprocess.run(
                        _PASS_ON,
                        check=False,
                        stdin=descriptor,
                        stdout=target,
                        stderr=subprocess.DEVNULL,
                        start_new_session=True,
                    )
            self._close(descriptor)
        if self._terminal is not None:
            self._terminal.close()
        if is_open and self._process is not None:
            self._recorder.note("still running: a process that keeps the output open")


@contextmanager
def _awakened_by_signals() -> Iterator[int]:
    """Yield a descriptor that becomes readable with each signal.

    The system may deliver a signal to any thread. Its handler runs in the main thread, but only if that wakes up.
    """
    reader, writer = high_pipe()
    for descriptor in (reader, writer):
        os.set_blocking(descriptor, False)
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    try:
        yield reader
    finally:
        signal.set_wakeup_fd(before)
        close(reader)
        close(writer)


def _is_one_output() -> bool:
    """Whether both outputs go to one file or pipe: two pipes in between would change the order of the lines there."""
    try:
        status, other = os.fstat(_STDOUT), os.fstat(_STDERR)
    except OSError:
        return False
    return os.path.samestat(status, other) and not stat.S_ISCHR(status.st_mode)


def _is_in_foreground() -> bool:
    """Whether this process is in the foreground of its terminal, whose keys then reach all of its group."""
    try:
        descriptor = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(descriptor)


def _readable(descriptors: list[int], seconds: float | None) -> list[int]:
    """Wait until there is something to read from some descriptors, and return these."""
    try:
        return select.select(descriptors, [], [], seconds)[0]
    except ValueError:  # the runner has more than 1,024 files open; not always `poll`, which lacks terminals on macOS
        poll = select.poll()
        for descriptor in descriptors:
            poll.register(descriptor, select.POLLIN)
        return [descriptor for descriptor, _ in poll.poll(None if seconds is None else math.ceil(seconds * 1000))]


def _write(descriptor: int, data: bytes) -> bool:
    """Write all data; return whether that was possible."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view) :]
        except BlockingIOError:  # another program has made the terminal or pipe non-blocking
            select.select([], [descriptor], [])
        except OSError:
            return False
    return True
