"""A base on a disk that stops answering, as a network mount does, in the real program: the rest goes on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import Log, append
from tests.support.processes import ROOT
from tests.support.terminal import Terminal

STUB = """
import builtins, functools, os, threading

hanging, flag = os.environ["HANGING"], os.environ["HANGING"] + ".hangs"
exists = os.stat


def wrap(function):
    @functools.wraps(function)
    def wrapped(path=".", *arguments, **options):
        name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else ""
        if name == hanging or name.startswith(hanging + os.sep):
            try:
                exists(flag)
            except FileNotFoundError:
                pass
            else:
                threading.Event().wait()
        return function(path, *arguments, **options)

    return wrapped


for name in ("access", "listdir", "lstat", "open", "readlink", "scandir", "stat"):
    setattr(os, name, wrap(getattr(os, name)))
builtins.open = wrap(open)
"""


class Disk:
    """A base that answers until it hangs."""

    def __init__(self, home: Path) -> None:
        self.base = home / "mounted"
        self.base.mkdir()
        stub = home / "stub"
        stub.mkdir()
        (stub / "sitecustomize.py").write_text(STUB)
        self.environment = {"HANGING": str(self.base), "PYTHONPATH": f"{stub}:{ROOT}"}

    def hangs(self) -> None:
        """Make every later access to the disk wait forever."""
        self.base.with_name(self.base.name + ".hangs").touch()


def session(base: Path, name: str) -> Path:
    """A live session with a step of this name."""
    return write_log(
        base, Log().start().tier(0, name).step(name).says(name, f"{name} began"), name, modified=time.time()
    )


@contextmanager
def watching(home: Path, disk: Disk) -> Iterator[Terminal]:
    """The program on two bases: one whose disk answers, and the other."""
    with Terminal(
        "--base", home / ".zig", "--base", disk.base, home=home, size=(120, 30), environment=disk.environment
    ) as terminal:
        yield terminal


@pytest.mark.slow
def test_a_base_that_does_not_answer_from_the_start_holds_up_no_other_and_no_key(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    session(disk.base, "never-seen")
    path = session(tmp_path / ".zig", "near")
    disk.hangs()
    with watching(tmp_path, disk) as terminal:
        terminal.wait_for("near")
        terminal.press("\r")
        terminal.wait_for("near began")
        append(path, Log().says("near", "and goes on").data)
        terminal.wait_for("and goes on")
        terminal.press("\x1b")
        session(tmp_path / ".zig", "second")
        terminal.wait_for("2 sessions")
        terminal.wait_for("mounted does not answer")
        terminal.press("\r")
        # Which that does not concern.
        terminal.wait_until(lambda: "near began" in terminal.text and "does not answer" not in terminal.text)
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


@pytest.mark.slow
def test_a_base_that_stops_answering_while_its_session_is_looked_at_can_be_left(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    session(tmp_path / ".zig", "near")
    far = session(disk.base, "far")
    with watching(tmp_path, disk) as terminal:
        terminal.wait_for("2 sessions")
        terminal.press("g\r")
        terminal.wait_until(lambda: "near began" in terminal.text or "far began" in terminal.text)
        if "far began" not in terminal.text:
            terminal.press("\x1b")
            terminal.wait_for("2 sessions")
            terminal.press("j\r")
        terminal.wait_for("far began")
        disk.hangs()
        append(far, Log().says("far", "unread").data)
        terminal.wait_for("mounted does not answer")
        terminal.press("jjw\tg")
        terminal.press("\x1b")
        terminal.wait_for("2 sessions")
        session(tmp_path / ".zig", "second")
        terminal.wait_for("3 sessions")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


@pytest.mark.slow
def test_a_session_of_a_base_that_has_stopped_answering_can_be_opened_and_left(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    session(disk.base, "far")
    with watching(tmp_path, disk) as terminal:
        terminal.wait_for("1 live · 1 session")
        terminal.wait_for("far")
        disk.hangs()
        terminal.press("\r")
        terminal.wait_for("esc back")
        terminal.press("jkG\x1b")
        terminal.wait_for("1 live · 1 session")
        session(tmp_path / ".zig", "near")
        terminal.wait_for("2 sessions")
        terminal.press("\r\x03")
        assert terminal.wait_for_exit() == 130
