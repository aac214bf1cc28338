"""``zigtui --fleet`` in a terminal, with a real server."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cases import each_case
from tests.support.commands import refused, run_python
from tests.support.fleet import FleetServer, running_server
from tests.support.logs import BEGAN, Log
from tests.support.machine import machine
from tests.support.originals import Original
from tests.support.terminal import Terminal
from zigtui.exit_codes import ExitCode
from zigtui.fleet.join import Join
from zigtui.fleet.server.keys import new_seed
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.subjects import Lane

LOG = RemoteLog("web-07", "src-shop", "1842419a-6a0f-4a39-9d7f-2f8f6f1f7a11")
CACHE = Path(".cache") / "zigtui" / "fleet"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetServer]:
    with running_server(tmp_path_factory.mktemp("watched") / "server") as server:
        yield server


@pytest.fixture(scope="module")
def web(server: FleetServer) -> Join:
    return server.add("web-07")


WITHOUT_EXTRA = """
import sys
sys.modules[{!r}] = None
from zigtui.cli import main
main(["--fleet", "nats://127.0.0.1:1"])
"""


def token_file(path: Path, join: Join) -> Path:
    path.write_text(f"{join.token}\n")
    return path


async def ship(join: Join, data: bytes) -> None:
    async with machine(join) as shipper:
        log = LOG._replace(machine=join.user)
        await shipper.ship(log, Original().append(data), Lane.BULK)
        await shipper.beat()


@pytest.mark.slow
def test_a_fleet_is_joined_once_and_then_watched_by_its_name(
    server: FleetServer, web: Join, home: Path, tmp_path: Path
) -> None:
    join = token_file(tmp_path / "watch.join", server.directory.watcher_join())
    asyncio.run(ship(web, Log().start().tier(0, "build").step("build").end().data))
    with Terminal("--fleet", "prod", "--join", join, home=home) as terminal:
        terminal.wait_for("1 machine")
        terminal.wait_for("flow")
        asyncio.run(ship(server.add("db-01"), Log().start().tier(0, "build").end("failure").data))
        terminal.wait_for("2 machines")
        terminal.wait_for("2 sessions")
        terminal.wait_for("db-01")
        terminal.press("q")
        assert terminal.wait_for_exit() == ExitCode.OK
    join.unlink()
    assert (home / CACHE / "prod").stat().st_mode & 0o777 == 0o700
    kept = next((home / ".local" / "state" / "zigtui" / "fleets").iterdir())
    assert (kept.name, kept.stat().st_mode & 0o777) == ("prod.join", 0o600)
    with Terminal("--fleet", "prod", home=home) as terminal:
        terminal.wait_for("flow")
        terminal.press("M")
        terminal.wait_for("Machines  2 machines")
        terminal.press("q")
        assert terminal.wait_for_exit() == ExitCode.OK


@pytest.mark.slow
def test_a_server_that_refuses_is_exit_code_2(server: FleetServer, home: Path, tmp_path: Path) -> None:
    join = token_file(tmp_path / "watch.join", server.directory.join("watch", new_seed()))
    with Terminal("--fleet", "prod", "--join", join, home=home) as terminal:
        assert terminal.wait_for_exit() == ExitCode.USAGE
        assert "refuses 'watch'" in terminal.text


@pytest.mark.slow
def test_without_a_server_the_screen_starts_from_the_cache(server: FleetServer, home: Path, tmp_path: Path) -> None:
    gone = server.directory.watcher_join()
    join = token_file(tmp_path / "watch.join", Join("tls://127.0.0.1:1", gone.user, gone.seed, gone.ca))
    path = home / CACHE / "prod" / "web-07" / "logs" / "sessions" / f"{LOG.session}.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(Log().start().tier(0, "build").step("build").end().data)
    os.utime(path, (BEGAN, BEGAN))
    with Terminal("--fleet", "prod", "--join", join, home=home) as terminal:
        terminal.wait_for("offline since ")
        terminal.wait_for("flow")
        terminal.wait_for("cannot be reached: Connection refused; trying again")
        terminal.press("q")
        assert terminal.wait_for_exit() == ExitCode.OK


@each_case(
    ("arguments", "reason"),
    [
        (["--fleet", "prod"], "no fleet 'prod' has been joined yet"),
        (["--join", "watch.join"], "--join is for the screen"),
        (["--fleet", "prod", "--join", "watch.join", "list"], "--join is for the screen"),
        (["--fleet", "http://host"], "is not the URL of a server"),
        (["--fleet", ""], "a fleet needs a name"),
        (["--fleet", "a\x1b[31m"], "has no control characters"),
        (["--fleet", "local"], "no server has been set up"),
        (["--fleet", "tls://127.0.0.1:1"], "no fleet 'tls://127.0.0.1:1' has been joined yet"),
        (["--fleet", "nats://10.1.2.3:4222"], "is not encrypted"),
        (["--fleet", "prod", "--join", "nothing.join"], "cannot be read: No such file"),
    ],
)
def test_wrong_usage_is_explained(home: Path, arguments: list[str], reason: str) -> None:
    assert reason in refused(*arguments)


def test_the_token_of_a_machine_is_refused(web: Join, home: Path, tmp_path: Path) -> None:
    join = token_file(tmp_path / "web-07.join", web)
    assert "the token of the machine web-07" in refused("--fleet", "prod", "--join", join)
    assert not (home / ".local" / "state" / "zigtui" / "fleets").exists()


@pytest.mark.parametrize("package", ["nats", "nkeys"])
def test_the_extra_is_named_if_it_is_missing(home: Path, package: str) -> None:
    done = run_python(WITHOUT_EXTRA.format(package), home)
    assert (done.returncode, done.stderr) == (2, "zigtui: this needs the extra fleet: pip install 'zigtui[fleet]'\n")
