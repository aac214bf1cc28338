"""The URL of a receiver, from the command line or from the variables that OpenTelemetry documents."""

import os
import re
from urllib.parse import urlsplit

from zigtui.system.loopback import is_loopback

__all__ = ["EndpointError", "endpoint_of", "is_encrypted_or_local", "shown_endpoint"]

_TRACES, _BASE = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PATH = "/v1/traces"
_DEFAULT = "http://localhost:4318"
_USER = re.compile("^((?:[^/]*//)?)[^/]*@")


class EndpointError(Exception):
    """Not the URL of a receiver. The text is safe to show."""


def endpoint_of(url: str) -> str:
    """The URL to which traces are sent.

    Args:
        url: the receiver, with or without the path for traces; empty for the one that the environment names.

    Raises:
        EndpointError: if it is not such a URL, or the environment asks for another protocol.
    """
    if not url and (traces := os.environ.get(_TRACES, "").strip()):
        found = traces  # with the path, as it is
    else:
        found = _with_path(url or os.environ.get(_BASE, "").strip() or _DEFAULT)
    if not url:
        protocol = next(filter(None, (os.environ.get(name, "").strip() for name in _PROTOCOLS)), "http/protobuf")
        if protocol != "http/protobuf":
            raise EndpointError(f"the environment asks for the protocol {protocol!r}; traces are sent as http/protobuf")
    try:
        parts = urlsplit(found)
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_valid = False
    if not is_valid or not found.isprintable():
        shown = shown_endpoint(url or found).rpartition("@")[2]  # a password may contain any character, even @
        raise EndpointError(f"{shown!r} is not the URL of a receiver, such as http://localhost:4318")
    return found


def _with_path(base: str) -> str:
    """The URL with the path for traces, in front of a query."""
    address, *rest = re.split(r"(?=[?#])", base, maxsplit=1)
    address = address.rstrip("/")
    return "".join([address if address.endswith(_PATH) else address + _PATH, *rest])


def shown_endpoint(endpoint: str) -> str:
    """An endpoint without the password and the keys that it may have."""
    address, _, query = endpoint.partition("#")[0].partition("?")
    return _USER.sub(r"\1", address) + ("?..." if query else "")


def is_encrypted_or_local(endpoint: str) -> bool:
    """Whether what is sent to an endpoint is encrypted, or stays on this machine."""
    parts = urlsplit(endpoint)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")
