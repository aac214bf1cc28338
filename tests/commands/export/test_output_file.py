"""The file of a report: never the log itself, complete or as it was before, with the permissions that it had."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.commands import refused, run_shell, succeed
from tests.support.logs import Log, log_file
from tests.support.processes import user_environment
from tests.support.waiting import DEADLINE_SECS
from zigtui.commands.export.output_file import written_file
from zigtui.commands.export.registry import format_names

SPELLINGS: dict[str, Callable[[Path], Path]] = {
    "itself": lambda log: log,
    "another spelling": lambda log: log.parent / "." / ".." / log.parent.name / log.name,
    "relative": lambda log: Path(os.path.relpath(log)),
    "symbolic link": lambda log: _linked(log.parent / "symbolic", lambda link: link.symlink_to(log)),
    "link to a link": lambda log: _linked(
        log.parent / "second", lambda link: link.symlink_to(SPELLINGS["symbolic link"](log))
    ),
    "hard link": lambda log: _linked(log.parent / "hard", lambda link: link.hardlink_to(log)),
    "linked directory": lambda log: _linked(log.parent / "here", lambda link: link.symlink_to(log.parent)) / log.name,
}


def _linked(link: Path, make: Callable[[Path], None]) -> Path:
    make(link)
    return link


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return log_file(tmp_path, Log().start().tier(0, "a").step("a").says("a", "hello").done("a").end().data)


@pytest.mark.parametrize("format", format_names())
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_log_itself_is_refused(log: Path, format: str, spelling: str) -> None:
    before = log.read_bytes()
    message = refused("export", log, "--format", format, "-o", SPELLINGS[spelling](log))
    assert message == "zigtui: the output would overwrite the log of the session; choose another file\n"
    assert log.read_bytes() == before


@pytest.mark.parametrize("name", ["logs/sessions/other.jsonl", "logs/index.json", "sessions_index.json"])
def test_no_file_of_other_sessions_is_overwritten(log: Path, tmp_path: Path, name: str) -> None:
    other = tmp_path / "base" / name
    other.parent.mkdir(parents=True)
    other.write_text("old")
    (tmp_path / "link").symlink_to(other)
    for output in (other, tmp_path / "link"):
        assert "would overwrite" in refused("export", log, "--format", "md", "-o", output)
    assert other.read_text() == "old"


@pytest.mark.parametrize("name", ["a", "a/report"])
def test_a_loop_of_links_is_an_error_that_names_it(log: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "Too many levels of symbolic links" in refused("export", log, "--format", "md", "-o", tmp_path / name)


def test_a_log_that_cannot_be_read_leaves_the_older_report(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: str, follows_link: bool) -> object:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr("zigtui.reader.lines.tail._open_log", fail)  # root may read everything
    (tmp_path / "report").write_text("old")
    assert "Permission denied" in refused("export", log, "--format", "md", "-o", tmp_path / "report")
    assert "Permission denied" in refused("show", log)
    assert (tmp_path / "report").read_text() == "old"


def test_a_link_may_be_what_names_the_log(log: Path) -> None:
    link = SPELLINGS["symbolic link"](log).rename(log.parent / "link.jsonl")
    assert "overwrite the log" in refused("export", link, "--format", "md", "-o", log)


def test_standard_output_that_is_appended_to_the_log_is_refused(log: Path, home: Path) -> None:
    before = log.read_bytes()
    done = run_shell('$zigtui export "$log" --format text >> "$log"', home, log=log)
    assert (done.returncode, log.read_bytes()) == (2, before)


def test_a_debug_log_is_not_appended_to_the_log_of_a_session(log: Path) -> None:
    assert "the debug log" in refused("--log", log, "show", log)


@pytest.mark.parametrize("format", format_names())
def test_a_file_has_what_standard_output_would_have(log: Path, tmp_path: Path, format: str) -> None:
    report = tmp_path / "report"
    assert succeed("export", log, "--format", format, "-o", report).stdout == ""
    assert report.read_text(encoding="utf-8") == succeed("export", log, "--format", format).stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([log.name, "report"])


def test_a_new_file_has_the_usual_permissions(log: Path, tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    succeed("export", log, "--format", "md", "-o", tmp_path / "report")
    assert (tmp_path / "report").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_an_older_file_keeps_its_permissions_and_links_to_it_stay(log: Path, tmp_path: Path) -> None:
    report, link = tmp_path / "report", tmp_path / "link"
    report.write_text("old")
    report.chmod(0o640)
    link.symlink_to("report")
    succeed("export", log, "--format", "text", "-o", link)
    assert link.is_symlink()
    assert "[a] hello" in report.read_text()
    assert stat.S_IMODE(report.stat().st_mode) == 0o640


def test_a_link_to_a_file_that_does_not_exist_yet_makes_it(log: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "report")
    succeed("export", log, "--format", "text", "-o", tmp_path / "link")
    assert "[a] hello" in (tmp_path / "report").read_text()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError()], ids=repr)
def test_a_report_that_is_not_finished_leaves_the_older_one(tmp_path: Path, error: BaseException) -> None:
    report = tmp_path / "report"
    report.write_text("old")

    def write() -> None:
        with written_file(str(report)) as file:
            file.write("new" * 100_000)
            file.flush()
            raise error

    with pytest.raises(type(error)):
        write()
    assert report.read_text() == "old"
    assert list(tmp_path.iterdir()) == [report]


def test_a_full_disk_is_an_error_that_names_the_file_and_leaves_the_older_one(
    tmp_path: Path, home: Path, log: Path
) -> None:
    log.write_bytes(Log().start().tier(0, "a").step("a").says("a", *["x" * 100] * 3000).done("a").end().data)
    report = tmp_path / "report"
    report.write_text("old")
    script = 'ulimit -f 16; cd "$directory"; $zigtui export "$log" --format text -o report'
    done = run_shell(script, home, log=log, directory=tmp_path)  # a limit for files is like a full disk
    assert (done.returncode, done.stderr) == (2, "zigtui: File too large: report\n")
    assert report.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


HALF_WRITTEN = """
import sys, time
from zigtui.__main__ import main
from zigtui.commands.export import command
def write_half(passes, exporter, out, **_):
    out.write("new" * 100_000)
    out.flush()
    print("half", flush=True)
    time.sleep(60)
command.write_report = write_half
main()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_leaves_no_half_report_and_the_older_one(
    tmp_path: Path, home: Path, log: Path, number: signal.Signals
) -> None:
    report = tmp_path / "reports" / "report"
    report.parent.mkdir()
    report.write_text("old")
    with subprocess.Popen(
        [sys.executable, "-c", HALF_WRITTEN, "export", log, "--format", "text", "-o", report],
        env=user_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # ignored in the background
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        process.send_signal(number)
        assert process.wait(DEADLINE_SECS) == 128 + number
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert [(path, path.read_text()) for path in report.parent.iterdir()] == [(report, "old")]


def refuse_new_files(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    """Make a directory seem not to be writable: root may write everywhere."""
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != directory.resolve() and may(path, mode))


def test_a_file_in_a_directory_that_cannot_be_written_is_overwritten(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "report"
    report.write_text("old" * 10_000)
    before = report.stat()
    refuse_new_files(monkeypatch, tmp_path)
    succeed("export", log, "--format", "text", "-o", report)
    assert report.read_text() == succeed("export", log, "--format", "text").stdout
    assert report.stat().st_ino == before.st_ino


def test_a_full_disk_leaves_a_file_that_would_be_overwritten(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int, offset: int, size: int) -> None:
        os.ftruncate(descriptor, 4)  # as a system without an own function for it may leave it
        raise OSError(errno.ENOSPC, "No space left on device")

    report = tmp_path / "report"
    report.write_text("old")
    refuse_new_files(monkeypatch, tmp_path)
    monkeypatch.setattr(os, "posix_fallocate", fail)
    message = refused("export", log, "--format", "text", "-o", report)
    assert message == f"zigtui: No space left on device: {report}\n"
    assert report.read_text() == "old"


def test_a_new_file_on_a_full_disk_is_not_left_empty(tmp_path: Path, home: Path, log: Path) -> None:
    log.write_bytes(Log().start().tier(0, "a").step("a").says("a", *["x" * 100] * 3000).done("a").end().data)
    (tmp_path / "reports").mkdir()
    done = run_shell('ulimit -f 16; $zigtui export "$log" --format text -o reports/new', tmp_path, log=log)
    assert (done.returncode, done.stderr) == (2, "zigtui: File too large: reports/new\n")
    assert list((tmp_path / "reports").iterdir()) == []


def test_a_pipe_whose_reader_has_gone_is_no_failure(tmp_path: Path, home: Path, log: Path) -> None:
    log.write_bytes(Log().start().tier(0, "a").step("a").says("a", *["x" * 100] * 3000).done("a").end().data)
    done = run_shell('mkfifo pipe; head -c 5 pipe > out & $zigtui export "$log" --format text -o pipe', home, log=log)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["", "a\0b", "\ud800"], ids=repr)
def test_a_name_that_no_file_can_have_is_refused(log: Path, name: str) -> None:
    assert "is not a name of a file" in refused("export", log, "--format", "md", "-o", name)


@pytest.mark.parametrize("target", ["missing/report", "directory", "file/report"])
def test_a_file_that_cannot_be_made_is_named(log: Path, tmp_path: Path, target: str) -> None:
    (tmp_path / "directory").mkdir()
    (tmp_path / "file").touch()
    assert str(tmp_path / target) in refused("export", log, "--format", "md", "-o", tmp_path / target)


def test_a_pipe_is_written_to_directly(log: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    succeed("export", log, "--format", "text", "-o", pipe)
    reader.join(DEADLINE_SECS)
    assert "[a] hello" in received[0]
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_standard_output_by_any_name_is_not_replaced(log: Path, tmp_path: Path, home: Path, name: str) -> None:
    script = f'(echo before; $zigtui export "$log" --format text -o {name}) > "$directory/out"'
    done = run_shell(script, home, log=log, directory=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out").read_text().startswith("before\n▶ zig session started")


def test_a_device_behind_a_link_is_written_to(log: Path, tmp_path: Path) -> None:
    (tmp_path / "null").symlink_to("/dev/null")
    succeed("export", log, "--format", "html", "-o", tmp_path / "null")
    assert (tmp_path / "null").is_char_device()
