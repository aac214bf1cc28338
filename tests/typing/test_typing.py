"""The public API as type checkers see it: pyright here, and mypy with the rest of the project."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import writer

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def pyright(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pyright with the configuration of the project."""
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)


def test_every_use_of_the_public_api_passes_pyright_in_strict_mode() -> None:
    result = pyright("--outputjson")
    report = json.loads(result.stdout)
    assert [f"{found['file']}: {found['message']}" for found in report["generalDiagnostics"]] == []
    assert result.returncode == 0
    assert report["summary"]["filesAnalyzed"] == len(list(HERE.glob("*.py")))


def test_every_public_name_of_writer_is_used() -> None:
    tree = ast.parse((HERE / "writer_api.py").read_text())
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in node.names}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert {*writer.__all__, "SessionLogHandler"} <= imported & used
