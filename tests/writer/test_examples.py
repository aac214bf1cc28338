"""The examples in the docstrings and in the README run as they stand."""

import doctest
import importlib
import inspect
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from enum import EnumMeta
from pathlib import Path

import pytest

import writer
from tests.support.processes import ROOT, user_environment
from tests.support.waiting import DEADLINE_SECS
from tests.support.writers import read_events
from writer import SessionCoordinator, SessionWriter
from writer._log.line_splitter import LineSplitter


def docstring_examples() -> Iterator[doctest.DocTest]:
    finder = doctest.DocTestFinder()
    for module in pkgutil.walk_packages(writer.__path__, "writer."):
        yield from (test for test in finder.find(importlib.import_module(module.name)) if test.examples)
    yield from (test for test in finder.find(writer, "writer") if test.examples)


EXAMPLES = {test.name: test for test in docstring_examples()}


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs that the examples run, which need not be installed: each prints a line and succeeds."""
    directory = tmp_path / "bin"
    directory.mkdir()
    for name in ("ruff", "pytest"):
        program = directory / name
        program.write_text(f"#!{sys.executable}\nprint('well done')\n")
        program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_of_a_docstring_runs(
    example: doctest.DocTest, project: Path, programs: None, logger: object
) -> None:
    with (
        SessionCoordinator.start(SessionWriter.create("review", "review.zwf")) as session,
        session.tier(["lint", "tests"]) as tier,
    ):
        names: dict[str, object] = {name: getattr(writer, name) for name in writer.__all__}
        names |= {"session": session, "tier": tier, "findings": [], "LineSplitter": LineSplitter}
        names |= {module: importlib.import_module(module) for module in ("asyncio", "glob", "os")}
        for part in example.examples:
            if part.want:
                assert repr(eval(part.source, names)) == part.want.rstrip()
            else:
                exec(part.source, names)


SEE_ELSEWHERE = re.compile(r"see `[A-Z]\w+(\.\w+)?`|As for|as `\w+")
NOT_SHOWN = {"AttachedSession.finish"}  # only for the sessions of scripts, which ``zigtui record end`` ends
NEVER_CALLED = {"PrunedSession"}  # which `prune` returns


def public_methods(kind: type) -> Iterator[tuple[str, str]]:
    """The names of the public methods of a class, with their docstrings."""
    for name, value in inspect.getmembers(kind, callable):
        if not name.startswith("_") and value.__module__.startswith("writer"):
            yield name, inspect.getdoc(value) or ""


def test_examples_show_all_that_a_runner_calls() -> None:
    missing = []
    for name in writer.__all__:
        value = getattr(writer, name)
        if not callable(value) or isinstance(value, EnumMeta) or name in NEVER_CALLED:
            continue
        text = inspect.getdoc(value) or ""
        if "Example:" not in text:
            missing.append(name)
        if isinstance(value, type) and not issubclass(value, Exception):
            examples = " ".join(re.findall(r"^ *(?:>>>|\.\.\.) (.*)", text, re.M))
            missing += [
                f"{name}.{method}"
                for method, own in public_methods(value)
                if "Example:" not in own and f".{method}(" not in examples and not SEE_ELSEWHERE.search(own)
            ]
    assert set(missing) - NOT_SHOWN == set()


def readme_examples() -> list[str]:
    """The examples of the README that write sessions."""
    examples = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    return [example for example in examples if "from writer import" in example]


def test_the_examples_of_the_readme_run_as_scripts(project: Path, home: Path) -> None:
    for number, example in enumerate(readme_examples(), 1):
        script = project / f"example_{number}.py"
        script.write_text(example)
        done = subprocess.run(
            [sys.executable, script],
            cwd=project,
            env=user_environment(home),
            input="one event\nanother event\n",
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECS,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        logs = list(home.rglob("*.jsonl"))
        assert len(logs) == number
    assert logs
    events = [event for log in logs for event in read_events(log)]
    assert [event["status"] for event in events if "status" in event] == ["success"] * len(logs)
    assert {"a.py is clean", "b.py is clean", "1 report"} <= {event.get("line") for event in events}
