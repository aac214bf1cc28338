"""``zigtui prune``: lists what it would remove, and removes it with ``--yes``."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.cases import each_case
from tests.support.commands import refused
from writer import SessionWriter
from zigtui.cli import zigtui


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(zigtui, ["prune", *map(str, arguments)])


@pytest.fixture
def old(tmp_path: Path) -> SessionWriter:
    writer = SessionWriter.create("old", "x", base=tmp_path, cwd=tmp_path, index="now")
    writer.ended("success", 1)
    os.utime(writer.log_path, (1_600_000_000, 1_600_000_000))
    return writer


def test_without_yes_sessions_are_only_listed(old: SessionWriter, tmp_path: Path) -> None:
    size = old.log_path.stat().st_size
    done = run("--base", tmp_path, "--older-than", "30d")
    assert (done.exit_code, done.stdout) == (0, f"{old.session_id}  succeeded  {size}\n")
    assert "would remove 1 session," in done.stderr
    assert old.log_path.exists()


def test_a_log_of_any_name_is_listed_on_a_line_without_control_characters(old: SessionWriter, tmp_path: Path) -> None:
    size = old.log_path.stat().st_size
    old.log_path.rename(old.log_path.with_name("a\x1b]0;title\x07\nb.jsonl"))
    assert run("--base", tmp_path, "--older-than", "30d").stdout == f"a ⏎ b  succeeded  {size}\n"


@pytest.mark.parametrize("limit", [("--older-than", "30d"), ("--keep", "0"), ("--max-size", "0K")])
def test_with_yes_they_are_removed(old: SessionWriter, tmp_path: Path, limit: tuple[str, str]) -> None:
    assert run("--base", tmp_path, *limit, "--state", "failed", "--yes").stdout == ""
    done = run("--base", tmp_path, *limit, "--yes")
    assert done.exit_code == 0
    assert "removed 1 session," in done.stderr
    assert not old.log_path.exists()


@each_case(
    "arguments",
    [
        (),
        ("--keep", "-1"),
        ("--keep", "x"),
        ("--max-size", "2X"),
        ("--older-than", "soon"),
        ("--keep", "1", "--state", "live"),
        ("--keep", "1", "--state", "running"),
        ("--keep", "1", "--state", "failed,run"),
        ("--keep", "1", "--state", "failed,"),
    ],
)
def test_wrong_options_are_refused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert run("--base", tmp_path, *arguments).exit_code == 2


@each_case("states", ["succeeded", "SUCCEEDED", "suc", "lost,Succ", "failed, succeeded"])
def test_states_are_typed_as_for_list(old: SessionWriter, tmp_path: Path, states: str) -> None:
    assert old.session_id in run("--base", tmp_path, "--keep", "0", "-s", states).stdout
    assert old.session_id in run("--base", tmp_path, "--keep", "0", "-s", "failed", "--state", states).stdout


def test_live_states_cannot_be_chosen(tmp_path: Path) -> None:
    message = refused("prune", "--keep", "1", "--base", tmp_path, "--state", "running,idle,lost")
    assert "sessions that are idle or running are never removed" in message


def test_a_base_that_is_named_twice_counts_once(old: SessionWriter, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    done = run("--base", link, "--base", tmp_path, "--keep", "0")
    assert "would remove 1 session," in done.stderr
    assert old.session_id in done.stdout


def test_a_base_that_cannot_be_read_gives_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "projects").symlink_to("projects")
    assert "read the projects" in refused("prune", "--keep", "1", "--base", tmp_path)


def test_a_project_that_cannot_be_read_is_reported_and_passed_over(old: SessionWriter, tmp_path: Path) -> None:
    directory = tmp_path / "projects/unreadable/logs/sessions"
    directory.parent.mkdir(parents=True)
    directory.symlink_to(directory.name)
    for options in ((), ("--yes",)):
        done = run("--base", tmp_path, "--keep", "0", *options)
        assert (done.exit_code, done.stdout.split()[:1]) == (0, [old.session_id])
        assert done.stderr.count(f"zigtui: cannot list {directory}: ") == 1
    assert not old.log_path.exists()
