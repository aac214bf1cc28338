"""Drive a headless Chromium by its DevTools protocol, and read what a terminal in a page received."""

import asyncio
import base64
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pyte

from tests.support.terminal import drawable
from tests.support.waiting import until

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
"""The path of the browser; None if there is none."""

# Without the last ones it asks for servers elsewhere.
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP box.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


class Page:
    """A page with a terminal, whose screen is emulated from what the websocket of the page received.

    Attributes:
        requests: the addresses of all requests.
        errors: the messages that the page has logged as errors, among them violations of its policy.
    """

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.size = (0, 0)
        self._new_screen()
        self._receiving = asyncio.create_task(self._receive())

    def _new_screen(self) -> None:
        self._screen = pyte.Screen(*(max(1, cells) for cells in self.size))
        self._stream = pyte.ByteStream(self._screen)

    async def _receive(self) -> None:
        async for message in self._connection:
            event = json.loads(message.data)
            if "id" in event:
                self._answers.pop(event["id"]).set_result(event)
            else:
                self._take(event["method"], event["params"])

    def _take(self, method: str, event: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(event["request"]["url"])
        elif method == "Log.entryAdded" and event["entry"]["level"] == "error":
            self.errors.append(event["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(event["exceptionDetails"]))
        elif method == "Network.webSocketFrameSent":
            match json.loads(event["response"]["payloadData"]):
                case ["resize", {"width": width, "height": height}]:
                    self.size = width, height
                    self._new_screen()
        elif method == "Network.webSocketFrameReceived" and event["response"]["opcode"] == 2:
            self._stream.feed(drawable(base64.b64decode(event["response"]["payloadData"])))

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol."""
        number = next(self._numbers)
        self._answers[number] = answer = asyncio.get_running_loop().create_future()
        await self._connection.send_json({"id": number, "method": method, "params": parameters})
        answered = await answer
        assert "error" not in answered, answered
        result: dict[str, Any] = answered["result"]
        return result

    async def evaluate(self, script: str) -> Any:
        """The value of an expression, or of a promise, in the page."""
        result = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    @property
    def text(self) -> str:
        """The text of the terminal."""
        rows = (self._screen.buffer[row] for row in range(self._screen.lines))
        return "\n".join("".join(row[x].data for x in range(self._screen.columns)).rstrip() for row in rows)

    async def wait_until(self, condition: Callable[[], object]) -> None:
        """Wait until a condition holds."""
        for _ in until(condition, lambda: f"{self.text}\n{self.errors}"):
            await asyncio.sleep(0.02)

    async def wait_for(self, text: str) -> None:
        """Wait until the terminal shows a text."""
        await self.wait_until(lambda: text in self.text)

    async def wait_for_value(self, script: str, value: object) -> None:
        """Wait until an expression has a value in the page. The page may be loading."""
        seen: list[object] = [None]
        for _ in until(lambda: seen[-1] == value, lambda: f"{script} is {seen[-1]!r}\n{self.text}\n{self.errors}"):
            with suppress(AssertionError):
                seen.append(await self.evaluate(script))
            await asyncio.sleep(0.05)

    async def open(self, url: str) -> None:
        """Go to an address."""
        await self.call("Page.navigate", url=url)

    async def press(self, key: str, **more: Any) -> None:
        """Press a key: a character, or a name such as ``Enter``."""
        is_character = len(key) == 1
        text = {"text": key} if is_character else {"text": "\r"} if key == "Enter" else {}
        code = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowDown": 40, "ArrowUp": 38}.get(key, ord(key.upper()[0]))
        fields = {"key": key, "windowsVirtualKeyCode": code, **text, **more}
        await self.call("Input.dispatchKeyEvent", type="keyDown", **fields)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **fields)

    async def click(self, text: str) -> None:
        """Click twice on a text of the terminal."""
        row = next(number for number, line in enumerate(self.text.splitlines()) if text in line)
        column = self.text.splitlines()[row].index(text)
        left, top, width, height = await self.evaluate(
            "(({left, top, width, height}) => [left, top, width, height])"
            "(document.querySelector('.xterm-screen').getBoundingClientRect())"
        )
        x = left + (column + 0.5) * width / self.size[0]
        y = top + (row + 0.5) * height / self.size[1]
        for count in (1, 2):
            for kind in ("mousePressed", "mouseReleased"):
                await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=count)

    async def set_size(self, width: int, height: int) -> None:
        """Give the window another size, in pixels."""
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    async def picture(self) -> bytes:
        """A picture of the page, as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])


class Browser:
    """A running browser."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session = session
        self._pages: list[Page] = []
        self._url = f"http://127.0.0.1:{port}/json/new?about:blank"

    async def new_page(self, width: int = 900, height: int = 500) -> Page:
        """Open an empty page."""
        async with self._session.put(self._url) as answer:
            target = await answer.json()
        page = Page(await self._session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0))
        self._pages.append(page)
        for domain in ("Page", "Network", "Runtime", "Log"):
            await page.call(f"{domain}.enable")
        await page.set_size(width, height)
        return page

    async def close_pages(self) -> None:
        """Close all pages."""
        while self._pages:
            await self._pages.pop().call("Page.close")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser with a profile of its own, until the block is left."""
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        environment = {**os.environ, "HOME": profile, "XDG_CONFIG_HOME": profile, "XDG_CACHE_HOME": profile}
        process = await asyncio.create_subprocess_exec(
            CHROMIUM,
            *_OPTIONS,
            f"--user-data-dir={profile}",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
        )
        try:
            for _ in until(lambda: _port(profile)):
                await asyncio.sleep(0.05)
            async with aiohttp.ClientSession() as session:
                yield Browser(session, _port(profile))
        finally:
            process.terminate()
            await process.wait()


def _port(profile: str) -> int:
    """The port of the protocol, which the browser writes to its profile; 0 until then."""
    try:
        return int(Path(profile, "DevToolsActivePort").read_text().partition("\n")[0])
    except (OSError, ValueError):
        return 0
