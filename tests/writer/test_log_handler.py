"""Log records become the output of a step."""

import logging
import threading
from pathlib import Path

import pytest

from tests.support.waiting import DEADLINE_SECS
from tests.support.writers import read_events, run_python
from writer import OutputStream, SessionWriter, Step
from writer._common.errors import warn
from writer.log_handler import SessionLogHandler


def output(writer: SessionWriter) -> list[tuple[str, str]]:
    events = read_events(writer.log_path)
    return [(event["stream"], event["line"]) for event in events if event["type"] == "step_output"]


def test_records_are_lines_of_stderr(writer: SessionWriter, step: Step, logger: logging.Logger) -> None:
    logger.addHandler(SessionLogHandler(step))
    logging.getLogger("runner").info("found %d of %s", 3, "größe")
    logging.getLogger("runner").debug("not that important")
    assert output(writer) == [("stderr", "found 3 of größe")]


def test_stream_level_and_format_can_be_chosen(writer: SessionWriter, step: Step, logger: logging.Logger) -> None:
    handler = SessionLogHandler(step, stream=OutputStream.STDOUT)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logging.getLogger("runner").info("all fine")
    logging.getLogger("runner").warning("look here")
    assert output(writer) == [("stdout", "WARNING runner: look here")]


def test_the_stream_must_be_one(step: Step) -> None:
    with pytest.raises(ValueError, match="stream must be one of stdout, stderr, not"):
        SessionLogHandler(step, stream="stdlog")  # type: ignore[arg-type]


def test_a_traceback_becomes_several_lines(writer: SessionWriter, step: Step, logger: logging.Logger) -> None:
    logger.addHandler(SessionLogHandler(step))
    try:
        raise RuntimeError("no\nluck")
    except RuntimeError:
        logging.getLogger("runner").exception("it failed")
    lines = [line for _, line in output(writer)]
    assert lines[:2] == ["it failed", "Traceback (most recent call last):"]
    assert lines[-2:] == ["RuntimeError: no", "luck"]
    assert all("\n" not in line for line in lines)


def test_records_of_the_writer_itself_are_left_out(
    writer: SessionWriter, step: Step, logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logger.addHandler(SessionLogHandler(step))
    warn("no heartbeat: the disk is full")
    logging.getLogger("writers").warning("somebody else")
    assert output(writer) == [("stderr", "somebody else")]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("trouble", ["the step is over", "the log is closed", "a wrong message"])
def test_trouble_is_handled_as_logging_does(
    writer: SessionWriter, step: Step, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    handled: list[str] = []
    monkeypatch.setattr(SessionLogHandler, "handleError", lambda self, record: handled.append(record.msg))
    record = logging.makeLogRecord({"name": "runner", "levelno": logging.INFO, "msg": "message"})
    if trouble == "the step is over":
        step.skip("nothing to do")
    elif trouble == "the log is closed":
        writer.close()
    else:
        record.args = ("too", "many")
    SessionLogHandler(step).handle(record)
    assert handled == ["message"]
    assert output(writer) == []


@pytest.mark.parametrize(("on_error", "reports"), [("raise", 1), ("warn", 0)])
def test_a_full_disk_is_reported_by_logging_and_does_not_recurse(tmp_path: Path, on_error: str, reports: int) -> None:
    program = """
import logging, resource, sys
from writer import SessionWriter
from writer.log_handler import SessionLogHandler
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1], on_error=sys.argv[2])
with writer.tier(["lint"]) as tier:
    try:
        with tier.step("lint") as step:
            logging.getLogger().addHandler(SessionLogHandler(step))
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
            writer.heartbeat()
            logging.error("lost")
            raise KeyError("passes")
    except KeyError:
        print("passed")
"""
    done = run_python(program, tmp_path, on_error)
    assert (done.returncode, done.stdout) == (0, "passed\n")
    assert done.stderr.count("--- Logging error ---") == reports
    assert done.stderr.count("Message: 'lost'") == reports


def test_threads_may_log_while_the_writer_warns(writer: SessionWriter, step: Step, logger: logging.Logger) -> None:
    """The lock of the handler and that of the log must not wait for each other."""
    logger.addHandler(SessionLogHandler(step))

    def log() -> None:
        for number in range(500):
            logging.getLogger("runner").info("line %d", number)

    def warn_of_trouble() -> None:
        for number in range(500):
            with writer._log.exclusive():  # as a signal handler does that comes while the log is written
                warn("trouble %d", number)

    threads = [threading.Thread(target=target, daemon=True) for target in (log, warn_of_trouble, log, warn_of_trouble)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=DEADLINE_SECS)
        assert not thread.is_alive()
    assert len(output(writer)) == 1000


def test_logging_is_imported_with_the_handler_only() -> None:
    assert run_python("import sys, writer; print('logging' in sys.modules)").stdout == "False\n"
