"""``zigtui fleet mirror`` as a user runs it, and the other commands on what it has written."""

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen

import pytest

from tests.support.bases import recorded_base
from tests.support.commands import refused, zigtui
from tests.support.fleet import FleetServer, free_port, running_server
from tests.support.machine import machine
from tests.support.originals import Original
from tests.support.processes import started
from tests.support.waiting import DEADLINE_SECS, eventually
from zigtui.fleet.server.process import find_nats_server
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.subjects import Lane


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FleetServer]:
    with running_server(tmp_path / "server") as server:
        yield server


@contextmanager
def mirroring(server: FleetServer, home: Path, root: Path) -> Iterator["Popen[str]"]:
    """``zigtui fleet mirror`` once it is connected."""
    with started("fleet", "mirror", "--into", root, "--dir", server.directory.path, home=home) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("zigtui: connected to tls://127.0.0.1:"), line + process.stderr.read()
        yield process


def logs_below(base: Path) -> dict[Path, bytes]:
    return {path.relative_to(base): path.read_bytes() for path in base.rglob("*.jsonl")}


def have_equal_times(mirrored: Path, base: Path) -> bool:
    """Whether the states, which bring the times of the logs, have arrived too."""
    paths = logs_below(base)
    return all(abs((mirrored / path).stat().st_mtime - (base / path).stat().st_mtime) < 5 for path in paths)


async def ship_base(server: FleetServer, base: Path, root: Path) -> None:
    """Ship all logs of a base as the machine ``web-07``, until they are mirrored."""
    async with machine(server.add("web-07")) as shipper:
        for path in map(base.joinpath, logs_below(base)):
            log = RemoteLog("web-07", path.parents[2].name if path.parents[2] != base else None, path.stem)
            original = shipper.originals[log] = Original()
            original.age = round(1000 * (time.time() - path.stat().st_mtime))
            await shipper.ship(log, original.append(path.read_bytes()), Lane.BULK)
            await shipper.ship_state(log)
        mirrored = root / "web-07"
        await eventually(lambda: logs_below(mirrored) == logs_below(base) and have_equal_times(mirrored, base))


@pytest.mark.slow
def test_commands_show_a_mirrored_base_like_the_original(server: FleetServer, home: Path, tmp_path: Path) -> None:
    base, root = recorded_base(tmp_path / "source"), tmp_path / "fleet"
    with mirroring(server, home, root):
        asyncio.run(ship_base(server, base, root))
    mirrored = shutil.copytree(root / "web-07", tmp_path / "copied")  # which is that of no machine
    commands = [["list"], ["list", "--json"]]
    for path in sorted(base.rglob("*.jsonl")):
        commands += [
            ["show", path.stem],
            ["show", path.stem, "--json"],
            ["listen", "--no-follow", "--quiet", path.stem],
            ["check", path.stem],
        ]
        status, copy = path.stat(), mirrored / path.relative_to(base)
        os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))  # the milliseconds are shown too
    for command in commands:
        assert output(command, mirrored) == output(command, base)


def output(command: list[str], base: Path) -> str:
    done = zigtui(*command, "--base", base)
    return f"{done.code}\n{done.stdout}{done.stderr}".replace(str(base), "BASE")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_mirror(server: FleetServer, home: Path, number: int, code: int) -> None:
    with mirroring(server, home, home / "fleet") as process:
        process.send_signal(number)
        _, stderr = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, stderr) == (code, "")
    assert (home / "fleet" / "cursor.json").exists()


def test_ctrl_c_does_not_wait_for_a_server_that_has_stopped(server: FleetServer, home: Path) -> None:
    began = time.monotonic()
    with mirroring(server, home, home / "fleet") as process:
        start_secs = time.monotonic() - began
        os.kill(server.nats.process_id, signal.SIGSTOP)
        try:
            process.send_signal(signal.SIGINT)
            # The end of an encrypted connection would be waited for during 30 s. A busy machine takes longer for both.
            process.communicate(timeout=15 + 3 * start_secs)
        finally:
            os.kill(server.nats.process_id, signal.SIGCONT)
    assert process.returncode == 130


def test_a_second_mirror_in_the_directory_is_refused(server: FleetServer, home: Path) -> None:
    with mirroring(server, home, home / "fleet"):
        message = refused("fleet", "mirror", "--into", home / "fleet", "--dir", server.directory.path)
    assert message == f"zigtui: another mirror writes into {home / 'fleet'}\n"


def test_a_directory_that_cannot_be_made_is_named(server: FleetServer, home: Path) -> None:
    (home / "file").touch()
    message = refused("fleet", "mirror", "--into", home / "file", "--dir", server.directory.path)
    assert message == f"zigtui: File exists: {home / 'file'}\n"


def test_a_watcher_that_the_server_refuses_ends(server: FleetServer, home: Path) -> None:
    token = home / "watch.join"
    token.write_text(server.add("web-07").token)
    message = refused("fleet", "mirror", "--into", home / "fleet", "--join", token)
    assert message == "zigtui: this is the token of the machine web-07; the watcher's is in watch.join on the server\n"


@pytest.mark.slow
def test_a_server_without_streams_is_reported(home: Path) -> None:
    port = free_port()
    with (
        Popen([find_nats_server(), "--addr", "127.0.0.1", "--port", str(port)], stderr=DEVNULL) as nats,
        started(
            "fleet", "mirror", "--into", home / "fleet", "--fleet", f"nats://127.0.0.1:{port}", home=home
        ) as process,
    ):
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        assert any("connected to nats://127.0.0.1" in line for line in lines)
        assert "the server did not answer (STREAM.INFO." in next(lines)
        nats.terminate()


@pytest.mark.parametrize("url", ["nats://192.0.2.1:4222", "http://127.0.0.1", "nats://"])
def test_a_server_that_cannot_be_trusted_is_refused(home: Path, url: str) -> None:
    assert url in refused("fleet", "mirror", "--into", home / "fleet", "--fleet", url)


@pytest.mark.parametrize("option", ["--join", "--dir"])
def test_a_token_does_not_allow_clear_text(server: FleetServer, home: Path, option: str) -> None:
    url, path = "nats://192.0.2.1:4222", server.directory.path
    value = path / "watch.join" if option == "--join" else path
    message = refused("fleet", "mirror", "--into", home / "fleet", "--fleet", url, option, value)
    assert message == f"zigtui: {url} is not encrypted, and not on this machine\n"


def test_a_mirror_waits_for_its_server(server: FleetServer, home: Path) -> None:
    server.kill()
    with started("fleet", "mirror", "--into", home / "fleet", "--dir", server.directory.path, home=home) as process:
        assert process.stderr is not None
        assert process.stderr.readline().endswith("; trying again\n")
        server.start()
        assert process.stderr.readline().startswith("zigtui: connected to ")
