"""Run ``zigtui serve``, and use it as a browser does."""

import asyncio
import json
import re
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import aiohttp
import pyte

from tests.support.fleet import free_port
from tests.support.processes import processes_that_name, started
from tests.support.terminal import drawable
from tests.support.waiting import eventually, wait_until

_URL = re.compile(r"zigtui: serving (\S+)")


class Served:
    """A running server.

    Attributes:
        process: its process.
        port: the port that it listens at.
        origin: what the header ``Origin`` of its pages has.
        home: its home directory, with the token and the base.
        notes: the lines that it has printed until it was ready.
        printed: the address that it has printed.
    """

    def __init__(self, process: "subprocess.Popen[str]", home: Path, port: int, scheme: str) -> None:
        self.process = process
        self.home = home
        self.port = port
        self.origin = f"{scheme}://127.0.0.1:{port}"
        self.notes = ""
        assert process.stderr is not None
        for line in process.stderr:
            self.notes += line
            if match := _URL.match(line):
                self.printed = match[1]
                return
        raise AssertionError(f"the server did not start: {self.notes}")

    @property
    def token(self) -> str:
        """The token."""
        return (self.home / ".local/state/zigtui/serve.token").read_text().strip()

    def address(self, path: str = "/") -> str:
        """The address of a page, without the token."""
        return f"{self.origin}{path}"

    def screens(self) -> list[str]:
        """The command lines of the processes of its screens."""
        return [command for command in processes_that_name("commands.serve.screen") if str(self.home) in command]


@contextmanager
def served(
    home: Path, *options: str | Path, port: int | None = None, environment: dict[str, str] | None = None
) -> Iterator[Served]:
    """A server of the sessions below a home directory, until the block is left. It has its screens ended by then."""
    port = port or free_port()
    listen = ["--listen", f"127.0.0.1:{port}"]
    base: list[str | Path] = ["--base", home / ".zig"]  # the command lines of its screens name the home directory
    with started("serve", *base, *listen, *options, home=home, environment=environment) as process:
        server = Served(process, home, port, "https" if "--cert" in options else "http")
        yield server
        process.terminate()
        process.wait()
        wait_until(lambda: not server.screens(), server.screens)


@asynccontextmanager
async def client_of(server: Served, *, logged_in: bool = True) -> AsyncIterator[aiohttp.ClientSession]:
    """A client with cookies, which has opened the address that the server has printed, or not yet."""
    jar = aiohttp.CookieJar(unsafe=True)  # which allows addresses without a name
    async with aiohttp.ClientSession(cookie_jar=jar, connector=aiohttp.TCPConnector(ssl=False)) as session:
        if logged_in:
            async with session.get(server.address(), params={"token": server.token}) as answer:
                assert answer.status == 200
        yield session


class Screen:
    """A screen as the page has it.

    Attributes:
        said: the messages of the server, apart from what is displayed.
        code: the code with which the server has closed the websocket; None until then.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, size: tuple[int, int]) -> None:
        self._socket = socket
        self.said: list[list[object]] = []
        self.code: int | None = None
        self.written = b""
        self.set_size(*size)
        self._receiving = asyncio.create_task(self._receive())

    def set_size(self, width: int, height: int) -> None:
        """Begin a new picture of the screen, in another size."""
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self._screen)

    async def _receive(self) -> None:
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                self.written += message.data
                self._stream.feed(drawable(message.data))
            else:
                self.said.append(json.loads(message.data))
        self.code = self._socket.close_code

    @property
    def text(self) -> str:
        """The text of the screen."""
        rows = (self._screen.buffer[row] for row in range(self._screen.lines))
        return "\n".join("".join(row[x].data for x in range(self._screen.columns)).rstrip() for row in rows)

    async def send(self, message: object) -> None:
        """Send a message, as the script of the page does."""
        await self._socket.send_json(message)

    async def send_raw(self, text: str) -> None:
        """Send anything."""
        await self._socket.send_str(text)

    async def type(self, text: str) -> None:
        """Press keys."""
        await self.send(["stdin", text])

    async def resize(self, width: int, height: int) -> None:
        """Give the page another size, in cells."""
        self.set_size(width, height)
        await self.send(["resize", {"width": width, "height": height}])

    async def wait_until(self, condition: Callable[[], object]) -> None:
        """Wait until a condition holds."""
        await eventually(condition, lambda: f"{self.text}\n{self.said} {self.code}")

    async def wait_for(self, text: str) -> None:
        """Wait until a text is on the screen."""
        await self.wait_until(lambda: text in self.text)

    async def wait_for_end(self) -> int:
        """The code with which the server closes the websocket."""
        await self.wait_until(lambda: self.code is not None)
        assert self.code is not None
        return self.code

    async def close(self) -> None:
        """Close the page."""
        await self._socket.close()


@asynccontextmanager
async def screen_of(
    server: Served, client: aiohttp.ClientSession, path: str = "/ws", size: tuple[int, int] = (100, 30)
) -> AsyncIterator[Screen]:
    """A screen, until the block is left."""
    headers = {"Origin": server.origin}
    size_query = f"width={size[0]}&height={size[1]}"
    address = server.address(f"{path}{'&' if '?' in path else '?'}{size_query}")
    async with client.ws_connect(address, headers=headers) as socket:
        screen = Screen(socket, size)
        yield screen
        with suppress(ConnectionError):
            await screen.close()
