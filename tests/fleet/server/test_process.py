import socket
from pathlib import Path

import pytest

from tests.support.fleet import free_port
from zigtui.fleet.server.directory import ServerDirectory
from zigtui.fleet.server.process import NatsServer


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
