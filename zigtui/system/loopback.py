"""Addresses that only this machine can reach, and the name by which others may reach it."""

import ipaddress
import re

__all__ = ["is_loopback", "name_of_host"]

_ONLY_HERE = re.compile(r"(ip6-)?(localhost|loopback)[46]?(\.localdomain[46]?)?|.*\.(localhost|arpa)", re.IGNORECASE)
"""Names from the hosts file that each machine has, and the reversed addresses that macOS reports in their place."""


def is_loopback(host: str) -> bool:
    """Whether an address, without brackets, can be reached from this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def name_of_host() -> str:
    """The name by which others may reach this machine; ``localhost`` if it has no other."""
    import socket  # which most commands do not need

    for name in (socket.getfqdn(), socket.gethostname()):
        if name and not is_loopback(name) and not _ONLY_HERE.fullmatch(name):
            return name
    return "localhost"
