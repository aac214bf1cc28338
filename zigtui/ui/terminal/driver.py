"""Textual's driver for Linux and macOS, with a terminal that may do anything.

Each deviation from `textual.drivers.linux_driver` in Textual 8.2 has its reason beside it.
"""

import os
import selectors
import signal
import termios
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import Any, ClassVar

from textual import constants, events
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

from zigtui.reader.pause import pause
from zigtui.ui.messages import PaintAll, SuspendIgnored
from zigtui.ui.terminal.drain import ANSWER, LAST_ANSWER, Drain
from zigtui.ui.terminal.events import InputEvents
from zigtui.ui.terminal.input import ControlSequence, TerminalInput, Token
from zigtui.ui.terminal.job_control import can_be_continued
from zigtui.ui.terminal.kind import escape_secs
from zigtui.ui.terminal.modes import FOCUS, KEYS, MOUSE, PASTES, SCREEN
from zigtui.ui.terminal.status import TerminalStatus
from zigtui.ui.terminal.writer import TerminalWriter

__all__ = ["TerminalDriver"]

_SIGNALS_SECS = 0.05
_READ_BYTES = 65536


class TerminalDriver(LinuxDriver):
    """Reads keys from standard input and draws on standard error."""

    status: ClassVar[TerminalStatus] = TerminalStatus(None)
    """The title and the progress of the terminal. A subclass has that of its terminal."""

    attrs_before: list[Any] | None
    _writer_thread: WriterThread | None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._drain = Drain()
        self._was_started = False

    # Taking and returning the terminal

    @property
    def _is_active(self) -> bool:
        return self._writer_thread is not None

    def start_application_mode(self) -> None:
        """Take the terminal, and draw everything. In the background, stop until a shell continues the process.

        Does nothing while the application ends. May be called again, when other programs may have used the terminal.
        """
        if self._app._exit:
            return
        if self._is_in_background():
            os.killpg(0, signal.SIGTTOU)  # SIGCONT calls this method again
            return
        if not self._is_active:
            assert self._file is not None  # it is a terminal, else the screen is not opened
            self._writer_thread = TerminalWriter(self._file, self._redraw)
            self._writer_thread.start()
            self.attrs_before = self._settings()
            self._drain = Drain()
            self._key_thread = Thread(target=self._run_input_thread, name="textual-input", daemon=True)
            self._key_thread.start()
            signal.signal(signal.SIGWINCH, lambda *_: self._call(self._report_size))
        self._set_modes()
        self._report_size()
        if self._was_started:
            self._redraw()
        self._was_started = True

    def _set_modes(self) -> None:
        settings = self._settings()
        if settings is not None:
            settings[3] = self._patch_lflag(settings[3])
            settings[0] = self._patch_iflag(settings[0])
            settings[6][termios.VMIN] = 1
            self._change_settings(settings)
        self.write(SCREEN[0] + PASTES[0] + FOCUS[0] + self.status.begin())
        if self._mouse:
            self.write(MOUSE[0])
        if not constants.DISABLE_KITTY_KEY:
            self.write(KEYS[0])
        self._request_terminal_sync_mode_support()
        self.write(self._drain.ask(monotonic()))

    def disable_input(self) -> None:
        """Stop reading, after all that was under way has been read.

        Textual discards what has arrived. Over a slow link, more arrives in the shell.
        """
        if not self._is_active or self._drain.has_begun:
            return
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        query = self._drain.begin(monotonic())
        self.write(MOUSE[1] + FOCUS[1] + PASTES[1] + (KEYS[1] if not constants.DISABLE_KITTY_KEY else "") + query)
        if self._key_thread is not None:
            self._key_thread.join()

    def stop_application_mode(self) -> None:
        """Return the terminal as it was before the start."""
        if not self._is_active:
            return
        self.disable_input()
        if self.attrs_before is not None and not self._is_in_background():
            self._change_settings(self.attrs_before)
        self.write(SCREEN[1] + self.status.end())

    def close(self) -> None:
        """Write what is left."""
        if self._writer_thread is not None:
            self._writer_thread.stop()
            self._writer_thread = None

    def write(self, data: str) -> None:
        """Write to the terminal. Does nothing while it belongs to another program."""
        if self._writer_thread is not None:
            self._writer_thread.write(data)

    def _settings(self) -> list[Any] | None:
        with suppress(termios.error):
            return termios.tcgetattr(self.fileno)
        return None

    def _change_settings(self, settings: list[Any]) -> None:
        with suppress(termios.error):
            termios.tcsetattr(self.fileno, termios.TCSANOW, settings)

    def _is_in_background(self) -> bool:
        """Whether the terminal belongs to other processes now, such as the shell."""
        try:
            return os.tcgetpgrp(self.fileno) not in (os.getpgrp(), 0)
        except OSError:  # it is not the controlling terminal, which has neither foreground nor background
            return False

    def _report_size(self) -> None:
        size = Size(*self._get_terminal_size())
        self.send_message(events.Resize(size, size))

    def _redraw(self) -> None:
        self.send_message(PaintAll())

    # Stopping and continuing
    #
    # Textual handles these signals between any two steps of the program, which may be holding the lock of the queue
    # for output, and takes any SIGCONT for the end of its own suspension: it then saves the raw settings as those to
    # restore, and starts two threads more.

    def _sigtstp_application(self, *_: object) -> None:
        self._call(self._suspend)

    def _sigcont_application(self, *_: object) -> None:
        if self._auto_restart:
            self._call(self._continue)

    def _call(self, handler: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the program has ended
            self._loop.call_soon_threadsafe(handler)

    def _suspend(self) -> None:
        if not can_be_continued():
            self.send_message(SuspendIgnored())
            return
        self.suspend_application_mode()
        # The kernel knows best whether the process can stop. SIGSTOP would stop it forever.
        handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.killpg(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, handler)
        if not self._auto_restart:
            return  # another program has the terminal
        self._continue()
        self._loop.call_soon(self._app.app_resume_signal.publish, self._app)

    def _continue(self) -> None:
        # Later than what other signals call for: a shell ends a stopped job with SIGTERM and SIGCONT.
        self._loop.call_later(_SIGNALS_SECS, self.start_application_mode)

    # Input

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:  # the application reports it; Textual would print it, and exit with 0
            self._app.call_later(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Read until the terminal is gone, or until all is read after `disable_input` was called."""
        tokens, input_events = TerminalInput(escape_secs(os.environ)), InputEvents()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while (wait_secs := self._wait_secs(tokens.wait_secs)) > 0:
                if self._is_in_background():  # where reading would stop the process
                    pause(wait_secs)
                elif not selector.select(wait_secs):
                    self._take(tokens.tick(monotonic()), input_events)
                elif data := self._read():
                    self._take(tokens.feed(data, monotonic()), input_events)
                else:
                    return

    def _wait_secs(self, pause_secs: float) -> float:
        drain_secs = self._drain.wait_secs(monotonic())
        return pause_secs if drain_secs is None else min(pause_secs, drain_secs)

    def _read(self) -> bytes:
        try:
            data = os.read(self.fileno, _READ_BYTES)
        except OSError:
            return b""
        self._drain.read(monotonic())
        return data

    def _take(self, tokens: Iterator[Token], input_events: InputEvents) -> None:
        for token in tokens:
            if token == ControlSequence(ANSWER):
                self._drain.answered(monotonic())
            elif self._drain.has_begun and isinstance(token, ControlSequence) and LAST_ANSWER.fullmatch(token.text):
                self._drain.last_answered()
            elif not self._drain.has_begun:
                for event in input_events.understood(token):
                    self.process_message(event)
