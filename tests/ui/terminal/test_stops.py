"""A terminal whose program is stopped, continued or ended by a signal is left as it was."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.job_shell import JOB_SHELL
from tests.support.logs import Log
from tests.support.terminal import Terminal
from tests.support.waiting import DEADLINE_SECS, wait_until

LAST_LINE = "the last line"
MODES = ("1000", "1002", "1004", "1006", "2004")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "base", Log().start().tier(0, "a").step("a").says("a", LAST_LINE).done("a").end(), "1")


class Job:
    """Zigtui as the job of a shell."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        terminal.wait_for(LAST_LINE)
        match = re.search(rb"\[pid (\d+)\]", terminal.written)
        assert match is not None
        self.pid = int(match[1])

    def type(self, keys: str, until: str) -> bytes:
        """Type, and return all that is written until a text is."""
        start = len(self.terminal.written)
        self.terminal.press(keys)
        self.terminal.wait_until(lambda: until.encode() in self.terminal.written[start:])
        return self.terminal.written[start:]

    def stop(self, number: signal.Signals) -> bytes:
        """Stop by a signal, and return all that is written until the shell notices."""
        start = len(self.terminal.written)
        os.kill(self.pid, number)
        self.terminal.wait_until(lambda: b"[stopped]" in self.terminal.written[start:])
        return self.terminal.written[start:]


@contextmanager
def job(log: Path, home: Path) -> Iterator[Job]:
    with Terminal(log, home=home, shell=JOB_SHELL) as terminal:
        yield Job(terminal)


def assert_modes_are_off(written: bytes) -> None:
    for mode in MODES:
        assert written.rfind(f"\x1b[?{mode}l".encode()) > written.rfind(f"\x1b[?{mode}h".encode())
    assert written.rfind(b"\x1b[?1049l") > written.rfind(b"\x1b[?1049h")
    assert written.rfind(b"\x1b[?25h") > written.rfind(b"\x1b[?25l")


def test_control_z_stops_in_a_shell_and_the_screen_returns(log: Path, tmp_path: Path) -> None:
    with job(log, tmp_path) as zigtui:
        for _ in range(2):
            zigtui.type("\x1a", until="[stopped]")
            assert zigtui.terminal.has_settings_of_the_start
            assert_modes_are_off(zigtui.terminal.written)
            assert b"[stopped]" in zigtui.type("bg\n", until="[stopped]")  # it has nothing to draw on
            zigtui.type("fg\n", until=LAST_LINE)
        assert b"[exit 0]" in zigtui.type("q", until="[exit")
        assert zigtui.terminal.has_settings_of_the_start
        assert_modes_are_off(zigtui.terminal.written)


def test_a_job_that_is_stopped_can_be_ended(log: Path, tmp_path: Path) -> None:
    with job(log, tmp_path) as zigtui:
        zigtui.type("\x1a", until="[stopped]")
        assert b"\x1b" not in zigtui.type("kill\n", until="[exit 143]")
        assert zigtui.terminal.has_settings_of_the_start


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGTSTP], ids=lambda number: number.name)
def test_a_job_that_others_stop_and_continue_returns_the_terminal(
    log: Path, tmp_path: Path, number: signal.Signals
) -> None:
    with job(log, tmp_path) as zigtui:
        for _ in range(2):
            zigtui.stop(number)
            zigtui.type("fg\n", until=LAST_LINE)
        zigtui.terminal.press("?")
        zigtui.terminal.wait_for("Keys ─")
        assert b"[exit 0]" in zigtui.type("qq", until="[exit")
        assert zigtui.terminal.has_settings_of_the_start
        assert_modes_are_off(zigtui.terminal.written)


def test_a_stop_and_continue_without_a_shell_changes_nothing(log: Path, tmp_path: Path) -> None:
    cycles = 6
    with Terminal(log, home=tmp_path) as terminal:
        terminal.wait_for(LAST_LINE)
        process = Path(f"/proc/{terminal.process.pid}")
        threads = len(list((process / "task").iterdir()))
        for _ in range(cycles):
            terminal.process.send_signal(signal.SIGSTOP)
            wait_until(lambda: (process / "stat").read_text().rpartition(")")[2].split()[0] == "T")
            terminal.process.send_signal(signal.SIGCONT)
            start = len(terminal.written)
            while LAST_LINE.encode() not in terminal.written[start:]:
                assert terminal.read(DEADLINE_SECS)
        assert len(list((process / "task").iterdir())) < threads + cycles  # some are still to be started
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        assert terminal.has_settings_of_the_start
        assert_modes_are_off(terminal.written)


@pytest.mark.parametrize("shell", [[], ["sh", "-c", '"$@"; exit $?', "sh"]], ids=["command of the terminal", "sh -c"])
def test_control_z_is_ignored_without_a_shell_with_job_control(log: Path, tmp_path: Path, shell: list[str]) -> None:
    with Terminal(log, home=tmp_path, shell=shell) as terminal:
        terminal.wait_for(LAST_LINE)
        terminal.press("\x1a")
        terminal.wait_for("Ctrl+Z is ignored")
        if not shell:
            terminal.process.send_signal(signal.SIGTSTP)
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        assert terminal.has_settings_of_the_start


ENDING = ["SIGQUIT", "SIGABRT", "SIGUSR1", "SIGALRM", "SIGRTMIN"]


@pytest.mark.parametrize("name", ENDING)
def test_a_signal_that_ends_the_program_restores_the_terminal(log: Path, tmp_path: Path, name: str) -> None:
    number = int(getattr(signal, name))
    with Terminal(log, home=tmp_path) as terminal:
        terminal.wait_until(lambda: b"\x1b[?2004h" in terminal.written)
        terminal.process.send_signal(number)
        assert terminal.wait_for_exit() == 128 + number
        assert terminal.is_restored
        assert_modes_are_off(terminal.written)


def test_a_signal_ends_the_program_while_the_terminal_takes_no_output(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a").step("a")
    path = write_log(tmp_path / "base", log.says("a", *("long " * 40 for _ in range(500))).done("a").end(), "1")
    with Terminal(path, home=tmp_path, size=(200, 50)) as terminal:
        terminal.wait_for("long")
        for _ in range(200):
            terminal.press("\tgG")  # many frames, which nothing reads
        terminal.process.send_signal(signal.SIGTERM)
        wait_until(lambda: terminal.process.poll() is not None)
        assert terminal.process.returncode == 128 + signal.SIGTERM
        assert terminal.has_settings_of_the_start
