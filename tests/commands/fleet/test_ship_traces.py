"""``zigtui ship --otlp`` as a user runs it."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.cases import each_case
from tests.support.commands import refused, run_python, zigtui
from tests.support.logs import Log
from tests.support.processes import started
from tests.support.receivers import TestReceiver, receiving
from tests.support.waiting import DEADLINE_SECS, wait_until

SECRET = "gh" + "p_Zq01" + "x7Kd9" * 7
LONG = "36500d"  # the logs of tests are old
WITHOUT_EXTRA = """
import sys
sys.modules["{}"] = None
from zigtui.cli import main
main(["ship", "--otlp"])
"""

WITHOUT_PACKAGES = """
import sys
sys.modules.update(dict.fromkeys(["opentelemetry", "requests", "google.protobuf"]))
from zigtui.cli import main
main(sys.argv[1:])
"""


@pytest.fixture
def receiver() -> Iterator[TestReceiver]:
    with receiving() as receiver:
        yield receiver


def ended(error: str = "no luck") -> Log:
    log = Log().start().tier(0, "a").step("a")
    return log.event("step_failed", step_name="a", exit_code=1, attempt=1, error=error).end("failure")


@contextmanager
def shipping(
    home: Path, *options: str | Path, environment: dict[str, str] | None = None
) -> "Iterator[subprocess.Popen[str]]":
    """``zigtui ship`` once it has begun."""
    with started("ship", "--since", LONG, *options, home=home, environment=environment) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("zigtui: sending the traces of sessions that end to http"), line + process.stderr.read()
        yield process


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_whether_the_receiver_answers_or_not(
    home: Path, receiver: TestReceiver, number: int, code: int
) -> None:
    write_log(home / ".zig", ended(), session_id(1))
    with shipping(home, "--otlp", receiver.url) as process:
        wait_until(lambda: "invoke_workflow flow" in receiver.names)
        receiver.status = 503
        write_log(home / ".zig", ended(), session_id(2))
        wait_until(lambda: receiver.refused)
        process.send_signal(number)
        _, stderr = process.communicate(timeout=DEADLINE_SECS)
    assert process.returncode == code
    assert [line for line in stderr.splitlines() if not line.startswith("zigtui: nothing is received")] == []
    receiver.status, received = 200, len(receiver.requests)
    with shipping(home, "--otlp", receiver.url):
        wait_until(lambda: len(receiver.requests) == received + 1)
    assert {resource["zig.session.id"] for resource in receiver.trace.resources} == {session_id(1), session_id(2)}


def test_the_environment_says_where_and_how(home: Path, receiver: TestReceiver) -> None:
    write_log(home / ".zig", ended(), session_id(1))
    environment = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"{receiver.url}/otlp",
        "OTEL_EXPORTER_OTLP_HEADERS": "api-key=k1,other=two%20words",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
        "OTEL_SERVICE_NAME": "nightly",
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=ci",
    }
    with shipping(home, "--otlp", environment=environment):
        wait_until(lambda: "invoke_workflow flow" in receiver.names)
    assert set(receiver.paths) == {"/otlp/v1/traces"}
    assert receiver.headers[0] | {"api-key": "k1", "other": "two words"} == receiver.headers[0]
    resource = receiver.trace.resources[0]
    assert (resource["service.name"], resource["deployment.environment"]) == ("nightly", "ci")
    assert resource["host.name"]


def test_secrets_are_masked_if_that_is_wanted(home: Path, receiver: TestReceiver) -> None:
    write_log(home / ".zig", ended(SECRET), session_id(1))
    with shipping(home, "--otlp", receiver.url, "--redact"):
        wait_until(lambda: "invoke_workflow flow" in receiver.names)
    text = str(receiver.requests)
    assert SECRET not in text
    assert "[redacted: " in text


def test_a_log_that_is_a_link_is_not_sent(home: Path, receiver: TestReceiver) -> None:
    secret = write_log(home / "elsewhere", ended(), session_id(2))
    link = write_log(home / ".zig", ended(), session_id(1)).with_name(secret.name)
    link.symlink_to(secret)
    with shipping(home, "--otlp", receiver.url) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == f"zigtui: {link} is not sent: it is a symbolic link\n"
        link.unlink()
        secret.rename(link)  # a log of its own, from now on
        wait_until(lambda: len(receiver.trace.resources) == 2)
    assert {resource["zig.session.id"] for resource in receiver.trace.resources} == {session_id(1), session_id(2)}


def test_only_sessions_of_the_project_and_the_time_are_sent(home: Path, receiver: TestReceiver) -> None:
    write_log(home / ".zig", ended(), session_id(1))
    write_log(home / ".zig", ended(), session_id(2), project="src-other")
    with shipping(home, "--otlp", receiver.url, "--project", "src-shop"):
        wait_until(lambda: "invoke_workflow flow" in receiver.names)
        with started("ship", "--otlp", receiver.url, home=home) as other:
            _, stderr = other.communicate(timeout=DEADLINE_SECS)
        assert (other.returncode, stderr) == (
            2,
            f"zigtui: another zigtui ship sends traces to {receiver.url}/v1/traces\n",
        )
    with shipping(home, "--otlp", receiver.url, "--since", "1d"):
        log = ended().data
        for second in range(5):
            now = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
            log = log.replace(f"2026-03-01T12:00:0{second}".encode(), now.encode())
        write_log(home / ".zig", log.replace(b"0b5c3d52", b"00000003"), session_id(3))
        wait_until(lambda: receiver.names.count("invoke_workflow flow") == 2)
    assert {resource["zig.session.id"] for resource in receiver.trace.resources} == {session_id(1), session_id(3)}


@each_case(
    ("options", "message"),
    [
        (["--otlp", "http://127.0.0.1:1", "--to", "nats://127.0.0.1"], "--otlp sends traces only"),
        (["--otlp", "http://127.0.0.1:1", "--limit", "1MB"], "--otlp sends traces only"),
        (["--otlp", "ftp://127.0.0.1"], "'ftp://127.0.0.1' is not the URL of a receiver"),
        (["--otlp", "127.0.0.1:4318"], "'127.0.0.1:4318' is not the URL of a receiver"),
        (["--otlp", "http://127.0.0.1:99999"], "is not the URL of a receiver"),
        (["--otlp", "http://user:word@192.0.2.1"], "http://192.0.2.1/v1/traces is not encrypted"),
        (["--otlp", "http://127.0.0.1:1", "--project", "nosuch"], "no session belongs to a project named nosuch"),
    ],
)
def test_what_cannot_work_is_refused_at_once(home: Path, options: list[str], message: str) -> None:
    done = zigtui("ship", *options)
    assert done.code == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "the environment asks for the protocol 'grpc'"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "'collector/v1/traces' is not the URL of a receiver"),
    ],
)
def test_wrong_variables_are_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    assert message in refused("ship", "--otlp")


def test_a_variable_with_a_wrong_value_is_reported(home: Path, receiver: TestReceiver) -> None:
    with started("ship", "--otlp", receiver.url, home=home, environment={"OTEL_EXPORTER_OTLP_TIMEOUT": "soon"}) as ship:
        assert ship.stderr is not None
        assert "'soon'" in ship.stderr.readline()


@pytest.mark.parametrize("package", ["opentelemetry", "requests"])
def test_the_extra_is_named_if_it_is_missing(home: Path, package: str) -> None:
    done = run_python(WITHOUT_EXTRA.format(package), home)
    assert (done.returncode, done.stderr) == (2, "zigtui: this needs the extra otlp: pip install 'zigtui[otlp]'\n")


def test_exporting_a_trace_needs_no_extra(home: Path) -> None:
    path = write_log(home / ".zig", ended(), session_id(1))
    done = run_python(WITHOUT_PACKAGES, home, "export", path, "--format", "otlp")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith('{"resourceSpans":[')
