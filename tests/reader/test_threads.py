"""A thread reports its failure, whatever the cause."""

import logging
import subprocess
import sys
import threading

import pytest

from tests.support.waiting import DEADLINE_SECS
from zigtui.reader.threads import results_within, start_thread


class PanicError(BaseException):
    """Like that of a panic in Rust: no `Exception`."""


def fails(error: BaseException) -> None:
    raise error


def test_a_thread_runs_its_target_under_its_name_and_does_not_keep_the_program_alive() -> None:
    names: list[tuple[str, bool]] = []

    def target() -> None:
        names.append((threading.current_thread().name, threading.current_thread().daemon))

    start_thread(target, "read a log", fails).join(DEADLINE_SECS)
    assert names == [("read a log", True)]


@pytest.mark.parametrize("error", [ValueError("odd"), OSError("no disk"), PanicError("in Rust"), KeyboardInterrupt()])
def test_an_unexpected_exception_is_logged_with_its_traceback_and_reported(
    caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    errors: list[BaseException] = []
    start_thread(lambda: fails(error), "read a log", errors.append).join(DEADLINE_SECS)
    assert errors == [error]
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("zigtui", logging.ERROR)
    assert "read a log" in record.getMessage()
    assert record.exc_info is not None
    assert record.exc_info[1] is error
    assert "in fails" in caplog.text


def test_without_a_callback_an_exception_is_logged_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    start_thread(lambda: fails(ValueError("odd")), "read a log").join(DEADLINE_SECS)
    assert "ValueError: odd" in caplog.text


def test_a_callback_that_fails_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    start_thread(lambda: fails(ValueError("odd")), "read a log", lambda _: fails(KeyError("odder"))).join(DEADLINE_SECS)
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ValueError, KeyError]


def test_an_exit_ends_only_the_thread_and_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    errors: list[BaseException] = []
    start_thread(lambda: fails(SystemExit(3)), "read a log", errors.append).join(DEADLINE_SECS)
    assert (errors, caplog.records) == ([], [])


def test_nothing_is_printed_where_no_log_is_set_up() -> None:
    code = "from zigtui.reader.threads import start_thread; start_thread(lambda: 1 / 0, 'divide').join()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=DEADLINE_SECS, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_result_of_a_function_that_answers_is_returned() -> None:
    assert results_within(60, [lambda: 1], otherwise=[2]) == [1]


def test_a_function_that_never_answers_is_left_alone() -> None:
    answers = threading.Event()
    try:
        assert results_within(0.01, [lambda: answers.wait(DEADLINE_SECS)], otherwise=[False]) == [False]
    finally:
        answers.set()
