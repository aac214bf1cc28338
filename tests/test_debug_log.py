"""An error in zigtui: exit code 70, one line for people, and the traceback in the debug log."""

import logging
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.commands import AS_NOBODY, Done, refused, run_python, succeed, zigtui
from tests.support.logs import Log
from tests.support.processes import run_zigtui
from zigtui import debug_log
from zigtui.commands import show
from zigtui.debug_log import DebugLogHandler, default_path, record_warnings, report_defect
from zigtui.exit_codes import ExitCode


@pytest.fixture(autouse=True)
def state(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The debug log of a user without any settings."""
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    _stop_recording()  # another test may have started it
    yield home / ".local" / "state" / "zigtui" / "zigtui.log"
    _stop_recording()


def _stop_recording() -> None:
    logger = logging.getLogger("zigtui")
    for handler in [handler for handler in logger.handlers if isinstance(handler, DebugLogHandler)]:
        logger.removeHandler(handler)
        handler.close()
    logger.propagate = True


@pytest.fixture
def broken(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command with a defect."""
    write_log(home / ".zig", Log().start().end())

    def fail(*arguments: object, **options: object) -> None:
        raise LookupError("no such\n\x1b[2Jthing")

    monkeypatch.setattr(show, "show_session", fail)


def run_broken(*options: str) -> Done:
    done = zigtui(*options, "show")
    assert (done.code, done.stdout) == (ExitCode.DEFECT, "")
    return done


def test_an_unexpected_end_of_a_file_is_a_defect_and_not_an_interruption(
    broken: None, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise EOFError("too short")

    monkeypatch.setattr(show, "show_session", fail)
    assert "too short" in run_broken().stderr


def test_a_defect_has_an_exit_code_of_its_own_and_one_line(broken: None, state: Path) -> None:
    assert run_broken().stderr == (
        f"zigtui: internal error: LookupError: no such ⏎ thing; the details are in {state}\n"
    )
    assert "Traceback" in state.read_text()
    assert "LookupError: no such" in state.read_text()


def test_the_debug_log_is_for_its_owner_only(broken: None, state: Path) -> None:
    run_broken()
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    assert stat.S_IMODE(state.parent.stat().st_mode) == 0o700


def test_the_state_directory_may_be_another_one(broken: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert str(tmp_path / "state" / "zigtui" / "zigtui.log") in run_broken().stderr
    assert default_path().exists()


def test_another_file_may_be_named(broken: None, state: Path, tmp_path: Path) -> None:
    assert str(tmp_path / "my.log") in run_broken("--log", str(tmp_path / "my.log")).stderr
    assert "Traceback" in (tmp_path / "my.log").read_text()
    assert not state.exists()


@pytest.mark.parametrize("command", [[], ["list"], ["demo"], ["show", "nope"]])
def test_a_debug_log_in_a_missing_directory_is_an_error_that_says_what_to_do(home: Path, command: list[str]) -> None:
    done = run_zigtui("--log", home / "missing" / "my.log", *command, home=home)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "zigtui: Invalid value for '--log': there is no directory "
        f"'{home / 'missing'}': create it, or name another file\n"
    )
    assert not (home / "missing").exists()


def test_a_debug_log_that_may_not_be_written_is_an_error(home: Path) -> None:
    with tempfile.TemporaryDirectory() as name:  # that any user may search, unlike a directory of pytest
        (closed := Path(name)).chmod(0o555)
        (closed / "old.log").touch(mode=0o444)
        for path in (closed / "new.log", closed / "old.log"):
            done = run_python(AS_NOBODY, home, "--log", path, "list")
            reason = f"'{path}' cannot be written: name another file"
            assert (done.returncode, done.stderr) == (2, f"zigtui: Invalid value for '--log': {reason}\n")


def test_debug_shows_the_traceback_which_is_safe_to_print(broken: None) -> None:
    lines = run_broken("--debug").stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1].startswith("zigtui: internal error: LookupError: no such")
    assert not any("\x1b" in line for line in lines)


def test_a_debug_log_that_cannot_be_written_is_no_second_error(broken: None, home: Path) -> None:
    (home / ".local").touch()
    assert run_broken().stderr.endswith("; --debug shows the details\n")
    assert run_broken("--log", "/dev/full").stderr.endswith("; --debug shows the details\n")


def test_the_debug_log_is_bounded(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debug_log, "MAX_BYTES", 10_000)
    for _ in range(10):
        report_defect(ValueError("x" * 5000))
    kept = sorted(path.name for path in state.parent.iterdir())
    assert kept == ["zigtui.log", "zigtui.log.1"]
    assert sum(path.stat().st_size for path in state.parent.iterdir()) < 30_000


def test_without_an_error_there_is_no_debug_log(state: Path, home: Path) -> None:
    write_log(home / ".zig", Log().start().end())
    succeed("show")
    refused("show", "nobody")
    record_warnings()
    assert not state.parent.exists()


def test_warnings_of_all_rooms_are_recorded_and_none_is_printed(state: Path, capfd: pytest.CaptureFixture[str]) -> None:
    record_warnings()
    logger = logging.getLogger("zigtui.reader.somewhere")
    logger.warning("cannot read caf\udce9")
    logger.info("not important")
    assert "WARNING zigtui.reader.somewhere: cannot read caf?" in state.read_text()
    assert "not important" not in state.read_text()
    assert capfd.readouterr() == ("", "")


def test_a_second_file_replaces_the_first(state: Path, tmp_path: Path) -> None:
    record_warnings()
    record_warnings(tmp_path / "other.log")
    logging.getLogger("zigtui").warning("here")
    assert "here" in (tmp_path / "other.log").read_text()
    assert not state.exists()


def test_the_help_names_the_options(home: Path) -> None:
    text = run_zigtui("--help", home=home).stdout
    assert "--log FILE" in text
    assert "--debug" in text
