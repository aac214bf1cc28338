"""The addresses at which browsers reach the server."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from zigtui.system.loopback import is_loopback

__all__ = ["Site"]

_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Site:
    """The addresses at which browsers may reach the server. Others are refused.

    A page elsewhere could otherwise make a browser that is logged in open a screen. With a name of its own that leads
    to this machine (DNS rebinding), it could even read the answers.

    Attributes:
        is_secure: whether the server itself uses TLS.
        names: the names and addresses of the server, in lower case.
        has_any_address: whether any numeric address is accepted, since the server listens at all of the machine. It
            cannot be a name that leads here.
        url: how browsers reach the server, if that is another address: that of a proxy. None if it is not.
    """

    is_secure: bool
    names: frozenset[str]
    has_any_address: bool
    url: SplitResult | None

    @classmethod
    def listening_at(cls, host: str, own_names: Iterable[str], *, is_secure: bool, url: str | None) -> "Site":
        """The site of a server that listens at an address.

        Args:
            host: the address.
            own_names: the names of the machine, which count if it can be reached from others.
            is_secure: whether the server uses TLS.
            url: the address of a proxy, with the path that it passes on.
        """
        parts = None if url is None else urlsplit(url)
        names = {host.lower(), *_LOCAL_NAMES}
        if not is_loopback(host):
            names.update(name.lower() for name in own_names)
        if parts is not None and parts.hostname is not None:
            names.add(parts.hostname)
        return cls(is_secure, frozenset(names), not is_loopback(host), parts)

    @property
    def root(self) -> str:
        """The path below which all pages are: ``/``, or that of a proxy, such as ``/zigtui/``."""
        return "/" if self.url is None else f"{self.url.path.rstrip('/')}/"

    @property
    def uses_https(self) -> bool:
        """Whether browsers use TLS, up to the server or to its proxy."""
        return self.is_secure or (self.url is not None and self.url.scheme == "https")

    def is_host(self, header: str) -> bool:
        """Whether the header ``Host`` of a request names this server."""
        try:
            name = urlsplit(f"//{header}").hostname or ""
        except ValueError:
            return False
        return name in self.names or (self.has_any_address and _is_address(name))

    def is_origin(self, header: str | None, host: str) -> bool:
        """Whether the header ``Origin`` names a page of this server.

        Args:
            header: the header; None if the request has none, as only programs send them.
            host: the header ``Host`` of the same request.
        """
        own = {f"{'https' if self.is_secure else 'http'}://{host}".lower()}
        if self.url is not None:
            own.add(_origin(self.url))
        return header is not None and header.lower() in own


def _origin(url: SplitResult) -> str:
    """The origin of pages at a URL. Browsers leave out the port that its scheme has anyway."""
    default_port = ":443" if url.scheme == "https" else ":80"
    return f"{url.scheme}://{url.netloc.lower().removesuffix(default_port)}"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
