"""``zigtui ship`` as a user runs it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from tests.support.commands import refused, run_python, zigtui
from tests.support.fleet import FleetServer, free_port, running_server
from tests.support.processes import started
from tests.support.shipping import append, log_path, whole_lines
from tests.support.waiting import DEADLINE_SECS, wait_until
from zigtui.fleet.join import read_join

CLEAR = "not encrypted, and not on this machine"
LINES = b'{"event":"step_output","line":"hello"}\n' * 50


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FleetServer]:
    with running_server(tmp_path / "server") as server:
        yield server


@pytest.fixture
def token(server: FleetServer, home: Path) -> Path:
    """The join token of the machine, in a file."""
    (home / "web-07.join").write_text(f"{server.add('web-07').token}\n")
    return home / "web-07.join"


def test_the_token_of_a_watcher_ships_nothing(server: FleetServer, home: Path) -> None:
    (home / "watch.join").write_text(server.directory.watcher_join().token)
    assert "the token of a watcher, which ships nothing" in refused("ship", "--join", home / "watch.join")


@contextmanager
def shipping(home: Path, *options: str | Path) -> Iterator["subprocess.Popen[str]"]:
    """``zigtui ship`` once it is connected."""
    with started("ship", *options, home=home) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("zigtui: connected to "), line + process.stderr.read()
        yield process


@contextmanager
def mirroring(server: FleetServer, home: Path) -> Iterator[Path]:
    """The base directory of the machine in a mirror."""
    with started("fleet", "mirror", "--into", home / "fleet", "--dir", server.directory.path, home=home):
        yield home / "fleet" / "web-07"


@pytest.mark.slow
def test_a_shipper_that_is_killed_goes_on_after_its_next_start(server: FleetServer, home: Path, token: Path) -> None:
    base = home / ".zig"
    first, second = log_path(base, "s1"), log_path(base, "s2")
    append(first, LINES)
    with mirroring(server, home) as mirrored:
        for _ in range(2):
            with shipping(home, "--join", token) as process:
                append(first, LINES)
                wait_until(lambda: whole_lines(mirrored) == whole_lines(base))
                process.kill()
            append(first, LINES)
            append(second, LINES)
        with shipping(home, "--join", token):
            wait_until(lambda: whole_lines(mirrored) == whole_lines(base))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_and_the_notes_are_kept(home: Path, token: Path, number: int, code: int) -> None:
    append(log_path(home / ".zig", "s1"), LINES)
    with shipping(home, "--join", token) as process:
        process.send_signal(number)
        _, stderr = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, stderr) == (code, "")
    assert (home / ".local" / "state" / "zigtui" / "ship.json").exists()


def test_a_shipper_loads_no_command_line_and_no_reader_of_sessions(home: Path) -> None:
    """It runs for months on every machine, so its memory counts."""
    code = "import sys, zigtui.commands.fleet.ship_process, zigtui.fleet.client, nkeys; print(*sys.modules)"
    loaded = run_python(code, home).stdout.split()
    rooms = ("catalog.catalog", "lines.decode", "session", "search", "filter", "sessions")
    unwanted = [f"zigtui.reader.{room}" for room in rooms] + ["writer._session", "writer._log"]
    unwanted += ["aiohttp", "click", "orjson", "platformdirs", "rich", "textual", "zigtui.cli", "zigtui.settings"]
    assert "zigtui.fleet.ship.shipper" in loaded
    assert [name for name in loaded if name in unwanted] == []


@pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="what a process has loaded is seen on Linux only")
def test_it_ships_in_the_small_process_without_showing_its_key(home: Path, token: Path) -> None:
    with shipping(home, "--join", token) as process:
        about = Path("/proc") / str(process.pid)
        words = (about / "cmdline").read_text().split("\0")
        environment, name = (about / "environ").read_bytes(), (about / "comm").read_text()
    assert "zigtui.commands.fleet.ship_process" in words
    assert words[-5:] == ["zigtui", "ship", "--join", str(token), ""]
    assert name == "zigtui\n"
    seed = read_join(str(token)).seed
    assert seed
    assert seed not in words
    assert seed.encode() not in environment


def test_paths_need_not_be_utf8(server: FleetServer, home: Path, token: Path) -> None:
    base = home / os.fsdecode(b"b\xe4se")
    append(log_path(base, "s1"), LINES)
    with mirroring(server, home) as mirrored, shipping(home, "--join", token, "--base", base):
        wait_until(lambda: whole_lines(mirrored) == whole_lines(base))


def test_a_second_shipper_is_refused(home: Path, token: Path) -> None:
    with shipping(home, "--join", token), started("ship", "--join", token, home=home) as second:
        _, stderr = second.communicate(timeout=DEADLINE_SECS)
    assert second.returncode == 2
    assert stderr.startswith("zigtui: another zigtui ship is running")
    assert "end it first" in stderr


def test_runners_go_first(home: Path, token: Path) -> None:
    with shipping(home, "--join", token) as process:
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)


def test_a_server_that_refuses_the_machine_ends_it(server: FleetServer, home: Path, token: Path) -> None:
    server.remove("web-07")
    with started("ship", "--join", token, home=home) as process:
        _, stderr = process.communicate(timeout=DEADLINE_SECS)
    assert process.returncode == 2
    assert stderr.endswith("refuses 'web-07': its key is wrong, or was removed\n")


def test_it_waits_for_a_server_that_cannot_be_reached(server: FleetServer, home: Path, token: Path) -> None:
    server.kill()
    with started("ship", "--join", token, home=home) as process:
        assert process.stderr is not None
        assert process.stderr.readline().endswith("; trying again\n")
        server.start()
        assert process.stderr.readline().startswith("zigtui: connected to ")


def test_the_url_of_the_token_can_be_replaced(server: FleetServer, home: Path) -> None:
    join = server.add("web-07")
    (home / "x.join").write_text(msgspec.structs.replace(join, url=f"tls://127.0.0.1:{free_port()}").token)
    with shipping(home, "--join", home / "x.join", "--to", join.url):
        pass


def test_only_the_project_is_shipped(server: FleetServer, home: Path, token: Path) -> None:
    base = home / ".zig"
    append(log_path(base, "s1", "src-shop"), LINES)
    append(log_path(base, "s2", "src-other"), LINES)
    with mirroring(server, home) as mirrored, shipping(home, "--join", token, "--project", "src-shop"):
        wait_until(lambda: whole_lines(mirrored))
        append(log_path(base, "s3", "src-shop"), LINES)
        wait_until(lambda: len(whole_lines(mirrored)) == 2)
    assert {name.split("/")[1] for name in whole_lines(mirrored)} == {"src-shop"}


def test_secrets_are_masked_if_that_is_wanted(server: FleetServer, home: Path, token: Path) -> None:
    append(log_path(home / ".zig", "s1"), b'{"type":"step_failed","error":"password: hunter2 in /home/ann/x"}\n')
    with mirroring(server, home) as mirrored, shipping(home, "--join", token, "--redact"):
        wait_until(lambda: whole_lines(mirrored))
    (line,) = whole_lines(mirrored).values()
    assert msgspec.json.decode(line)["error"] == "password: [redacted] in ~/x"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "give the file with the join token"),
        (["--join", "none.join"], "cannot be read: No such file"),
        (["--join", "{token}", "--as", "web-08"], "the join token is that of 'web-07', not of 'web-08'"),
        (["--join", "{token}", "--to", "nats://ci.example.com"], f"is {CLEAR}; if that is meant, add --insecure"),
        (["--to", "nats://10.0.0.1:4222"], f"is {CLEAR}; if that is meant, add --insecure"),
        (["--to", "tls://127.0.0.1:4222"], "an encrypted connection needs a join token"),
        (["--to", "nats://127.0.0.1:4222", "--as", "Web_07"], "is not a valid name for a machine"),
        (["--join", "{token}", "--limit", "fast"], "is no rate"),
        (["--join", "{token}", "--limit", "0"], "is no rate"),
        (["--join", "{token}", "--since", "soon"], "is not a duration"),
        (["--join", "{token}", "--project", "none"], "no session belongs to a project named none"),
    ],
)
def test_wrong_options_are_refused(home: Path, token: Path, options: list[str], message: str) -> None:
    assert message in refused("ship", *(option.format(token=token) for option in options))


def test_a_server_that_waits_for_encryption_is_hinted_at(server: FleetServer, home: Path) -> None:
    url = server.directory.fleet().url.replace("tls://", "nats://")
    with started("ship", "--to", url, "--as", "web-07", home=home) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
    # Both wait for 5 s: whichever gives up first ends the attempt.
    assert line.startswith(f"zigtui: {url} does not answer")
    assert line.endswith("; a server of zigtui fleet serve needs tls:// and a join token; trying again\n")


def test_a_plain_server_on_this_machine_needs_no_token(home: Path) -> None:
    with started("ship", "--to", f"nats://127.0.0.1:{free_port()}", home=home) as process:
        assert process.stderr is not None
        assert process.stderr.readline().endswith("; trying again\n")


def test_the_help_names_what_leaves_the_machine() -> None:
    text = " ".join(zigtui("ship", "--help").stdout.split())
    assert (
        "The logs are sent as they are, with the secrets that they may have, and the server keeps them for 7 days"
        in text
    )
    assert "--redact Mask secrets, e-mail addresses and home directories in what is sent. Off by default." in text
