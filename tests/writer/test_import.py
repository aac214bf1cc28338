"""What a runner pays for ``import writer``."""

import subprocess
import sys
from pathlib import Path

import writer
from tests.support.processes import ROOT

NOT_WANTED = {"textual", "rich", "watchfiles", "zigtui", "click"}
NOT_YET = {"orjson", "pathlib", "logging", "typing", "uuid", "json", "subprocess", "asyncio", "inspect", "dataclasses"}


def modules_after(code: str, *flags: str) -> set[str]:
    """The modules that are loaded after ``code``; without ``site``, so that only the code has loaded them."""
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}; print(*sys.modules)"
    command = [sys.executable, "-I", *flags, "-c", program]
    return set(subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.split())


def test_the_import_loads_only_what_it_needs_at_once() -> None:
    loaded = modules_after("import writer", "-S")
    assert "writer._session" in loaded
    assert loaded & (NOT_WANTED | NOT_YET) == set()


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


def test_the_public_names_are_there() -> None:
    expected = {"OutputStream", "SessionCoordinator", "SessionError", "SessionStatus", "SessionWriter"}
    assert expected <= set(writer.__all__)
    assert all(hasattr(writer, name) for name in writer.__all__)
    assert (ROOT / "writer" / "py.typed").is_file()
