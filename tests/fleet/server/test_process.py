import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.fleet import connected, free_port, running_server
from tests.support.waiting import DEADLINE_SECS
from zigtui.fleet.server.directory import ServerDirectory
from zigtui.fleet.server.process import NatsServer

NO_NETWORK = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
"""Before a command: only the loopback addresses are there."""


def test_a_name_that_also_has_an_address_which_this_machine_has_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As localhost has ::1 in a container without IPv6. nats-server listens on the other address."""
    resolve = socket.getaddrinfo
    elsewhere = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("2001:db8::1", 0, 0, 0))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **named: [elsewhere, *resolve(*given, **named)])
    directory = ServerDirectory(tmp_path / "server")
    directory.create(f"localhost:{free_port()}", None, None)
    with directory.running() as lock, NatsServer(directory, print, lock) as server:
        server.wait_until_ready()
        assert server.exit_code is None


@pytest.mark.skipif(
    subprocess.run([*NO_NETWORK, "true"], capture_output=True, check=False).returncode != 0,
    reason="networks cannot be taken away here",
)
def test_a_server_on_all_addresses_starts_before_there_is_a_network(tmp_path: Path) -> None:
    """As at the start of a machine. nats-server looked for addresses to tell to clients, and the lack was reported."""
    server = f"""
from pathlib import Path
from zigtui.fleet.server.directory import ServerDirectory
from zigtui.fleet.server.process import NatsServer
directory = ServerDirectory(Path({os.fspath(tmp_path / "server")!r}))
directory.create("0.0.0.0:4222", None, None)
with directory.running() as lock, NatsServer(directory, print, lock) as server:
    server.wait_until_ready()
print("ready")
"""
    started = subprocess.run([*NO_NETWORK, sys.executable, "-c", server], capture_output=True, text=True, check=False)
    assert (started.stdout, started.stderr) == ("ready\n", "")


def test_a_server_that_was_killed_says_so_in_one_line(tmp_path: Path) -> None:
    async def publish() -> None:
        async with connected(join) as client:
            for kind in ("log", "old", "state"):
                await client.request(f"zig.{kind}.web-07.shop.s1", b"x", timeout=DEADLINE_SECS)

    with running_server(tmp_path / "server") as server:
        join = server.add("web-07")
        asyncio.run(publish())
        server.nats.stop()  # which keeps what it knows of its store
        server.start()
        asyncio.run(publish())
        server.kill()
        server.start()
        server.nats.stop()
        assert server.log == [
            "zigtui: nats-server: it was not ended in order the last time, so it reads its store again"
        ]
