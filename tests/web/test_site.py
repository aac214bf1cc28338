"""The addresses at which a server of pages may be reached."""

from tests.support.cases import each_case
from zigtui.web.site import Site

OWN = ("box", "box.example.com")
LOCAL = Site.listening_at("127.0.0.1", OWN, is_secure=False, url=None)
OPEN = Site.listening_at("0.0.0.0", OWN, is_secure=True, url=None)
PROXIED = Site.listening_at("127.0.0.1", OWN, is_secure=False, url="https://ci.example.com/zig")
WITH_PORT = Site.listening_at("127.0.0.1", OWN, is_secure=False, url="https://CI.example.com:443/zig")


@each_case(
    ("site", "header", "is_own"),
    [
        (LOCAL, "localhost:8765", True),
        (LOCAL, "127.0.0.1", True),
        (LOCAL, "[::1]:8765", True),
        (LOCAL, "box:8765", False),
        (LOCAL, "10.1.2.3:8765", False),
        (LOCAL, "evil.example:8765", False),
        (LOCAL, "localhost@evil.example", False),
        (LOCAL, "evil.example#@localhost", False),
        (LOCAL, "", False),
        (LOCAL, "[", False),
        (OPEN, "BOX:8765", True),
        (OPEN, "box.example.com", True),
        (OPEN, "10.1.2.3:8765", True),
        (OPEN, "[fe80::1]:8765", True),
        (OPEN, "evil.example", False),
        (OPEN, "2130706433", False),
        (PROXIED, "ci.example.com", True),
        (PROXIED, "127.0.0.1:8765", True),
        (PROXIED, "example.com", False),
    ],
)
def test_a_host_is_one_of_the_names_of_the_server(site: Site, header: str, is_own: bool) -> None:
    assert site.is_host(header) == is_own


@each_case(
    ("site", "origin", "host", "is_own"),
    [
        (LOCAL, "http://localhost:8765", "localhost:8765", True),
        (LOCAL, "http://LOCALHOST:8765", "localhost:8765", True),
        (LOCAL, "https://localhost:8765", "localhost:8765", False),
        (LOCAL, "http://localhost:9000", "localhost:8765", False),
        (LOCAL, "null", "localhost:8765", False),
        (LOCAL, None, "localhost:8765", False),
        (OPEN, "https://box:8765", "box:8765", True),
        (OPEN, "http://box:8765", "box:8765", False),
        (PROXIED, "https://ci.example.com", "127.0.0.1:8765", True),
        (PROXIED, "https://ci.example.com", "ci.example.com", True),
        (WITH_PORT, "https://ci.example.com", "127.0.0.1:8765", True),
        (WITH_PORT, "https://ci.example.com:443", "127.0.0.1:8765", False),
        (PROXIED, "http://ci.example.com.evil.example", "ci.example.com", False),
    ],
)
def test_an_origin_is_a_page_of_the_server(site: Site, origin: str | None, host: str, is_own: bool) -> None:
    assert site.is_origin(origin, host) == is_own


def test_a_proxy_decides_the_path_and_whether_cookies_need_tls() -> None:
    assert (LOCAL.root, LOCAL.uses_https) == ("/", False)
    assert (OPEN.root, OPEN.uses_https) == ("/", True)
    assert (PROXIED.root, PROXIED.uses_https) == ("/zig/", True)
