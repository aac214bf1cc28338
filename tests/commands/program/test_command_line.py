"""Wrong usage: exit code 2, and one line with the reason."""

from pathlib import Path

import pytest

from tests.support.processes import run_zigtui


@pytest.mark.parametrize("arguments", [(), ("--base", "somewhere"), ("--base", "a", "--base", "b")], ids=" ".join)
def test_the_screen_needs_a_terminal(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run_zigtui(*arguments, home=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("zigtui: the screen needs a terminal; see zigtui --help for commands that need none\n")


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (("--no-such-option",), "--no-such-option"),
        (("--base",), "--base"),
        (("demo", "--speed", "fast"), "'fast'"),
        (("demo", "--speed", "0"), "0.1"),
        (("demo", "surplus"), "surplus"),
    ],
    ids=["unknown option", "no argument", "no number", "too slow", "surplus argument"],
)
def test_a_wrong_command_line_is_reported_in_one_line(
    tmp_path: Path, arguments: tuple[str, ...], reported: str
) -> None:
    done = run_zigtui(*arguments, home=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("zigtui: ")
    assert reported in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("home", "reported"),
    [
        ("", "zigtui: no home directory: set HOME, or give a base directory\n"),
        ("relative/home", "zigtui: the home directory (HOME) must be an absolute path"),
    ],
    ids=["missing", "relative"],
)
def test_a_useless_home_directory_is_reported_in_one_line(tmp_path: Path, home: str, reported: str) -> None:
    done = run_zigtui(home=tmp_path, environment={"HOME": home})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(reported)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_goes_to_standard_output(tmp_path: Path, option: str) -> None:
    done = run_zigtui(option, home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Watch zig workflow sessions." in done.stdout
    assert "demo" in done.stdout


def test_nothing_is_written_below_the_home_directory(tmp_path: Path) -> None:
    run_zigtui("--help", home=tmp_path)
    run_zigtui(home=tmp_path)
    assert list(tmp_path.iterdir()) == []
