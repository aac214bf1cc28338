"""Reports that a terminal far away sends do not reach the shell, and only the modes that are used are on."""

import sys
import time
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import Log
from tests.support.terminal import Terminal
from tests.support.waiting import until
from zigtui.ui.terminal.drain import ANSWER, DRAIN_SECS, QUERY, Drain

PATIENT = """
import sys
from zigtui.__main__ import main
from zigtui.ui.terminal import drain
drain.DRAIN_SECS = drain._LONGEST_SECS = drain._ANSWERS_WITHIN_SECS = 60.0
sys.argv[1:] = sys.argv[4:]
main()
"""
"""Starts zigtui, whose command follows, so that a busy machine is waited for; an answer ends that all the same."""

SHELL = ["sh", "-c", '"$@"; echo "[exit $?]"; read -r line; echo "[read $line]"', "sh"]


def test_the_drain_ends_with_the_answer() -> None:
    drain = Drain()
    drain.ask(0.0)
    drain.answered(0.2)
    assert not drain.has_begun
    assert drain.wait_secs(5.0) is None
    assert drain.begin(5.0) == QUERY
    assert drain.wait_secs(5.0) == pytest.approx(2 * 0.2)
    drain.answered(5.2)
    assert drain.wait_secs(5.2) == 0.0


def test_a_terminal_that_does_not_answer_is_not_waited_for() -> None:
    drain = Drain()
    drain.ask(0.0)
    assert drain.begin(5.0) == ""
    assert drain.wait_secs(5.0) == pytest.approx(DRAIN_SECS)
    drain.read(5.2)
    assert drain.wait_secs(5.2) == pytest.approx(DRAIN_SECS)
    for tenth in range(50, 100):
        drain.read(tenth / 10)
    assert (drain.wait_secs(10.0) or 0.0) < 0.0


def test_an_answer_that_is_under_way_at_the_end_is_waited_for() -> None:
    drain = Drain()
    drain.ask(0.0)
    assert drain.begin(0.1) == QUERY
    drain.answered(0.15)
    assert drain.wait_secs(0.15) == pytest.approx(DRAIN_SECS - 0.05)
    drain.answered(0.2)
    assert drain.wait_secs(0.2) == 0.0


class Link:
    """The far end of a slow link, where the mouse moves for as long as its reports are on.

    Args:
        terminal: the near end.
        delay_secs: how long output and input are under way.
    """

    def __init__(self, terminal: Terminal, delay_secs: float) -> None:
        self._terminal = terminal
        self._delay_secs = delay_secs
        self._seen = 0  # of what the program has written
        self._output: list[tuple[float, bytes]] = []  # and when it arrives
        self._input: list[tuple[float, bytes]] = []
        self._reports = False

    def carry(self) -> None:
        """Carry what is due in both directions."""
        self._terminal.read(0.005)
        now = time.monotonic()
        if data := self._terminal.written[self._seen :]:
            self._seen += len(data)
            self._output.append((now + self._delay_secs, data))
        while self._output and self._output[0][0] <= now:
            data = self._output.pop(0)[1]
            is_on = data.rfind(b"\x1b[?1002h") > data.rfind(b"\x1b[?1002l")
            self._reports = is_on if b"\x1b[?1002" in data else self._reports
            self._input += [(now + self._delay_secs, ANSWER.encode())] * data.count(QUERY.encode())
        if self._reports:
            self._input.append((now + self._delay_secs, b"\x1b[<32;7;13M"))
        while self._input and self._input[0][0] <= now:
            self._terminal.press(self._input.pop(0)[1])


@pytest.mark.slow
@pytest.mark.parametrize("delay_secs", [0.15, 0.3])
def test_nothing_that_is_under_way_reaches_the_shell(tmp_path: Path, delay_secs: float) -> None:
    path = write_log(tmp_path / "base", Log().start().tier(0, "a").step("a").says("a", "hello").done("a").end(), "1")
    with Terminal(path, home=tmp_path, shell=[*SHELL, sys.executable, "-c", PATIENT]) as terminal:
        link = Link(terminal, delay_secs)
        for _ in until(lambda: "hello" in terminal.text, lambda: terminal.text):
            link.carry()
        for _ in range(100):
            link.carry()
        terminal.press("q")
        for _ in until(lambda: b"[exit 0]" in terminal.written, lambda: terminal.text):
            link.carry()
        quiet = time.monotonic() + 3 * delay_secs
        while time.monotonic() < quiet:
            link.carry()
        terminal.press("clean\n")
        terminal.wait_until(lambda: b"[read " in terminal.written)
        assert b"[read clean]" in terminal.written
        for mode in (b"?1003h", b"?1015h", b"?1016h", b"?2048", b"[>25u"):
            assert mode not in terminal.written
