"""Reports that a terminal far away sends do not reach the shell, and only the modes that are used are on."""

import sys
import time
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import Log
from tests.support.terminal import Terminal
from tests.support.waiting import until
from zigtui.ui.terminal.drain import ANSWER, DRAIN_SECS, LAST_QUERY, QUERY, Drain

PATIENT = """
import sys
from zigtui.__main__ import main
from zigtui.ui.terminal import drain
drain.DRAIN_SECS = float(sys.argv.pop(1))
drain._LONGEST_SECS = drain._ANSWERS_WITHIN_SECS = 60.0
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
    assert drain.begin(5.0) == LAST_QUERY
    assert drain.wait_secs(5.0) == pytest.approx(2 * 0.2)
    drain.last_answered()
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
    assert drain.begin(0.1) == LAST_QUERY
    drain.answered(0.15)
    assert drain.wait_secs(0.15) == pytest.approx(DRAIN_SECS - 0.05)
    drain.last_answered()
    assert drain.wait_secs(0.2) == 0.0


@pytest.mark.parametrize("second_at", [0.3, 5.1], ids=["before the end", "after the end has begun"])
def test_a_terminal_that_answers_twice_is_waited_for_until_it_is_silent(second_at: float) -> None:
    drain = Drain()
    drain.ask(0.0)
    drain.answered(0.3)
    if second_at < 5.0:
        drain.answered(second_at)
    drain.begin(5.0)
    if second_at > 5.0:
        drain.answered(second_at)
    drain.read(5.3)
    drain.last_answered()
    assert drain.wait_secs(5.3) == pytest.approx(2 * 0.3)


def test_a_terminal_that_was_asked_twice_may_answer_twice() -> None:
    drain = Drain()
    for now in (0.0, 1.0):
        drain.ask(now)
        drain.answered(now + 0.2)
    drain.begin(5.0)
    drain.last_answered()
    assert drain.wait_secs(5.2) == 0.0


class Link:
    """The far end of a slow link, where the mouse moves for as long as its reports are on.

    Args:
        terminal: the near end.
        delay_secs: how long output and input are under way.
        answers: how often each query is answered.
    """

    def __init__(self, terminal: Terminal, delay_secs: float, answers: int) -> None:
        self._terminal = terminal
        self._delay_secs = delay_secs
        self._answers = answers
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
            for query, answer in ((QUERY, ANSWER), (LAST_QUERY, "\x1b[?62;22c")):
                count = data.count(query.encode()) * self._answers
                self._input += [(now + self._delay_secs, answer.encode())] * count
        if self._reports:
            self._input.append((now + self._delay_secs, b"\x1b[<32;7;13M"))
        while self._input and self._input[0][0] <= now:
            self._terminal.press(self._input.pop(0)[1])


@pytest.mark.slow
@pytest.mark.parametrize(("delay_secs", "answers"), [(0.15, 1), (0.3, 1), (0.3, 2)])
def test_nothing_that_is_under_way_reaches_the_shell(tmp_path: Path, delay_secs: float, answers: int) -> None:
    path = write_log(tmp_path / "base", Log().start().tier(0, "a").step("a").says("a", "hello").done("a").end(), "1")
    patience = 60.0 if answers == 1 else 3.0  # of two answers, the end is silence
    with Terminal(path, home=tmp_path, shell=[*SHELL, sys.executable, "-c", PATIENT, str(patience)]) as terminal:
        link = Link(terminal, delay_secs, answers)
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
