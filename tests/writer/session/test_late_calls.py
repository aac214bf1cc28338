"""Calls that come when the interpreter has removed its modules, in a ``__del__`` of the very end."""

from pathlib import Path

import pytest

from tests.support.writers import run_python

CODE = """
import sys
from time import time
from writer import SessionCoordinator, SessionListener, SessionWriter, attach, prune

class Late:
    def __init__(self):
        self.me = self
    def __del__(self):
        assert sys.meta_path is None
        try:
            {call}
            print("no error")
        except BaseException as error:
            print(type(error).__name__, error)

def next_second(call):
    now = int(time())
    while int(time()) == now:
        pass
    call()

def fail(step):
    with step:
        raise KeyError("mine")

open_writer = SessionWriter.create("open", "open")
new = open_writer.tier(["new"]).__enter__().step("new")
session = SessionCoordinator(SessionWriter.create("ended", "ended"))
tier = session.tier(["a", "b"]).__enter__()
step = tier.step("a").start()
own = SessionWriter.create("own", "own")
own_tier = own.tier(["c", "d"]).__enter__()
running = own_tier.step("c").start()
late = sys.modules["late"] = type(sys)("late")
late.late = Late()
"""
ENDING = "SessionError nothing can be recorded any more: the interpreter is ending\n"


@pytest.mark.parametrize(
    "call",
    [
        'SessionWriter.create("a", "b")',
        'SessionWriter.create("a", "b", on_error="warn", index="now", mask=["s3cret"])',
        'SessionWriter.disabled("a", "b")',
        "SessionWriter.reopen(open_writer.session_id)",
        'attach("/nowhere")',
        "prune(keep=1)",
        "open_writer.share()",
        "session.share()",
        "SessionCoordinator(open_writer, end_on=[15])",
        'running.retry("bad")',
        'running.fail("bad")',
        'running.run(["true"])',
        'running.run_in_foreground(["true"])',
        "running.file()",
        "running.redirect().__enter__()",
        "running.remote()",
        "own_tier.race([])",
    ],
)
def test_what_needs_modules_says_that_it_is_too_late(home: Path, call: str) -> None:
    done = run_python(CODE.format(call=call), home)
    assert (done.stdout, done.stderr) == (ENDING, "")


@pytest.mark.parametrize(
    ("call", "printed"),
    [
        ('open_writer.ended("success", 1)', "no error\n"),
        ('open_writer.step_output("new", "stdout", "late")', "no error\n"),
        ('next_second(lambda: open_writer.step_output("new", "stdout", "late"))', "no error\n"),
        ("next_second(lambda: open_writer.heartbeat(1))", "no error\n"),
        ("open_writer.close()", "no error\n"),
        ('session.finish("failure", "bad")', "no error\n"),
        ("fail(new)", "KeyError 'mine'\n"),
        ("new.__enter__().complete()", "no error\n"),
        ('running.output("late")', "no error\n"),
        ("running.complete()", "no error\n"),
        ("running.cancel()", "no error\n"),
        ('own_tier.step("d").skip("late")', "no error\n"),
    ],
)
def test_what_needs_none_is_done_and_no_error_replaces_that_of_the_runner(home: Path, call: str, printed: str) -> None:
    done = run_python(CODE.format(call=call), home)
    assert (done.stdout, done.stderr) == (printed, "")
