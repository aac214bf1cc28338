"""``zigtui serve`` in a real browser, which reaches no server but this one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from tests.support.bases import IDS, recorded_base
from tests.support.chromium import CHROMIUM, Browser, Page, chromium
from tests.support.fleet import free_port
from tests.support.serving import Served, served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on PATH"),
]

ID = IDS["failed-session"]
COVER = "document.getElementById('cover').hidden"
MESSAGE = "document.getElementById('message').textContent"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def browser(running_browser: Browser) -> AsyncIterator[Browser]:
    yield running_browser
    await running_browser.close_pages()


@pytest.fixture
def home(home: Path) -> Path:
    recorded_base(home / ".zig")
    return home


async def opened(browser: Browser, server: Served, path: str = "/", **size: int) -> Page:
    """A page that has the screen."""
    page = await browser.new_page(**size)
    await page.open(server.address(f"{path}?token={server.token}"))
    await page.wait_until(lambda: page.text.strip())
    await page.wait_for_value(COVER, True)
    return page


async def filter_list(page: Page, text: str) -> None:
    """Type a filter, once the sessions are there."""
    await page.wait_for("migrate-db")
    await page.press("/")
    await page.wait_for("filter")
    for key in text:
        await page.press(key)
    await page.press("Enter")


async def open_by_mouse(page: Page) -> None:
    """Open the failed session, whose row keeps its place while further sessions are read."""
    await filter_list(page, "state:failed")
    await page.wait_until(lambda: "essay" not in page.text)
    await page.click("migrate-db")


async def paste(page: Page) -> None:
    """Press the key that pastes."""
    await page.press("v", text="", modifiers=2, commands=["paste"])


@asynccontextmanager
async def other_server(port: int, text: str, status: int = 200) -> AsyncIterator[list[str]]:
    """A server that is not ours, with one answer. It lists the paths that it was asked for."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text=text, status=status, content_type="text/html")

    application = web.Application()
    application.add_routes([web.get("/{path:.*}", answer)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield asked
    finally:
        await runner.cleanup()


async def test_keys_mouse_and_sizes_work_without_any_other_server(browser: Browser, home: Path) -> None:
    with served(home) as server:
        page = await opened(browser, server)
        await open_by_mouse(page)
        await page.wait_for("esc back")
        await page.wait_for_value("location.pathname", f"/s/{ID}")
        width = page.size[0]
        await page.set_size(500, 300)
        await page.wait_until(lambda: 0 < page.size[0] < width and "migrate-db" in page.text)
        scroll_bar = "(pane => pane.offsetWidth - pane.clientWidth)(document.querySelector('.xterm-viewport'))"
        assert await page.evaluate(scroll_bar) == 0  # a white one would be displayed beside the last column
        await page.press("Escape")
        await page.wait_for_value("location.pathname + location.search", "/")
        await page.wait_for_value("document.title", "zigtui")
        font = await page.evaluate("document.fonts.check('15px \"Roboto Mono\"')")
        assert font
        assert page.errors == []
        assert all(url.startswith((server.origin, "data:")) for url in page.requests)


@pytest.mark.parametrize("host", ["127.0.0.1", "box.test"])  # the latter has no clipboard, since it has no TLS
async def test_copying_reaches_the_clipboard_of_the_browser(browser: Browser, home: Path, host: str) -> None:
    port = free_port()
    with served(home, "--url", f"http://{host}:{port}/", "--insecure", port=port) as server:
        page = await browser.new_page()
        await page.open(f"http://{host}:{port}/s/{ID}?token={server.token}")
        await page.wait_for("esc back")
        await page.wait_for_value(COVER, True)
        assert await page.evaluate("isSecureContext") == (host != "box.test")
        for key in "yi":
            await page.press(key)
        await page.wait_for("Copied the id")
        await page.press("/")
        await page.wait_for("text, or /pattern/")  # a paste comes by itself, and may overtake the key
        await paste(page)
        await page.wait_for(f"/ {ID}")


async def test_two_people_are_served_and_a_closed_screen_can_be_opened_again(browser: Browser, home: Path) -> None:
    with served(home, "--max-users", "2") as server:
        one, other = await opened(browser, server), await opened(browser, server, f"/s/{ID}", width=600, height=400)
        await one.wait_for("essay")
        await other.wait_for("esc back")
        assert len(server.screens()) == 2
        third = await browser.new_page()
        await third.open(server.address())
        await third.wait_for_value(MESSAGE, "All 2 screens are in use. This page waits for one.")
        await one.press("q")
        await one.wait_for_value(MESSAGE, "The screen was closed.")
        await third.wait_for("essay")
        await other.press("q")
        await other.wait_for_value(MESSAGE, "The screen was closed.")
        await other.press("Enter")  # on the button
        await other.wait_for_value(f"{COVER} && {MESSAGE}", "Opening the screen…")
        await other.wait_for("esc back")


async def test_pages_connect_again_after_a_restart_of_the_server(browser: Browser, home: Path) -> None:
    with served(home) as server:
        page = await opened(browser, server)
        await open_by_mouse(page)
        await page.wait_for_value("location.pathname", f"/s/{ID}")
        server.process.kill()
        await page.wait_for_value(MESSAGE, "The connection is lost. This page connects again as soon as it can…")
    async with other_server(server.port, "the proxy finds no server", 502) as asked:
        await page.wait_until(lambda: len(asked) > 1)
        assert set(asked) == {"/alive"}
    with served(home, port=server.port) as server:
        await page.wait_for_value(f"{COVER} && {MESSAGE}", "Opening the screen…")
        await page.wait_for("esc back")
        (home / ".local/state/zigtui/serve.token").unlink()
    with served(home, port=server.port) as server:
        await page.wait_for_value("document.querySelector('input[name=target]')?.value", f"/s/{ID}")
        await page.evaluate("document.querySelector('input[name=token]').focus()")
        await page.call("Input.insertText", text=server.token)
        await page.press("Enter")
        await page.wait_for_value(COVER, True)
        await page.wait_for_value("location.pathname", f"/s/{ID}")


async def test_the_filter_and_the_cursor_outlast_a_restart_and_loading_again(browser: Browser, home: Path) -> None:
    with served(home) as server:
        page = await opened(browser, server)
        await filter_list(page, "workflow:deploy,essay")
        await page.wait_until(lambda: "migrate-db" not in page.text)
        await page.press("G")
        await page.wait_for_value("Boolean(history.state.chosen)", True)
        kept = await page.evaluate("history.state")
        assert kept["filter"] == "workflow:deploy,essay"
        server.process.kill()
        await page.wait_for_value(COVER, False)
    with served(home, port=server.port) as server:
        await page.wait_for_value(f"{COVER} && {MESSAGE}", "Opening the screen…")
        await page.wait_for("workflow:deploy,essay")
        await page.evaluate("window.isOld = true")
        await page.call("Page.reload")
        await page.wait_for_value(f"window.isOld === undefined && {COVER} && {MESSAGE}", "Opening the screen…")
        await page.wait_until(lambda: " of " in page.text and "migrate-db" not in page.text)
        assert await page.evaluate("history.state") == kept
        await page.press("Enter")  # opens the session under the cursor
        await page.wait_for_value("location.pathname", f"/s/{kept['chosen']}")
        await page.press("Escape")
        await page.wait_for_value("location.pathname", "/")
        await page.press("Escape")
        await page.wait_for("migrate-db")
        await page.wait_for_value("history.state.filter", "")


async def test_what_was_chosen_outlasts_a_restart_and_loading_again(browser: Browser, home: Path) -> None:
    with served(home) as server:
        page = await opened(browser, server)
        await page.wait_for("migrate-db")
        await page.press("s")
        await page.wait_for("Sorted by duration")
        await page.press("v")
        await page.wait_for_value("Object.keys(JSON.parse(history.state.choices)).join()", "sort,preview")
        kept = await page.evaluate("history.state.choices")
        server.process.kill()
        await page.wait_for_value(COVER, False)
    with served(home, port=server.port) as server:
        await page.wait_for_value(f"{COVER} && {MESSAGE}", "Opening the screen…")
        await page.wait_for("time ▾")
        await page.wait_for("All output")  # in the preview
        await page.evaluate("window.isOld = true")
        await page.call("Page.reload")
        await page.wait_for_value(f"window.isOld === undefined && {COVER} && {MESSAGE}", "Opening the screen…")
        await page.wait_for("time ▾")
        await page.wait_for("All output")  # in the preview
        assert await page.evaluate("history.state.choices") == kept
        await page.press("s")
        await page.wait_for("Sorted by cost")
        other = await opened(browser, server)
        await other.wait_for("migrate-db")
        await other.press("s")
        await other.wait_for("Sorted by duration")


async def test_a_link_on_another_site_opens_the_session_for_who_is_logged_in(browser: Browser, home: Path) -> None:
    with served(home) as server:
        page = await opened(browser, server)
        port = free_port()
        async with other_server(port, f'<a href="{server.address(f"/s/{ID}")}">a session</a>'):
            await page.open(f"http://box.test:{port}/")
            await page.wait_for_value("document.readyState", "complete")
            await page.evaluate("document.querySelector('a').click()")
            await page.wait_for_value("location.pathname", f"/s/{ID}")
            await page.wait_for("esc back")
