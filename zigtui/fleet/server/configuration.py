"""The configuration of nats-server."""

import json
from typing import Any
from urllib.parse import urlsplit

from zigtui.fleet.server.permissions import ADMIN_PERMISSIONS, WATCHER_PERMISSIONS, Permissions, machine_permissions
from zigtui.fleet.server.settings import Fleet

__all__ = ["configuration"]

_MAX_PAYLOAD_BYTES = 512 * 1024  # a chunk has 256 KB at most
_MAX_CONTROL_LINE_BYTES = 2048  # a subject has 1,600 bytes at most, and each one that is kept is in memory
_MAX_CONNECTIONS = 4096
_MAX_MEMORY_STORE_BYTES = 256 * 1024**2  # for consumers: no stream is kept in memory
_MAX_PENDING_BYTES = 16 * 1024**2  # what a client that does not read may occupy


def configuration(fleet: Fleet) -> str:
    """The content of ``nats.conf``, in the directory of the server. Its format is a superset of JSON."""
    host, _, port = fleet.listen.rpartition(":")
    users = [
        _user(fleet.watcher, WATCHER_PERMISSIONS),
        _user(fleet.admin, ADMIN_PERMISSIONS),
        *(_user(machine.key, machine_permissions(name)) for name, machine in sorted(fleet.machines.items())),
    ]
    content: dict[str, Any] = {
        "server_name": "zigtui-fleet",
        "host": host.strip("[]"),
        "port": int(port),
        # Else it looks for the addresses of all network interfaces, and calls it an error if there are none yet
        "client_advertise": urlsplit(fleet.url).netloc,
        "tls": {
            "cert_file": "server.pem",
            "key_file": "server.key",
            "min_version": "1.3",
            "timeout": 5,
            "handshake_first": True,
        },
        "authorization": {"timeout": 5, "users": users},
        "max_payload": _MAX_PAYLOAD_BYTES,
        "max_control_line": _MAX_CONTROL_LINE_BYTES,
        "max_connections": _MAX_CONNECTIONS,
        "max_pending": _MAX_PENDING_BYTES,
        "ping_interval": "10s",
        "ping_max": 3,
        "jetstream": {
            "store_dir": "store",
            "max_file_store": fleet.store_bytes,
            "max_memory_store": _MAX_MEMORY_STORE_BYTES,
        },
    }
    return json.dumps(content, indent=2) + "\n"


def _user(key: str, permissions: Permissions) -> dict[str, Any]:
    return {
        "nkey": key,
        "permissions": {"publish": list(permissions.publish), "subscribe": list(permissions.subscribe)},
    }
