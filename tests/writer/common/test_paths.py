"""Where sessions are recorded: the layout of a base, and the names of its directories."""

import json
import os
from pathlib import Path

import pytest

from tests.support.writers import (
    global_index,
    last_event,
    only_log,
    project_index,
    read_index,
    run_python,
)
from writer import SessionError, SessionWriter

BEGIN_AND_END = """
from writer import SessionWriter
session = SessionWriter.create("review", "review.zwf")
session.ended("success", 1)
"""


def begin() -> SessionWriter:
    return SessionWriter.create("review", "review.zwf", index="now")


def project_name(directory: Path) -> str:
    return str(directory).removeprefix("/").replace("/", "-")


def test_a_session_in_a_repository_is_recorded_in_its_project(project: Path, home: Path) -> None:
    writer = begin()
    workspace = home / ".zig" / "projects" / project_name(project)
    assert writer.log_path == workspace / "logs" / "sessions" / f"{writer.session_id}.jsonl"
    files = {path.relative_to(home / ".zig") for path in home.rglob("*") if path.is_file() and path.suffix != ".lock"}
    inside = workspace.relative_to(home / ".zig")
    assert files == {
        inside / "logs" / "sessions" / writer.log_path.name,
        inside / "logs" / "index.json",
        Path("sessions_index.json"),
    }
    started = last_event(writer)
    assert started["workspace_path"] == str(workspace)
    assert started["cwd"] == str(project)


def test_a_session_outside_any_repository_is_recorded_in_the_base(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = home.parent / "notes"
    notes.mkdir()
    monkeypatch.chdir(notes)
    writer = begin()
    assert writer.log_path == home / ".zig" / "logs" / "sessions" / f"{writer.session_id}.jsonl"
    assert read_index(home / ".zig" / "logs" / "index.json")[0]["workspace_path"] == str(home / ".zig")
    assert read_index(global_index(home))[0]["project"] == str(home / ".zig")
    started = last_event(writer)
    assert started["workspace_path"] == str(home / ".zig")
    assert started["cwd"] == str(notes)


def test_the_project_is_the_nearest_parent_with_a_git_entry(project: Path, home: Path) -> None:
    package = project / "packages" / "cart"
    source = package / "src" / "deep"
    source.mkdir(parents=True)
    projects = home / ".zig" / "projects"

    def workspace_of(cwd: Path) -> Path:
        return SessionWriter.create("review", "review.zwf", cwd=cwd).log_path.parent.parent.parent

    assert workspace_of(source) == projects / project_name(project)
    (package / ".git").write_text("gitdir: ../../.git/modules/cart\n")  # as in submodules and worktrees
    assert workspace_of(source) == projects / project_name(package)
    assert workspace_of(project / "packages") == projects / project_name(project)
    (package / ".git").unlink()
    (package / ".git").symlink_to("nowhere")
    assert workspace_of(source) == projects / project_name(project)


def test_the_name_of_a_project_is_its_path_with_dashes(home: Path) -> None:
    repository = home.parent / "with-dash" / "Größe und [b]" / "c"
    (repository / ".git").mkdir(parents=True)
    writer = SessionWriter.create("review", "review.zwf", cwd=repository, index="now")
    assert writer.log_path.parts[-4] == str(repository)[1:].replace("/", "-")
    assert writer.log_path.parts[-4].endswith("-with-dash-Größe und [b]-c")


def test_a_relative_base_and_cwd_are_made_absolute(project: Path, tmp_path: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf", base="../base", cwd="..")
    assert writer.log_path.parent == tmp_path / "src" / "base" / "logs" / "sessions"
    assert last_event(writer)["cwd"] == str(tmp_path / "src")
    assert read_index(project_index(writer))[0]["log_path"] == str(writer.log_path)


def test_an_index_that_is_a_link_stays_one(project: Path, home: Path) -> None:
    writer = begin()
    elsewhere = home / "elsewhere.json"
    global_index(home).rename(elsewhere)
    global_index(home).symlink_to(elsewhere)
    writer.ended("success", 1)
    assert global_index(home).is_symlink()
    assert read_index(elsewhere)[0]["status"] == "success"


def test_without_home_the_error_names_the_variable(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    with pytest.raises(SessionError, match="HOME"):
        begin()
    monkeypatch.setenv("HOME", "")
    with pytest.raises(SessionError, match="HOME"):
        begin()


def test_a_relative_home_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "somewhere")
    with pytest.raises(SessionError, match="absolute") as caught:
        begin()
    assert caught.value.path == "somewhere"
    assert [path.name for path in project.iterdir()] == [".git"]


def test_a_removed_working_directory_is_null_and_the_log_is_in_the_base(project: Path, home: Path) -> None:
    code = "import os, sys; os.rmdir(os.getcwd())" + BEGIN_AND_END
    gone = project / "gone"
    gone.mkdir()
    result = run_python(code, cwd=gone)
    assert (result.returncode, result.stderr) == (0, "")
    log = only_log(home)
    assert log.parent == home / ".zig" / "logs" / "sessions"
    assert json.loads(log.read_bytes().splitlines()[0])["cwd"] is None


def test_a_relative_base_in_a_removed_working_directory_is_an_error(project: Path, home: Path) -> None:
    code = """
import os
from writer import SessionError, SessionWriter
os.rmdir(os.getcwd())
for directories in ({"base": "here"}, {"cwd": "here"}):
    try:
        SessionWriter.create("review", "review.zwf", **directories)
    except SessionError as error:
        print(error.path)
"""
    gone = project / "gone"
    gone.mkdir()
    result = run_python(code, cwd=gone)
    assert (result.stdout, result.stderr) == ("here\nhere\n", "")
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("name", [b"two words", b"line\nbreak", b"caf\xe9 \xff", b'"quoted\\"', "宽".encode()])
def test_a_project_may_have_any_name(home: Path, monkeypatch: pytest.MonkeyPatch, name: bytes) -> None:
    repository = os.fsencode(home.parent) + b"/" + name
    try:
        os.makedirs(repository + b"/.git")  # noqa: PTH103 - a path of bytes
    except OSError as error:
        pytest.skip(f"this file system takes no such name: {error}")
    monkeypatch.chdir(os.fsdecode(repository))
    writer = begin()
    writer.ended("success", 1)
    shown = repository.decode("utf-8", "replace")
    started = json.loads(writer.log_path.read_bytes().splitlines()[0])
    assert writer.log_path.parts[-4] == shown[1:].replace("/", "-")
    assert started["workspace_path"] == str(writer.log_path.parent.parent.parent)
    assert started["cwd"] == shown
    for index in (project_index(writer), global_index(home)):
        (entry,) = read_index(index)
        assert entry["log_path"] == str(writer.log_path)
        assert entry["status"] == "success"


def test_a_link_to_a_directory_is_recorded_as_the_directory(project: Path, home: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(project)
    (project / "cart").mkdir()
    by_link = SessionWriter.create("review", "review.zwf", cwd=link / "cart")
    by_path = SessionWriter.create("review", "review.zwf", cwd=project / "cart")
    assert by_link.log_path.parent == by_path.log_path.parent
    assert last_event(by_link)["cwd"] == last_event(by_path)["cwd"] == str(project / "cart")
    assert last_event(by_link)["workspace_path"] == last_event(by_path)["workspace_path"]


def test_the_parent_of_a_link_is_that_of_the_directory(project: Path, home: Path, tmp_path: Path) -> None:
    (project / "cart").mkdir()
    (tmp_path / "link").symlink_to(project / "cart")
    writer = SessionWriter.create("review", "review.zwf", cwd=f"{tmp_path}/link/..")
    assert last_event(writer)["cwd"] == str(project)


def test_a_home_may_have_any_name(project: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", os.fsdecode(os.fsencode(home) + b"/caf\xe9\n"))
    writer = begin()
    writer.ended("success", 1)
    (entry,) = read_index(project_index(writer))
    assert entry["log_path"] == os.fsencode(writer.log_path).decode("utf-8", "replace")
    assert entry["status"] == "success"
