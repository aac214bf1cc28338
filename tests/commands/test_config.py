"""``zigtui config``, and faulty settings in other commands."""

import subprocess
from pathlib import Path

import pytest

from tests.support.cases import each_case
from tests.support.commands import refused, succeed, zigtui
from tests.support.processes import run_zigtui
from zigtui.settings import Settings
from zigtui.settings.location import settings_path
from zigtui.state.choices import Choices
from zigtui.state.store import StateStore


@pytest.fixture
def path() -> Path:
    path = settings_path()
    assert path is not None
    return path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_init_creates_the_file_and_never_changes_it(path: Path) -> None:
    assert succeed("config", "path").stdout == succeed("config", "init").stdout == f"{path}\n"
    assert "#stall" in path.read_text()
    succeed("config", "check")
    path.write_text("wrap = false\n")
    assert refused("config", "init") == f"zigtui: {path} exists already, and is left as it is\n"
    assert path.read_text() == "wrap = false\n"


def test_init_reports_why_it_cannot_write(path: Path) -> None:
    path.parent.parent.mkdir(parents=True)
    path.parent.write_text("")
    assert refused("config", "init") == f"zigtui: {path.parent} is not a directory\n"
    path.parent.unlink()
    path.parent.mkdir()
    path.symlink_to("nowhere")
    assert "exists already" in refused("config", "init")


def test_check_reports_each_fault(path: Path) -> None:
    done = zigtui("config", "check")
    assert (done.code, done.stdout) == (0, "")
    assert done.stderr.startswith(f"zigtui: there is no {path}")
    write(path, 'wrap = true\nstal = "5m"\nbell = 1\n')
    done = zigtui("config", "check")
    assert (done.code, done.stderr) == (2, "")
    assert done.lines == [
        f"{path}:2: stal: no such setting; did you mean stall?",
        f"{path}:3: bell: expected true or false, not 1",
    ]


def test_show_prints_the_settings_and_where_they_are_from(path: Path) -> None:
    write(path, '\nstall = "90s"\ntheme = "nord"\ntimes = "clock"\n')
    store = StateStore()
    Choices(Settings(theme="nord"), store).theme.choose("dracula")
    store.close(60)
    shown = {line.partition(" = ")[0]: " ".join(line.split()) for line in succeed("config", "show").lines}
    assert shown["stall"] == 'stall = "1m30s" # line 2'
    assert shown["theme"] == 'theme = "dracula" # chosen on the screen'
    assert shown["times"] == 'times = "clock" # line 4'
    assert shown["quiet"] == 'quiet = "30s" # default'
    write(path, succeed("config", "show").stdout)  # it is a sound file itself
    succeed("config", "check")


@pytest.mark.parametrize("command", ["list", "show", "check", "demo", "export", "listen", "config show", "deploy", ""])
def test_a_fault_is_one_line_for_every_command(path: Path, home: Path, command: str) -> None:
    write(path, "wrap = 1\n")
    message = f"zigtui: {path}:1: wrap: expected true or false, not 1\n"
    if command in ("", "deploy"):
        assert message in refused_on_terminal(home, path, *command.split())
    else:
        assert refused(*command.split()) == message


def refused_on_terminal(home: Path, path: Path, *arguments: str) -> str:
    from tests.support.terminal import Terminal

    with Terminal(
        *arguments, home=home, environment={"XDG_CONFIG_HOME": str(path.parents[1])}, size=(200, 10)
    ) as zigtui:
        assert zigtui.wait_for_exit() == 2
        return zigtui.text + "\n"


@each_case(
    "arguments", ["config path", "config init --help", "config --help", "help", "--help", "list --help", "--version"]
)
def test_help_and_the_path_need_no_sound_file(path: Path, arguments: str) -> None:
    write(path, "wrap = 1\n")
    assert succeed(*arguments.split()).stdout


def test_there_may_be_no_home_directory(tmp_path: Path) -> None:
    nowhere = {"HOME": "relative"}
    done = run_zigtui("config", "path", home=tmp_path, environment=nowhere)
    assert (done.returncode, done.stderr) == (2, "zigtui: there is no home directory: set XDG_CONFIG_HOME\n")
    done = run_zigtui("list", "--base", str(tmp_path), home=tmp_path, environment=nowhere)
    assert (done.returncode, done.stderr) == (0, f"zigtui: there are no sessions in {tmp_path} yet\n")


def test_settings_reach_the_commands(path: Path, home: Path) -> None:
    (home / ".zig").mkdir()
    write(path, 'stall = "1s"\n')
    done: subprocess.CompletedProcess[str] = run_zigtui(
        "list", home=home, environment={"XDG_CONFIG_HOME": str(path.parents[1])}
    )
    assert (done.returncode, done.stderr) == (0, f"zigtui: there are no sessions in {home / '.zig'} yet\n")
