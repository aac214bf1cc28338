"""``zigtui fleet`` as a user runs it: serve, add, remove, status and purge."""

import asyncio
import json
import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from tests.support.cases import each_case
from tests.support.commands import Done, refused, succeed, zigtui
from tests.support.fleet import connected, free_port, running_server
from tests.support.processes import processes_that_name, run_zigtui, started, zigtui_command
from tests.support.waiting import DEADLINE_SECS, wait_until
from zigtui.fleet.connection import RefusedError
from zigtui.fleet.join import Join, read_join
from zigtui.fleet.server.directory import ServerDirectory
from zigtui.fleet.server.settings import Machine
from zigtui.fleet.server_api import checked, request, stream_info
from zigtui.fleet.wire.messages import Beat, State
from zigtui.fleet.wire.subjects import Stream


@contextmanager
def serving(home: Path, directory: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """``zigtui fleet serve`` once it serves."""
    with started("fleet", "serve", "--dir", directory, "--store", "512M", *options, home=home) as process:
        assert process.stderr is not None
        lines = [process.stderr.readline(), process.stderr.readline()]
        assert lines[0].startswith("serving "), [*lines, process.stderr.read()]
        yield process
        process.terminate()  # it would leave nats-server behind if it was killed
        process.wait(DEADLINE_SECS)


def end(process: "subprocess.Popen[str]", number: int) -> Done:
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=DEADLINE_SECS)
    return Done(process.returncode, stdout, stderr)


async def publish_session(join: Join) -> None:
    async with connected(join) as client:
        for lane in ("log", "state"):
            await client.request(f"zig.{lane}.{join.user}.shop.s1", b"{}\n", timeout=DEADLINE_SECS)


def test_a_server_serves_machines_that_are_added_and_removed_while_it_runs(home: Path) -> None:
    directory = home / "fleet"
    with serving(home, directory, "--listen", f"127.0.0.1:{free_port()}") as process:
        join = Join.of_token(succeed("fleet", "add", "web-07", "--dir", directory).stdout)
        wait_until(lambda: int((directory / "applied").read_text()) == 2)
        asyncio.run(publish_session(join))
        (machine,) = succeed("fleet", "status", "--dir", directory, "--json").objects
        assert machine == {
            "machine": "web-07",
            "is_live": False,
            "is_removed": False,
            "sessions": None,
            "behind": None,
            "kept_sessions": 0,
            "kept_messages": 2,
            "log_bytes": 0,
        }
        nothing = refused("fleet", "purge", "--machine", "web-07", "--session", "none", "--dir", directory)
        assert "the server keeps nothing of the session none of web-07" in nothing
        assert zigtui("fleet", "purge", "--machine", "web-07", "--dir", directory).stderr == "removed 2 messages\n"
        assert zigtui("fleet", "remove", "web-07", "--dir", directory).stderr == "removed web-07\n"
        with pytest.raises(Exception, match="refuses 'web-07'"):
            asyncio.run(publish_session(join))
        done = end(process, signal.SIGTERM)
    assert done.code == 143
    assert "added web-07" in done.stderr
    assert "removed web-07" in done.stderr
    assert processes_that_name(directory) == []


def test_a_port_that_is_in_use_is_reported_in_plain_words(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        message = refused("fleet", "serve", "--dir", home / "fleet", "--listen", f"127.0.0.1:{port}")
    assert message == (f"zigtui: port {port} is in use; choose another address with --listen 127.0.0.1:{port + 1}\n")
    elsewhere = refused("fleet", "serve", "--dir", home / "fleet", "--listen", "192.0.2.1:4222")
    assert elsewhere == (
        "zigtui: 192.0.2.1:4222: Cannot assign requested address; choose another address with --listen HOST:PORT\n"
    )


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
def test_another_port_is_proposed_in_the_form_that_the_option_takes(home: Path) -> None:
    try:
        other = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("there is no address of IPv6")
    with other:
        port = other.getsockname()[1]
        message = refused("fleet", "serve", "--dir", home / "fleet", "--listen", f"[::1]:{port}")
    assert f"choose another address with --listen [::1]:{port + 1}" in message


def test_a_machine_whose_token_is_lost_is_not_added(home: Path) -> None:
    directory = home / "fleet"
    with serving(home, directory, "--listen", f"127.0.0.1:{free_port()}") as process:
        end(process, signal.SIGTERM)
    with Path("/dev/full").open("wb") as full:
        arguments = zigtui_command("fleet", "add", "web-07", "--dir", directory, home=home)
        assert subprocess.run(stdout=full, stderr=subprocess.DEVNULL, timeout=DEADLINE_SECS, **arguments).returncode
    assert "cannot be written" in refused("fleet", "add", "web-07", "--dir", directory, "-o", "/dev/full/x")
    assert ServerDirectory(directory).fleet().machines == {}
    succeed("fleet", "add", "web-07", "--dir", directory)


def test_a_token_can_be_written_to_a_file_that_only_the_owner_reads(home: Path) -> None:
    directory, path = home / "fleet", home / "web-07.join"
    with serving(home, directory, "--listen", f"127.0.0.1:{free_port()}") as process:
        end(process, signal.SIGTERM)
    added = zigtui("fleet", "add", "web-07", "--dir", directory, "-o", path)
    assert (added.code, added.stdout, added.stderr) == (0, "", f"added web-07; its token is in {path}\n")
    assert (path.stat().st_mode & 0o777, read_join(str(path)).user) == (0o600, "web-07")


def test_a_token_replaces_no_file(home: Path) -> None:
    server, link, token = ServerDirectory(home / "fleet"), home / "link.join", home / "web-07.join"
    server.create(None, None, None)
    token.write_text("the only copy")
    link.symlink_to(home / "missing")
    for path in (token, link, "/dev/null"):
        message = refused("fleet", "add", "web-09", "--dir", server.path, "-o", path)
        assert message == f"zigtui: {path} exists already; choose another file\n"
    refused("fleet", "add", "web-09", "--dir", server.path, "-o", home)
    assert token.read_text() == "the only copy"
    assert server.fleet().machines == {}


def test_no_token_is_left_of_a_machine_that_could_not_be_added(home: Path) -> None:
    server, path = ServerDirectory(home / "fleet"), home / "web-09.join"
    server.create(None, None, None)
    large = msgspec.structs.replace(server.fleet(), machines={"web-07": Machine(key="K" * 20_000, added=0)})
    server.write("fleet.json", msgspec.json.encode(large).decode())
    done = run_zigtui(
        *("fleet", "add", "web-09", "--dir", server.path, "-o", path),
        home=home,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),  # as on a full disk
    )
    assert done.returncode == 2
    assert "fleet.json cannot be written" in done.stderr
    assert not path.exists()
    assert list(server.fleet().machines) == ["web-07"]


def test_tokens_that_lead_nowhere_from_elsewhere_are_reported(home: Path) -> None:
    listen, url = f"0.0.0.0:{free_port()}", "tls://localhost:4222"
    warning = "join tokens name this machine only; --url tls://HOST:PORT sets the address for the others"
    with serving(home, home / "fleet", "--listen", listen, "--url", url) as process:
        assert process.stderr is not None
        assert warning in process.stderr.readline()
    with serving(home, home / "fleet", "--url", "tls://ci.example.com:4222") as process:
        assert warning not in end(process, signal.SIGTERM).stderr


def test_trouble_is_reported_once(home: Path) -> None:
    directory = home / "fleet"
    with serving(home, directory, "--listen", f"127.0.0.1:{free_port()}") as process:
        assert process.stderr is not None
        content = (directory / "fleet.json").read_bytes()
        (directory / "fleet.json").write_bytes(b"{")
        assert process.stderr.readline() == f"zigtui: {directory}/fleet.json is damaged\n"
        time.sleep(0.8)  # in which it would be reported again
        (directory / "fleet.json").write_bytes(content)
        succeed("fleet", "add", "web-07", "--dir", directory)
        assert process.stderr.readline() == "added web-07\n"


def test_what_nats_server_reports_is_attributed_to_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = home / "bin" / "nats-server"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho '[7] 2026/11/27 07:36:52.101010 [WRN] state outdated' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    stderr = refused("fleet", "serve", "--dir", home / "fleet", "--listen", f"127.0.0.1:{free_port()}")
    assert "zigtui: nats-server: state outdated\n" in stderr
    assert "[WRN]" not in stderr


def test_ctrl_c_ends_the_server(home: Path) -> None:
    with serving(home, home / "fleet", "--listen", f"127.0.0.1:{free_port()}") as process:
        assert end(process, signal.SIGINT).code == 130
    assert processes_that_name(home / "fleet") == []


def test_a_server_keeps_machines_and_options_for_its_next_start(home: Path) -> None:
    directory, listen = home / "fleet", f"127.0.0.1:{free_port()}"
    with serving(home, directory, "--listen", listen, "--url", "tls://ci.example.com:9000") as process:
        end(process, signal.SIGTERM)
    join = Join.of_token(succeed("fleet", "add", "web-07", "--dir", directory).stdout)
    assert join.url == "tls://ci.example.com:9000"
    with serving(home, directory) as process:
        asyncio.run(publish_session(Join(f"tls://{listen}", join.user, join.seed, join.ca)))
        (machine,) = succeed("fleet", "status", "--dir", directory, "--json").objects  # not by the URL for others
        assert machine["kept_messages"] == 2
        end(process, signal.SIGTERM)


def test_the_end_of_nats_server_is_reported(home: Path) -> None:
    with serving(home, home / "fleet", "--listen", f"127.0.0.1:{free_port()}") as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        _, stderr = process.communicate(timeout=DEADLINE_SECS)
    assert process.returncode == 3
    assert "nats-server ended by signal 9" in stderr


def test_nats_server_ends_with_a_server_that_is_killed(home: Path) -> None:
    with serving(home, home / "fleet", "--listen", f"127.0.0.1:{free_port()}") as process:
        (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
        wait_until(lambda: not Path(f"/proc/{child}/exe").exists())


def test_a_second_server_in_the_same_directory_is_refused(home: Path) -> None:
    with serving(home, home / "fleet", "--listen", f"127.0.0.1:{free_port()}"):
        directory = ServerDirectory(home / "fleet")
        before = directory.fleet(), (directory.path / "watch.join").read_bytes()
        for options in ([], ["--listen", f"127.0.0.1:{free_port()}"], ["--url", "tls://other:1"], ["--store", "30G"]):
            assert "a server is running in" in refused("fleet", "serve", "--dir", directory.path, *options)
            assert (directory.fleet(), (directory.path / "watch.join").read_bytes()) == before


@pytest.mark.parametrize(("mode", "is_reported"), [(0o600, False), (0o640, True), (0o604, True)])
def test_a_token_in_a_file_that_others_may_read_is_reported(home: Path, mode: int, is_reported: bool) -> None:
    ServerDirectory(home / "fleet").create(None, None, None)
    token = home / "web-07.join"
    token.touch()
    token.chmod(mode)
    with token.open("w") as stdout:
        command = zigtui_command("fleet", "add", "web-07", "--dir", home / "fleet", home=home)
        done = subprocess.run(stdout=stdout, stderr=subprocess.PIPE, text=True, check=True, **command)
    assert ("chmod 600" in done.stderr) == is_reported
    assert read_join(str(token)).user == "web-07"


def test_nothing_in_the_directory_can_be_read_by_others(home: Path) -> None:
    with serving(home, home / "fleet", "--listen", f"127.0.0.1:{free_port()}"):
        assert (home / "fleet").stat().st_mode & 0o077 == 0
        assert all(path.stat().st_mode & 0o077 == 0 for path in (home / "fleet").iterdir())


def test_status_lists_the_signs_of_life(tmp_path: Path) -> None:
    async def beat_until_listed(join: Join) -> str:
        async with connected(join) as client:
            command = asyncio.create_task(asyncio.to_thread(succeed, "fleet", "status", "--dir", tmp_path / "fleet"))
            while not command.done():
                beat = Beat(n=1, sessions=3, behind=4096)
                await client.publish("zig.beat.web-07", beat.payload, headers=beat.headers)
                await asyncio.sleep(0.02)
            return command.result().stdout

    with running_server(tmp_path / "fleet") as server:
        table = asyncio.run(beat_until_listed(server.add("web-07")))
    assert [line.split() for line in table.splitlines()] == [
        ["MACHINE", "STATE", "SHIPS", "BEHIND", "SESSIONS", "LOGS", "MESSAGES"],
        ["web-07", "live", "3", "4.1", "KB", "0", "0", "B", "0"],
    ]


def test_status_has_the_size_of_the_logs_and_marks_machines_that_were_removed(tmp_path: Path) -> None:
    async def publish_states(join: Join) -> None:
        async with connected(join) as client:
            for number in range(1100):
                state = State(gen=1, size=1000, crc=0)
                await client.publish(f"zig.state.{join.user}.shop.s{number}", state.payload, headers=state.headers)
            await client.request(f"zig.state.{join.user}.shop.none", b"no state", timeout=DEADLINE_SECS)

    directory = tmp_path / "fleet"
    with running_server(directory) as server:
        asyncio.run(publish_states(server.add("web-07")))
        server.add("web-08")
        server.directory.remove("web-07")
        server.nats.reload_if_changed()
        untold = succeed("fleet", "status", "--join", directory / "watch.join", "--json").objects
        server.nats.announce_machines()
        removed, unseen = succeed("fleet", "status", "--dir", directory, "--json").objects
        table = succeed("fleet", "status", "--dir", directory).stdout.splitlines()
        elsewhere = succeed("fleet", "status", "--join", directory / "watch.join", "--json").objects
    assert removed == {
        "machine": "web-07",
        "is_live": False,
        "is_removed": True,
        "sessions": None,
        "behind": None,
        "kept_sessions": 1100,
        "kept_messages": 1101,
        "log_bytes": 1_100_000,
    }
    assert (unseen["machine"], unseen["is_removed"], unseen["log_bytes"]) == ("web-08", False, 0)
    states = [[cell.strip() for cell in line.split("  ")[:2]] for line in table[1:]]
    assert states == [["web-07", "removed"], ["web-08", "not seen"]]
    assert [machine["is_removed"] for machine in untold] == [False, False]
    assert elsewhere == [removed, unseen]


@each_case("name", ["Web-07", "web_07", "", "web.07", "x" * 64, "../x", "watch", "admin"])
def test_a_name_that_no_machine_may_have_is_refused(tmp_path: Path, name: str) -> None:
    directory = tmp_path / "fleet"
    ServerDirectory(directory).create(None, None, None)
    message = refused("fleet", "add", name, "--dir", directory)
    assert "is not a valid name for a machine" in message or "is the name of a user of the server" in message
    assert json.loads((directory / "fleet.json").read_text())["machines"] == {}


def test_machines_are_added_and_removed_once(tmp_path: Path) -> None:
    with running_server(tmp_path / "fleet") as server:
        succeed("fleet", "add", "web-07", "--dir", tmp_path / "fleet")
        assert "there is a machine 'web-07' already" in refused("fleet", "add", "web-07", "--dir", tmp_path / "fleet")
        assert "there is no machine 'web-08'" in refused("fleet", "remove", "web-08", "--dir", tmp_path / "fleet")
        assert server.log == []


def test_a_key_of_the_watcher_that_was_stolen_is_replaced(home: Path) -> None:
    """What the thief has created on the server goes too: it would last for ever, and leave no room for mirrors."""
    directory = home / "fleet"
    server = ServerDirectory(directory)

    async def create(join: Join) -> None:
        async with connected(join) as client:
            for name in ("first", "second"):
                config = {"durable_name": name, "deliver_policy": "all", "ack_policy": "explicit"}
                question = {"stream_name": "ZIG_LIVE", "config": config}
                answer = await request(client, f"CONSUMER.CREATE.ZIG_LIVE.{name}", question)
                assert checked(answer, "not created")["name"] == name

    async def consumers() -> int:
        async with connected(server.admin_join()) as client:
            return int((await stream_info(client, Stream.LIVE))["state"]["consumer_count"])

    with serving(home, directory, "--listen", f"127.0.0.1:{free_port()}") as process:
        stolen = read_join(str(directory / "watch.join"))
        asyncio.run(create(stolen))
        assert asyncio.run(consumers()) == 2
        assert "a new one is in" in zigtui("fleet", "remove", "watch", "--dir", directory).stderr
        with pytest.raises(RefusedError):
            asyncio.run(create(stolen))
        wait_until(lambda: asyncio.run(consumers()) == 0)
        asyncio.run(create(read_join(str(directory / "watch.join"))))
        assert "the watcher has a new key" in end(process, signal.SIGTERM).stderr
    with serving(home, directory):
        assert asyncio.run(consumers()) == 0


@pytest.mark.parametrize(
    "words",
    [["add", "web-07"], ["remove", "web-07"], ["remove", "watch"], ["status"], ["purge", "--all"]],
    ids=" ".join,
)
def test_a_directory_without_a_server_is_reported(home: Path, words: list[str]) -> None:
    assert "start zigtui fleet serve first" in refused("fleet", *words, "--dir", home / "none")


@pytest.mark.parametrize("options", [[], ["--all", "--machine", "web-07"]], ids=" ".join)
def test_what_to_purge_must_be_named(home: Path, options: list[str]) -> None:
    assert "name what to remove" in refused("fleet", "purge", *options, "--dir", home / "fleet")


def test_fleet_needs_a_command() -> None:
    assert "name a command: serve, add, " in refused("fleet")


@pytest.mark.parametrize(
    "options", [["--url", "http://x"], ["--store", "1M"], ["--listen", "nonsense:x"]], ids=" ".join
)
def test_wrong_options_of_a_server_leave_nothing_behind(home: Path, options: list[str]) -> None:
    refused("fleet", "serve", "--dir", home / "fleet", *options)
    assert not (home / "fleet").exists()


def test_status_needs_the_token_of_the_watcher(home: Path) -> None:
    (home / "web-07.join").write_text(Join("tls://127.0.0.1:4222", "web-07", "S", "C").token)
    assert "this is the token of the machine web-07" in refused("fleet", "status", "--join", home / "web-07.join")


@pytest.mark.parametrize("words", [["status"], ["purge", "--all"]], ids=" ".join)
def test_a_server_that_cannot_be_reached_gives_exit_code_3(tmp_path: Path, words: list[str]) -> None:
    with running_server(tmp_path / "fleet"):
        pass
    done = zigtui("fleet", *words, "--dir", tmp_path / "fleet")
    assert done.code == 3
    assert "cannot be reached: " in done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--listen", "nonsense:x"], "is not an address to listen on"),
        (["--url", "http://x"], "is not the URL of a server"),
        (["--url", "nats://ci.example.com:4222"], "must begin with tls://"),
        (["--store", "much"], "is not a size"),
    ],
)
def test_wrong_options_are_refused(home: Path, options: list[str], message: str) -> None:
    assert message in refused("fleet", "serve", "--dir", home / "fleet", *options)
