"""The directories of a base: their permissions, and what happens if they cannot be created."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.writers import global_index, project_index, read_events, read_index
from writer import SessionError, SessionWriter


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A umask that takes no permission away."""
    with umask(0):
        yield


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def begin() -> SessionWriter:
    return SessionWriter.create("review", "review.zwf", index="now")


@pytest.mark.parametrize("mask", [0, 0o077, 0o277, 0o777])
def test_new_files_and_directories_are_for_their_owner_only(project: Path, home: Path, mask: int) -> None:
    """Also if the umask withholds them from their owner: later sessions could not record there."""
    with umask(mask):
        begin().ended("success", 1)
    made = sorted(home.rglob("*"))
    assert len(made) == 10
    assert {path: mode(path) for path in made} == {path: 0o700 if path.is_dir() else 0o600 for path in made}


@pytest.mark.usefixtures("open_umask")
def test_what_exists_keeps_its_mode(project: Path, home: Path) -> None:
    first = begin()
    directories = [path for path in home.rglob("*") if path.is_dir()]
    for directory in directories:
        directory.chmod(0o755)
    project_index(first).chmod(0o664)
    global_index(home).chmod(0o640)
    begin().ended("success", 1)
    assert {mode(directory) for directory in directories} == {0o755}
    assert mode(project_index(first)) == 0o664
    assert mode(global_index(home)) == 0o640


def test_a_home_that_is_not_there_is_made(project: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home / "new" / "user"))
    assert begin().log_path.is_relative_to(home / "new" / "user" / ".zig")


@pytest.mark.parametrize("in_the_way", ["home", "home/.zig", "home/.zig/projects", "home/.zig/logs"])
def test_a_file_in_the_way_is_named_by_the_error(home: Path, monkeypatch: pytest.MonkeyPatch, in_the_way: str) -> None:
    repository = home.parent / "src"
    if in_the_way.endswith("projects"):
        (repository / ".git").mkdir(parents=True)
    repository.mkdir(exist_ok=True)
    monkeypatch.chdir(repository)
    file = home.parent / in_the_way
    if file == home:
        home.rmdir()
    file.parent.mkdir(exist_ok=True)
    file.write_text("in the way")
    with pytest.raises(SessionError, match="directory") as caught:
        begin()
    assert caught.value.path == str(file)
    assert file.read_text() == "in the way"


@pytest.mark.parametrize("link", [".zig", ".zig/logs", ".zig/logs/sessions"])
@pytest.mark.parametrize("to", ["nothing", "a file"])
def test_a_link_in_the_way_is_named_with_where_it_leads(home: Path, link: str, to: str) -> None:
    path = home / link
    target = home.parent / "disk"
    if to == "a file":
        target.touch()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    reason = f"it is a link to {target}, where there is no directory"
    with pytest.raises(SessionError, match=re.escape(f"cannot make the directory ({reason}): {path}")) as caught:
        SessionWriter.create("review", "review.zwf", cwd=home.parent)
    assert caught.value.path == str(path)


@pytest.mark.parametrize("part", ["directory", "宽" * 30])
def test_a_repository_whose_path_is_too_long_for_a_name_records_in_the_base(
    home: Path, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    repository = home.parent.joinpath(*[part] * (256 // len(part.encode()) + 1))
    (repository / ".git").mkdir(parents=True)
    writer = SessionWriter.create("review", "review.zwf", cwd=repository, index="now")
    writer.ended("success", 1)
    base = home / ".zig"
    assert writer.log_path.parent == base / "logs" / "sessions"
    started = read_events(writer.log_path)[0]
    assert (started["workspace_path"], started["cwd"]) == (str(base), str(repository))
    for index in (project_index(writer), global_index(home)):
        assert read_index(index)[0]["status"] == "success"
    assert caplog.messages == [
        f"the path {repository} is too long for the name of a project: its session logs go to {base}"
    ]
