"""Addresses to listen at, as options have them."""

from urllib.parse import urlsplit

import click

__all__ = ["parse_address", "shown_address"]


def parse_address(value: str) -> tuple[str, int]:
    """Divide an address such as ``127.0.0.1:8765`` or ``[::1]:8765`` into host and port.

    Raises:
        click.BadParameter: if the value is not an address with a port.
    """
    try:
        parts = urlsplit(f"//{value}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if host is None or port is None or value.rpartition(":")[0].strip("[]").lower() != host:
        raise click.BadParameter(f"{value!r} is not an address with a port, such as 127.0.0.1:8765")
    return host, port


def shown_address(host: str, port: int) -> str:
    """The address as part of a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
