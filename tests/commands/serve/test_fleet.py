"""``zigtui serve --fleet``: the sessions of other machines in a browser, with a real server of the fleet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.commands import refused
from tests.support.fleet import running_server
from tests.support.logs import Log
from tests.support.machine import machine
from tests.support.machines import mirror_root
from tests.support.originals import Original
from tests.support.serving import client_of, screen_of, served
from tests.support.waiting import DEADLINE_SECS
from zigtui.exit_codes import ExitCode
from zigtui.fleet.join import Join
from zigtui.fleet.server.keys import new_seed
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.subjects import Lane

ID = "1842419a-6a0f-4a39-9d7f-2f8f6f1f7a11"


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[tuple[Join, Path]]:
    """The token of a machine, and the file with that of the watcher."""
    with running_server(tmp_path / "server") as server:
        join = tmp_path / "watch.join"
        join.write_text(f"{server.directory.watcher_join().token}\n")
        yield server.add("web-07"), join


@pytest.mark.slow
async def test_sessions_of_other_machines_are_served_while_they_run(fleet: tuple[Join, Path], home: Path) -> None:
    web, join = fleet
    log, original = RemoteLog("web-07", "src-shop", ID), Original()
    async with machine(web) as shipper:
        await shipper.ship(log, original.append(Log().start().tier(0, "build").step("build").data), Lane.BULK)
        await shipper.beat()
        with served(home, "--fleet", "prod", "--join", join) as server:
            async with client_of(server) as client, screen_of(server, client) as screen:
                await screen.wait_for("1 machine")
                await screen.wait_for("web-07")
                await screen.wait_for("prod")  # the fleet, and not the directory of its mirror
                assert "cache" not in screen.text
                async with screen_of(server, client, f"/s/{ID}/ws") as session:
                    await session.wait_for("build")
                    said = original.append(Log().says("build", "a line from afar").data)
                    await shipper.ship(log, said, Lane.BULK)
                    await session.wait_for("a line from afar")


@pytest.mark.slow
def test_it_ends_if_the_fleet_refuses_the_watcher(tmp_path: Path, home: Path) -> None:
    with running_server(tmp_path / "server") as fleet:
        join = tmp_path / "watch.join"
        join.write_text(f"{fleet.directory.join('watch', new_seed()).token}\n")
        fleet.kill()
        with served(home, "--fleet", "prod", "--join", join) as server:
            assert server.process.stderr is not None
            assert "cannot be reached" in server.process.stderr.readline()
            fleet.start()
            assert server.process.wait(DEADLINE_SECS) == ExitCode.USAGE
            assert "refuses 'watch'" in server.process.stderr.read()


async def test_the_address_of_a_session_names_its_machine(home: Path) -> None:
    root = mirror_root(home / "fleet")
    write_log(root / "web-07", Log().start().tier(0, "build").step("build").end(), ID, modified=1e9)
    write_log(root / "rogue", Log().start().tier(0, "fake").step("fake").end(), ID)
    with served(home, "--base", root) as server:
        async with client_of(server) as client:
            async with client.get(server.address(f"/s/web-07/{ID}")) as answer:
                assert answer.status == 200
                assert f'"/s/web-07/{ID}/ws"' in await answer.text()
            async with client.get(server.address(f"/s/web-08/{ID}")) as answer:
                assert answer.status == 404
                assert f"web-08/{ID}" in await answer.text()
            async with screen_of(server, client, f"/s/web-07/{ID}/ws") as screen:
                await screen.wait_for("build")
                await screen.wait_until(lambda: ["session", f"web-07/{ID}"] in screen.said)
            async with screen_of(server, client, f"/s/{ID}/ws") as screen:
                await screen.wait_until(lambda: ["session", f"rogue/{ID}"] in screen.said)


def test_a_token_needs_its_fleet(home: Path) -> None:
    assert "--join needs --fleet" in refused("serve", "--join", "watch.join")
