"""Fixtures for all tests: a home directory, a project and the recordings of the reference implementation."""

import compileall
import gc
import itertools
import os
import re
import signal
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.bases import REFERENCE, copy_recordings
from tests.support.examples import THOROUGH
from tests.support.processes import ROOT
from tests.support.zones import SetZone

settings.register_profile("thorough", deadline=None, max_examples=THOROUGH)  # no test fails on a clock
settings.register_profile("quick", deadline=None, max_examples=THOROUGH // 6)
settings.load_profile("quick")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that lets tests try more than in the usual runs."""
    parser.addoption(
        "--thorough",
        action="store_true",
        help="try all examples of property tests, draw every frame, and run stress tests for longer",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Load the profile that the options ask for, compile the packages once, and let signals have their effect.

    Hundreds of tests start a process, and none of these writes bytecode. A shell or nohup that runs the tests in the
    background may have them ignore signals, and each process inherits that.
    """
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    if config.getoption("thorough"):
        settings.load_profile("thorough")
    if not hasattr(config, "workerinput"):  # before processes that run tests in parallel start
        # Those would rewrite the assertions of all plugins again in each run, which takes each of them a second.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        for package in ("writer", "zigtui"):
            compileall.compile_dir(ROOT / package, quiet=1)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Collect without the garbage collector: syntax trees and tests are many objects to traverse, and no garbage."""
    gc.disable()
    try:
        _rewrite_for_all(session.config)
        return (yield)
    finally:
        gc.enable()


def _rewrite_for_all(config: pytest.Config) -> None:
    """Let each of the processes that run tests in parallel rewrite the assertions of some modules for all.

    They all import all modules, and would begin with the same one. Here each begins with another one, and finds those
    that the others have already rewritten.
    """
    worker = getattr(config, "workerinput", None)
    if worker is None or config.args != config.getini("testpaths"):
        return
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    first = len(paths) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    for path in paths[first:] + paths[:first]:
        with suppress(Exception):  # pytest imports it again, and reports what is wrong
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: at the end all other processes would wait for it."""
    items.sort(key=lambda item: item.path.name not in ("test_project.py", "test_typing.py", "test_runners.py"))


def pytest_collection_finish() -> None:
    """Leave what the tests are made of to themselves: the garbage collector would traverse it in each of its runs.

    What little is garbage stays in memory: to find it takes half a second in each process.
    """
    gc.freeze()
    gc.set_threshold(10_000)  # an app makes far more objects than the few hundred that start a run by default


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, object, object]:
    """Escape half of a surrogate pair in reports: processes that run tests in parallel cannot exchange it."""
    return _without_surrogates((yield))


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {name: _without_surrogates(item) for name, item in value.items()}
    return type(value)(map(_without_surrogates, value)) if isinstance(value, list | tuple) else value


@pytest.fixture(autouse=True)
def set_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[SetZone]:
    """Local time is UTC until the test sets another time zone."""

    def set_zone(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    set_zone("UTC")
    yield set_zone
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="session")
def _user_numbers() -> Iterator[int]:
    return itertools.count()


@pytest.fixture(scope="session")
def _directory_numbers() -> Iterator[int]:
    return itertools.count()


@pytest.fixture(autouse=True)
def own_user_files(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, _user_numbers: Iterator[int]
) -> None:
    """Each test has settings and state of its own, and neither reads nor writes those of the user who runs it."""
    directory = tmp_path_factory.getbasetemp() / f"user{next(_user_numbers)}"  # created when something is written
    monkeypatch.setenv("XDG_CONFIG_HOME", str(directory / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(directory / "state"))
    for name in ("ZIG_SESSION_ID", "ZIG_STEP", "ZIGTUI_SESSION"):  # the tests themselves may be recorded
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def tmp_path(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, _directory_numbers: Iterator[int]
) -> Path:
    """A directory of the test, as pytest makes it, but without a link to the last one with a similar name.

    To replace a link with a long target for each test takes milliseconds on a busy disk.
    """
    name = re.sub(r"\W", "_", request.node.name)[:30]
    return tmp_path_factory.mktemp(f"{name}{next(_directory_numbers)}", numbered=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home directory, named by HOME."""
    directory = tmp_path / "home"
    directory.mkdir()
    monkeypatch.setenv("HOME", str(directory))
    return directory


@pytest.fixture
def project(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository, the current directory; ``home`` is empty."""
    directory = home.parent / "src" / "shop"
    (directory / ".git").mkdir(parents=True)
    monkeypatch.chdir(directory)
    return directory


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recordings of the reference implementation: ``dot-zig``, ``listen``, ``ids.txt``. Copy before changing.

    A checkout has just been written; these are as old as they were when they were recorded.
    """
    return copy_recordings(REFERENCE, tmp_path_factory.mktemp("recorded") / REFERENCE.name)
