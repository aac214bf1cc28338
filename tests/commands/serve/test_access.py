"""``zigtui serve``: who may see what it serves, and from where."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from tests.support.bases import IDS, recorded_base
from tests.support.serving import Served, client_of, served

ID = IDS["retry-then-success"]
PATHS = ["/", f"/s/{ID}", "/s/nope", "/alive", "/download/key", "/ws", f"/s/{ID}/ws", "/nope"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("home")
    recorded_base(home / ".zig")
    with served(home) as server:
        yield server


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=%FF%00é", "?TOKEN=x"])
async def test_without_the_token_nothing_is_there(server: Served, path: str, query: str) -> None:
    async with client_of(server, logged_in=False) as client, client.get(server.address(path + query)) as answer:
        assert answer.status == 401
        assert "Set-Cookie" not in answer.headers
        text = await answer.text()
        assert "token" in text
        assert ("That is not the token" in text) == (len(query) > len("?token=") and query.startswith("?token="))


@pytest.mark.parametrize("value", ["", "0" * 64, "é", "TOKEN"])
async def test_a_wrong_cookie_is_none(server: Served, value: str) -> None:
    cookie = value.replace("TOKEN", server.token).encode().decode("latin-1")
    headers = {"Cookie": f"zigtui_{server.port}={cookie}"}
    async with (
        client_of(server, logged_in=False) as client,
        client.get(server.address(), headers=headers) as answer,
    ):
        assert answer.status == 401


async def test_the_token_becomes_a_cookie_that_scripts_and_other_sites_do_not_have(server: Served) -> None:
    assert server.printed.endswith(f"/?token={server.token}")
    async with client_of(server, logged_in=False) as client:
        async with client.get(server.address(f"/s/{ID}?token={server.token}"), allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, f"/s/{ID}")
            cookie = answer.headers["Set-Cookie"]
            assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
            assert server.token not in cookie
        async with client.get(server.address("/alive")) as answer:
            assert answer.status == 204


async def test_the_token_can_be_typed_into_the_page(server: Served) -> None:
    headers = {"Origin": server.origin}
    async with client_of(server, logged_in=False) as client:
        wrong = {"token": "wrong", "target": f"/s/{ID}"}
        async with client.post(server.address("/login"), data=wrong, headers=headers, allow_redirects=False) as answer:
            assert answer.status == 401
            assert "That is not the token" in await answer.text()
        right = {"token": f" {server.token}\n", "target": f"/s/{ID}"}
        async with client.post(server.address("/login"), data=right, headers=headers, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, f"/s/{ID}")


@pytest.mark.parametrize(
    "target", ["//evil.example/", "/\\evil.example", "https://evil.example", "/s/a\r\nX: y", "\0", ""]
)
async def test_logging_in_leads_to_no_other_server(server: Served, target: str) -> None:
    data = {"token": server.token, "target": target}
    headers = {"Origin": server.origin}
    async with client_of(server, logged_in=False) as client:
        async with client.post(server.address("/login"), data=data, headers=headers, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/")
        address = server.address(f"//evil.example/?token={server.token}")
        async with client.get(address, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "10.0.0.1", "[", ""])
async def test_another_name_that_leads_here_is_refused(server: Served, host: str) -> None:
    headers = {"Host": host.format(port=server.port)}
    async with client_of(server) as client, client.get(server.address(), headers=headers) as answer:
        assert answer.status in (400, 403)
        assert "screen.js" not in await answer.text()


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
async def test_the_names_of_this_machine_are_accepted(server: Served, name: str) -> None:
    headers = {"Host": f"{name}:{server.port}"}
    async with client_of(server) as client, client.get(server.address(), headers=headers) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "http://localhost:{port}",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1",
        "",
    ],
)
async def test_a_page_of_another_site_opens_no_screen(server: Served, origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin.format(port=server.port)}
    async with client_of(server) as client:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await client.ws_connect(server.address("/ws"), headers=headers)
        async with client.post(server.address("/login"), data={"token": server.token}, headers=headers) as answer:
            assert answer.status == 403
    assert server.screens() == []


@pytest.mark.parametrize(
    "name",
    ["nope", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "$(id)", "-h", "%00", "a" * 3000, "<script>alert(1)</script>"],
)
async def test_an_unknown_session_has_a_page_that_names_it_safely(server: Served, name: str) -> None:
    async with client_of(server) as client, client.get(server.address(f"/s/{name}")) as answer:
        assert answer.status == 404
        assert "<script>alert" not in await answer.text()
    assert server.screens() == []


@pytest.mark.parametrize(("name", "status"), [(ID[:8], 200), (ID[:8].upper(), 200), (ID[:3], 404), (f"{ID[:8]}x", 404)])
async def test_the_beginning_of_an_id_that_the_screen_displays_leads_to_its_session(
    server: Served, name: str, status: int
) -> None:
    async with client_of(server) as client, client.get(server.address(f"/s/{name}")) as answer:
        assert answer.status == status


async def test_a_beginning_that_several_ids_have_leads_to_no_session(server: Served) -> None:
    session_id = IDS["sequential-success"]
    (log,) = (server.home / ".zig").rglob(f"{session_id}.jsonl")
    another = log.with_name(f"{session_id[:-1]}{'0' if session_id[-1] == '1' else '1'}.jsonl")
    shutil.copy(log, another)
    async with client_of(server) as client:
        for name, status in [(session_id[:8], 404), (session_id, 200), (another.stem, 200)]:
            async with client.get(server.address(f"/s/{name}")) as answer:
                assert answer.status == status
    another.unlink()


async def test_pages_may_load_nothing_from_elsewhere(server: Served) -> None:
    async with client_of(server) as client, client.get(server.address(f"/s/{ID}")) as answer:
        assert answer.status == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Referrer-Policy"] == "same-origin"
        page = await answer.text()
        links = re.findall(r'(?:src|href)="([^"]+)"', page)
        assert all(link.startswith(("/static/", "data:,")) for link in links)
        assert server.token not in page
        for link in links:
            if link.startswith("/"):
                async with client.get(server.address(link)) as file:
                    assert file.status == 200


@pytest.mark.parametrize(
    "path", ["/static/../server.py", "/static/%2e%2e/server.py", "/static/textual/../../server.py"]
)
async def test_only_the_files_of_pages_are_served(server: Served, path: str) -> None:
    async with (
        client_of(server) as client,
        client.get(URL(server.address(path), encoded=True)) as answer,
    ):
        assert answer.status in (403, 404)


@pytest.mark.slow
async def test_the_token_stays_the_same_until_its_file_is_removed(tmp_path: Path) -> None:
    tokens = []
    for _ in range(2):
        with served(tmp_path) as server:
            tokens.append(server.token)
    file = tmp_path / ".local/state/zigtui/serve.token"
    assert file.stat().st_mode & 0o777 == 0o600
    file.unlink()
    with served(tmp_path) as server:
        assert server.token not in tokens
    assert tokens[0] == tokens[1]


async def test_a_proxy_may_have_it_at_a_path_of_its_own(tmp_path: Path) -> None:
    recorded_base(tmp_path / ".zig")
    with served(tmp_path, "--url", "https://ci.example.com/zig") as server:
        assert server.printed == f"https://ci.example.com/zig/?token={server.token}"
        proxied = {"Host": "ci.example.com", "Origin": "https://ci.example.com"}
        async with client_of(server, logged_in=False) as client:
            start = server.address(f"/zig/?token={server.token}")
            async with client.get(start, headers=proxied, allow_redirects=False) as answer:
                assert {"Path=/zig/", "Secure"} <= set(answer.headers["Set-Cookie"].split("; "))
                cookie = answer.headers["Set-Cookie"].split(";")[0]
            headers = {**proxied, "Cookie": cookie}
            async with client.get(server.address(f"/zig/s/{ID}"), headers=headers) as answer:
                assert f'data-session-websocket-url="/zig/s/{ID}/ws"' in await answer.text()
            async with client.get(server.address("/"), headers=headers) as answer:
                assert answer.status == 404
            async with client.ws_connect(server.address("/zig/ws"), headers=headers) as socket:
                assert (await socket.receive()).type is aiohttp.WSMsgType.BINARY
