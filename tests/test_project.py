"""The project itself: style, types, import contracts, packaging and documents."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(1200)  # mypy without a cache takes 20 s of processor time, and minutes on a machine that is busy
@pytest.mark.parametrize(
    "check",
    [
        ["-m", "ruff", "check"],
        ["-m", "ruff", "format", "--check"],
        ["-m", "mypy"],
        ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    ],
    ids=["ruff-check", "ruff-format", "mypy", "import-contracts"],
)
def test_checks_pass(check: list[str]) -> None:
    run(sys.executable, *check)


def readme_command(name: str) -> str:
    """The command of the README that follows the comment with that name."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (command,) = re.findall(rf"<!-- {name} command -->\s*```sh\n(.*?)\n```", readme, re.DOTALL)
    return str(command)


def test_the_test_command_of_the_readme_runs_all_tests_and_is_the_one_that_ci_runs() -> None:
    command = readme_command("test")
    assert command.endswith(".venv/bin/python -m pytest -n 6")
    done = subprocess.run([ROOT / ".ci" / "run", "--print"], capture_output=True, text=True, check=True)
    assert done.stdout == f"{command}\n"


def test_the_demo_command_of_the_readme_installs_zigtui_and_runs_its_demo() -> None:
    command = readme_command("demo")
    assert command.endswith("pip install --quiet . && .venv/bin/zigtui demo")
    run(sys.executable, "-m", "zigtui", "demo", "--help")


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_files_that_a_document_names_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w/])(?:\.ci|examples|screenshots|tests|writer|zigtui)/[\w./*-]*[\w*/]", text))
    assert {name for name in named if not list(ROOT.glob(name))} == set()


def test_runtime_dependencies_are_the_agreed_ones() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[<>=!~ \[]", requirement)[0] for requirement in project["dependencies"]}
    assert names == {"click", "msgspec", "orjson", "platformdirs", "regex", "rich", "textual", "watchfiles"}


def test_both_packages_ship_their_types() -> None:
    assert (ROOT / "writer" / "py.typed").exists()
    assert (ROOT / "zigtui" / "py.typed").exists()


def test_modules_can_be_read_in_one_go() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for package in ("writer", "zigtui")
        for path in (ROOT / package).rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 360
    }
    assert long == {}


@pytest.mark.parametrize("command", [["-m", "zigtui"], ["-c", "from zigtui.cli import main; main()"]])
def test_version_is_printed(command: list[str]) -> None:
    from zigtui import __version__

    done = subprocess.run([sys.executable, *command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"zigtui {__version__}\n"
