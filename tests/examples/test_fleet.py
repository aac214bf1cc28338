"""The units and the compose file of a fleet: the commands in them exist, with these options."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.commands import zigtui
from tests.support.processes import ROOT

EXAMPLES = ROOT / "examples" / "fleet"


def commands(path: Path) -> list[list[str]]:
    """The command lines of zigtui in a file, without the program."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".service":
        return [shlex.split(line)[1:] for line in re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)]
    return [re.findall(r'"([^"]*)"', line) for line in re.findall(r"^ +command: \[(.*)\]$", text, re.MULTILINE)]


@pytest.mark.parametrize("name", ["zigtui-fleet.service", "zigtui-ship.service", "compose.yaml"])
def test_the_commands_exist_with_these_options(name: str) -> None:
    found = commands(EXAMPLES / name)
    assert found
    for words in found:
        done = zigtui(*words, "--help")  # a wrong option is reported all the same
        assert (done.code, done.stderr) == (0, "")
        options = {word for word in words if word.startswith("--")}
        assert options <= set(re.findall(r"--[a-z-]+", done.stdout))


def test_the_server_needs_no_home_directory() -> None:
    """Its unit hides them all: settings in one could not be read, and the server would not start."""
    text = (EXAMPLES / "zigtui-fleet.service").read_text(encoding="utf-8")
    unit = dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))
    home = re.search(r"^Environment=HOME=(.*)$", text, re.MULTILINE)
    assert unit["ProtectHome"] == "yes"
    assert home is not None
    assert home[1] == f"/var/lib/{unit['StateDirectory']}"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_the_server_can_do_little_but_serve() -> None:
    """It is reached from other machines, and has the logs of all of them."""
    words = ["systemd-analyze", "security", "--offline=yes", "--no-pager", "--threshold=25"]  # of 100, which is all
    done = subprocess.run(
        [*words, EXAMPLES / "zigtui-fleet.service"], capture_output=True, text=True, check=False, timeout=60
    )
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze only judges units that are loaded")
    assert done.returncode == 0, done.stdout + done.stderr
