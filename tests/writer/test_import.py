"""What ``import writer`` costs, and which names it gives to a runner."""

import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import writer
from tests.support.cases import each_case
from tests.support.interrupted_imports import ended_by_the_interrupt, interrupting
from tests.support.processes import ROOT
from tests.support.waiting import DEADLINE_SECS
from tests.support.writers import read_events, run_python
from writer import AttachedSession, Pass, RemoteStep, SessionCoordinator, SessionListener, SessionWriter, Step, Tier

NOT_WANTED = {"textual", "rich", "watchfiles", "zigtui", "click"}
NOT_YET = {"orjson", "pathlib", "logging", "typing", "uuid", "json", "subprocess", "asyncio", "inspect", "dataclasses"}
NOT_YET |= {"re", "socket", "selectors", "multiprocessing", "signal"}


def modules_after(code: str, *flags: str) -> set[str]:
    """The modules that are loaded after ``code``; without ``site``, so that only the code has loaded them."""
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}; print(*sys.modules)"
    command = [sys.executable, "-I", *flags, "-c", program]
    return set(
        subprocess.run(command, capture_output=True, text=True, check=True, timeout=DEADLINE_SECS).stdout.split()
    )


def test_the_import_loads_only_what_it_needs_at_once() -> None:
    read = modules_after("import writer", "-S")
    record = modules_after("from writer import SessionCoordinator, SessionWriter, Step, attach, session", "-S")
    assert "writer._session.session_writer" in record - read  # readers do not need it
    assert read & (NOT_WANTED | NOT_YET) == set()
    typing = modules_after("import typing", "-S")  # for the heartbeats: orjson loads it too, with each session
    assert record & (NOT_WANTED | NOT_YET) <= typing


def test_a_session_loads_nothing_but_orjson_from_elsewhere(tmp_path: Path) -> None:
    record = f"""
import writer
with writer.SessionCoordinator.start(writer.SessionWriter.create("a", "b", base={str(tmp_path)!r})) as session:
    session.writer.step_output("lint", "stdout", "a line")
"""
    loaded = modules_after(f"exec({record!r})")
    packages = {name.partition(".")[0] for name in loaded - modules_after("pass")}
    assert packages - sys.stdlib_module_names == {"writer", "orjson"}
    assert loaded & NOT_WANTED == set()


def test_a_session_that_has_begun_goes_on_when_no_module_can_be_imported_any_more(tmp_path: Path) -> None:
    program = f"""
import sys
from writer import SessionCoordinator, SessionWriter
writer = SessionWriter.create("a", "b", base={str(tmp_path)!r}, cwd={str(tmp_path)!r})
finders = sys.meta_path[:]
sys.meta_path.clear()  # the runner has called setuid or chroot, or a new version is being installed
try:
    with SessionCoordinator.start(writer) as session, session.tier(["lint", "types"]) as tier:
        tier.step("lint").skip("nothing to check")
        with tier.step("types"):
            raise KeyError("user")
except KeyError:
    sys.meta_path[:] = finders  # which Python itself needs at the end
"""
    result = run_python(program)
    assert (result.returncode, result.stderr) == (0, "")
    (log,) = tmp_path.rglob("*.jsonl")
    failed, ended = read_events(log)[-2:]
    assert (failed["type"], failed["error"]) == ("step_failed", "KeyError: 'user'")
    assert (ended["type"], ended["status"]) == ("zig_session_ended", "failure")


def test_a_daemon_that_has_begun_a_session_and_run_a_program_imports_nothing_for_the_next(tmp_path: Path) -> None:
    program = f"""
import sys
from writer import session
def work():
    with session("a", "b", base={str(tmp_path)!r}, cwd={str(tmp_path)!r}) as one, one.tier(["lint"]) as tier:
        with tier.step("lint") as step:
            step.run([sys.executable, "-c", "print('clean')"])
work()
finders = sys.meta_path[:]
sys.meta_path.clear()  # as after setuid or chroot
work()
sys.meta_path[:] = finders  # which Python itself needs at the end
"""
    result = run_python(program)
    assert (result.returncode, result.stderr) == (0, "")
    logs = [read_events(log) for log in tmp_path.rglob("*.jsonl")]
    assert [log[-1]["status"] for log in logs] == ["success", "success"]


def public_names(owner: object) -> set[str]:
    return {name for name in dir(owner) if not name.startswith("_")}


def test_the_public_names_are_those_of_the_package_and_each_is_described() -> None:
    modules = {name for name in public_names(writer) if isinstance(getattr(writer, name), ModuleType)}
    assert public_names(writer) - modules == set(writer.__all__)
    assert modules <= {"log_handler", "pytest_plugin"}
    description = inspect.getdoc(writer) or ""
    assert [name for name in writer.__all__ if f"`{name}`" not in description] == []
    assert (ROOT / "writer" / "py.typed").is_file()


EVENTS = {"tier_started", "step_started", "step_output", "step_completed", "step_failed", "step_skipped"}


@each_case(
    ("described", "names"),
    [
        (
            SessionWriter,
            {"create", "create_async", "disabled", "reopen", "share", "tier", "heartbeat", "ended", "close"}
            | {"is_open", "is_finished"}
            | {"log_path", "session_id", "workflow_name"}
            | EVENTS,
        ),
        (SessionCoordinator, {"start", "tier", "share", "finish", "writer"}),
        (SessionListener, {"start", "tier", "share", "pass_", "finish", "writer"}),
        (Pass, {"tier", "error"}),
        (Tier, {"index", "step", "race", "race_async"}),
        (
            Step,
            {
                "name",
                "attempt",
                "start",
                "complete",
                "fail",
                "output",
                "file",
                "redirect",
                "retry",
                "skip",
                "saved",
                "cancel",
            }
            | {"run", "run_async", "run_in_foreground", "remote"},
        ),
        (
            RemoteStep,
            {"name", "output", "file", "redirect", "retry", "saved", "cancel", "run", "run_async", "run_in_foreground"},
        ),
        (AttachedSession, {"session_id", "workflow_name", "log_path", "tier", "step", "finish"}),
    ],
)
def test_the_public_classes_have_only_what_runners_need_and_describe_it(described: type, names: set[str]) -> None:
    assert public_names(described) == names
    assert [name for name in names if not inspect.getdoc(getattr(described, name))] == []


def test_an_instance_has_no_other_public_names_than_its_class(tmp_path: Path) -> None:
    with SessionCoordinator(SessionWriter.create("a", "b", base=tmp_path, cwd=tmp_path)) as session:
        tier = session.tier(["lint"])
        with tier, tier.step("lint") as step:
            for instance in (session, session.writer, tier, step):
                assert public_names(instance) == public_names(type(instance))
    listener = SessionListener(SessionWriter.create("a", "b", tier_count=1, base=tmp_path, cwd=tmp_path))
    with listener, listener.pass_() as current:
        assert public_names(listener) == public_names(SessionListener)
        assert public_names(current) == public_names(Pass)


@pytest.mark.parametrize("name", ["dataclasses", "json", "json.decoder", "uuid"])
def test_an_interrupt_while_orjson_is_imported_is_an_exception(name: str, tmp_path: Path) -> None:
    create = 'SessionWriter.create("review", "review.zwf", base=sys.argv[1])'
    program = interrupting(name, create, before="from writer import SessionWriter")
    assert ended_by_the_interrupt(run_python(program, tmp_path))
    assert list(tmp_path.rglob("*.jsonl")) == []
