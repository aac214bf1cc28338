"""A base on a disk that stops answering, as a network mount does, in the real program: the rest goes on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.processes import ROOT
from tests.support.programs import program
from tests.support.terminal import Terminal
from writer import project_name

STUB = """
import builtins, functools, io, os, subprocess, time

hanging, flag = os.environ["HANGING"], os.environ["HANGING"] + ".hangs"
stat = os.stat


def hangs():
    try:
        return bool(stat(flag))
    except FileNotFoundError:
        return False


def wrap(function):
    @functools.wraps(function)
    def wrapped(path=".", *arguments, **options):
        name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else ""
        if name == hanging or name.startswith(hanging + os.sep):
            while hangs():
                time.sleep(0.02)
        return function(path, *arguments, **options)

    return wrapped


for name in ("access", "listdir", "lstat", "open", "readlink", "scandir", "stat"):
    setattr(os, name, wrap(getattr(os, name)))
builtins.open = io.open = wrap(open)
fork_exec = subprocess._fork_exec


def fork_exec_later(arguments, programs, *others):
    while any(os.fsdecode(program).startswith(hanging + os.sep) for program in programs) and hangs():
        time.sleep(0.02)
    return fork_exec(arguments, programs, *others)


subprocess._fork_exec = fork_exec_later
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
        self._flag.touch()

    def answers(self) -> None:
        """Make all accesses to the disk go on."""
        self._flag.unlink()

    @property
    def _flag(self) -> Path:
        return self.base.with_name(self.base.name + ".hangs")


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


@pytest.mark.slow
def test_a_filter_by_a_directory_whose_disk_hangs_holds_up_no_key_and_counts_when_it_answers(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    shop = disk.base / "shop"
    (shop / ".git").mkdir(parents=True)
    for number, directory in enumerate([shop, tmp_path / "near"]):
        log = Log().start(cwd=str(directory)).tier(0, "a").end()
        write_log(tmp_path / ".zig", log, session_id(number), project=project_name(str(directory)))
    with Terminal(home=tmp_path, size=(120, 30), environment=disk.environment) as terminal:
        terminal.wait_for("2 sessions")
        disk.hangs()
        terminal.press("/project:~/mounted/shop")
        terminal.wait_for("the disk of ~/mounted/shop does not answer")
        terminal.press("s/and/more")
        terminal.wait_for("project:~/mounted/shops/and/more")
        terminal.press("\x1b")
        terminal.wait_until(lambda: "project:" not in terminal.text)
        terminal.press("/project:~/near")
        terminal.wait_for("project:~/near")  # its beginning may find one session, too
        terminal.wait_until(lambda: "1 of 2" in terminal.text and "does not answer" not in terminal.text)
        terminal.press("\x1b")
        terminal.wait_until(lambda: "project:" not in terminal.text)
        terminal.press("/project:~/mounted/shop state:su\r")
        terminal.wait_for("the disk of ~/mounted/shop does not answer")
        disk.answers()
        terminal.wait_until(lambda: "1 of 2" in terminal.text and "does not answer" not in terminal.text)
        terminal.press("\x03")
        assert terminal.wait_for_exit() == 130


@pytest.mark.slow
@pytest.mark.parametrize("hangs", [False, True], ids=["answers", "hangs"])
def test_only_this_project_where_an_older_session_ran_on_a_disk_that_may_hang(tmp_path: Path, hangs: bool) -> None:
    disk = Disk(tmp_path)
    here = tmp_path / "here"
    (here / ".git").mkdir(parents=True)
    link = disk.base / "link"
    link.symlink_to(here)
    write_log(
        tmp_path / ".zig",
        Log().start(cwd=str(link)).tier(0, "a").end(),
        session_id(1),
        project=project_name(str(link)),
        workflow="by-link",
    )
    write_log(
        tmp_path / ".zig",
        Log().start(cwd=str(here)).tier(0, "a").end(),
        session_id(2),
        project=project_name(str(here)),
        workflow="direct",
    )
    if hangs:
        disk.hangs()
    with Terminal(
        home=tmp_path, size=(120, 30), environment=disk.environment, shell=["sh", "-c", 'cd here && exec "$@"', "sh"]
    ) as terminal:
        terminal.wait_for("2 sessions")
        terminal.press("p")
        if hangs:
            terminal.wait_for("1 of 2")
            terminal.press("jj?")
            terminal.wait_for("Keys")
            disk.answers()
            terminal.press("\x1b")
        terminal.wait_for("2 of 2")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


@pytest.mark.slow
def test_a_state_directory_that_stops_answering_holds_up_no_screen(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    session(tmp_path / ".zig", "near")
    environment = {**disk.environment, "XDG_STATE_HOME": str(disk.base)}
    with Terminal(home=tmp_path, environment=environment) as terminal:
        terminal.wait_for("1 session")
        disk.hangs()
        for _ in range(2):
            terminal.press("\r")
            terminal.wait_for("near began")
            terminal.press("/nea\r")
            terminal.wait_for("match 1 of 3")
            terminal.press("\x1b")
            terminal.wait_until(lambda: "match 1" not in terminal.text)
            terminal.press("\x1b")
            terminal.wait_for("1 session")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


@pytest.mark.slow
def test_what_is_written_for_the_user_on_a_disk_that_hangs_holds_up_no_key(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    session(tmp_path / ".zig", "near")
    less = program(tmp_path, "less")
    environment = {**disk.environment, "TMPDIR": str(disk.base), "PAGER": str(less)}
    in_disk = ["sh", "-c", 'cd mounted && exec "$@"', "sh"]
    with Terminal("near", home=tmp_path, environment=environment, shell=in_disk) as terminal:
        terminal.wait_for("near began")
        disk.hangs()
        terminal.press("o")
        terminal.wait_for("Reading the output")
        terminal.press("\x10screensh")
        terminal.wait_for("Screenshot")
        terminal.press("\r")
        terminal.wait_until(lambda: "Screenshot" not in terminal.text)
        terminal.press("?")
        terminal.wait_for("Keys")
        terminal.press("\x1b")
        terminal.wait_until(lambda: "Keys" not in terminal.text)
        disk.answers()
        terminal.wait_for("PROGRAM RUNS")
        terminal.press("\n")
        terminal.wait_for("near began")
        assert len(list(disk.base.glob("*.svg"))) == 1
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


@pytest.mark.slow
def test_a_filter_on_the_command_line_does_not_hold_up_the_screen(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    session(tmp_path / ".zig", "near")
    disk.hangs()
    with Terminal(
        "--filter", f"project:{disk.base}/shop", home=tmp_path, size=(120, 30), environment=disk.environment
    ) as terminal:
        terminal.wait_for("not filtered yet: the disk of /")
        assert "near" in terminal.text
        disk.answers()
        terminal.wait_until(lambda: "No session passes" in terminal.text and "not filtered yet" not in terminal.text)
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


@pytest.mark.slow
def test_a_program_for_reports_on_a_disk_that_hangs_does_not_hold_up_the_end(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    program = disk.base / "notify"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    config = tmp_path / "config" / "zigtui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'notify = "failed"\nnotify_command = ["{program}"]\n')
    log = Log().wait(time.time() - BEGAN).start().tier(0, "near").step("near").beat()
    path = write_log(tmp_path / ".zig", log, "1", modified=time.time())
    begun = len(log.data)
    environment = {**disk.environment, "XDG_CONFIG_HOME": str(tmp_path / "config")}
    with Terminal(home=tmp_path, size=(120, 30), environment=environment) as terminal:
        terminal.wait_for("running")
        disk.hangs()
        append(path, log.fails("near").end("failure").data[begun:])
        terminal.wait_until(lambda: "zigtui ✘ 1".encode() in terminal.written)  # the title: now it is held back
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
