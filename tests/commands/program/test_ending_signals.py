"""Signals that end a program, wherever they find it."""

import signal
import subprocess
import sys

import pytest

from tests.support.cases import each_case

_START = """
import gc, os, signal, threading, time, weakref
from contextlib import suppress
from zigtui.commands.program.ending_signals import exits_on_signals

def receive(*arguments):
    os.kill(os.getpid(), signal.SIGTERM)
    for _ in range(1000):  # the handler runs here
        pass

class Thing:
    pass

class Deleted:
    def __del__(self):
        receive()

"""

_RECEIVED = {
    "in the block itself": "receive()",
    "in __del__": "Deleted()",
    "in __del__ of a cycle": "a = Deleted(); a.own = a; del a; gc.collect()",
    "in a callback of the garbage collector": "gc.callbacks.append(receive); gc.collect(); gc.callbacks.clear()",
    "in a callback of a weak reference": "a = Thing(); b = weakref.ref(a, receive); del a",
    "where everything is caught": "with suppress(BaseException): receive()",
    "where everything is caught, twice": "for _ in range(2):\n        with suppress(BaseException): receive()",
}
"""Where a signal is received."""


def _run(script: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", _START + script], capture_output=True, text=True, check=False)


@each_case("where", _RECEIVED)
@each_case("waiting", ["threading.Event().wait()", "while True: time.sleep(0.01)"])
def test_a_signal_ends_the_program_wherever_it_is_received(where: str, waiting: str) -> None:
    done = _run(f"with exits_on_signals():\n    {_RECEIVED[where]}\n    {waiting}\n")
    assert done.returncode == 128 + signal.SIGTERM, done.stderr


@pytest.mark.parametrize("error", ["SystemExit(3)", "KeyboardInterrupt", "None"])
def test_the_cleaning_up_is_not_interrupted(error: str) -> None:
    """Neither by a signal that comes again and again, nor by one that comes only then."""
    done = _run(
        f"""
with exits_on_signals():
    try:
        if {error} is not None:
            raise {error}
        receive()
    finally:
        receive()
        end = time.monotonic() + 0.6
        while time.monotonic() < end:
            receive()
        print("cleaned up")
"""
    )
    assert done.stdout == "cleaned up\n", done.stderr
    assert done.returncode == (3 if error == "SystemExit(3)" else 128 + signal.SIGTERM)


def test_an_interrupt_is_not_taken_for_a_signal() -> None:
    done = _run("with exits_on_signals():\n    raise KeyboardInterrupt\n")
    assert done.returncode == -signal.SIGINT
    assert "KeyboardInterrupt" in done.stderr


def test_another_signal_of_a_timer_has_its_own_effect() -> None:
    done = _run("with exits_on_signals():\n    os.kill(os.getpid(), signal.SIGALRM)\n    time.sleep(60)\n")
    assert (done.returncode, done.stderr) == (-signal.SIGALRM, "")


def test_signals_are_as_before_after_the_block() -> None:
    done = _run(
        """
numbers = signal.SIGTERM, signal.SIGHUP, signal.SIGALRM
signal.signal(signal.SIGHUP, signal.SIG_IGN)
before = [signal.getsignal(number) for number in numbers]
with exits_on_signals():
    os.kill(os.getpid(), signal.SIGHUP)
    time.sleep(0.1)
with suppress(SystemExit):
    with exits_on_signals():
        receive()
time.sleep(0.6)
print(before == [signal.getsignal(number) for number in numbers])
"""
    )
    assert done.stdout == "True\n", done.stderr
