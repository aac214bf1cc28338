"""Serve pages with a screen each, to several browsers at once."""

import asyncio
import json
import logging
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from zigtui.web.access import Access
from zigtui.web.downloads import Downloads
from zigtui.web.page_start import PageStart
from zigtui.web.pages import HEADERS, page
from zigtui.web.screen_process import ScreenProcess
from zigtui.web.site import Site
from zigtui.web.slow_clients import close_slow

__all__ = ["ScreenServer"]

_LOGGER = logging.getLogger(__name__)

# The reasons for which a screen ends, as close codes of its websocket. The script of the page has the words for them.
_CLOSED, _FAILED, _FULL, _IDLE = 4000, 4001, 4002, 4003
_PING_SECS = 15.0  # a browser that does not answer within half of that is gone
_END_SECS = 5.0
_ANSWER_SECS = 0.5  # to wait until a browser confirms that a websocket is closed: one that is frozen never does
_SLOT_SECS = 4.0  # to wait for the end of another screen: a page that is loaded again has just left one


@dataclass(frozen=True)
class ScreenServer:
    """The server.

    Attributes:
        site: its addresses.
        access: lets in those who may see sessions.
        command: returns the command line of the process for the screen of a page.
        find: returns the path of the log of the session with an id, or with a machine and an id such as ``web-07/ID``;
            None if there is none. It is called on a thread.
        most_screens: how many screens there may be at once.
        idle_secs: after how long without a key or a movement of the mouse a screen ends.
        report: called with lines for the user who has started the server.
    """

    site: Site
    access: Access
    command: Callable[[PageStart], list[str]]
    find: Callable[[str], str | None]
    most_screens: int
    idle_secs: float
    report: Callable[[str], object]

    async def run(
        self,
        host: str,
        port: int,
        context: ssl.SSLContext | None,
        on_ready: Callable[[int], object],
        until: Callable[[], Awaitable[object]],
    ) -> None:
        """Serve until something has happened, or the task is cancelled. Then all screens are ended.

        Args:
            host: the address to listen at.
            port: the port; 0 for any that is free.
            context: the certificate and its key; None to serve without TLS.
            on_ready: called with the port once the server listens.
            until: called next; the server ends when it returns.

        Raises:
            OSError: if it cannot listen there.
        """
        runner = web.AppRunner(_Pages(self).application(), access_log=None, logger=_LOGGER, shutdown_timeout=_END_SECS)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port, ssl_context=context).start()
            on_ready(runner.addresses[0][1])
            assert runner.server is not None
            closing = asyncio.create_task(close_slow(runner.server))
            try:
                await until()
            finally:
                closing.cancel()
        finally:
            await runner.cleanup()


class _Pages:
    def __init__(self, server: ScreenServer) -> None:
        self._server = server
        self._root = server.site.root
        self._downloads = Downloads()
        self._sockets: set[web.WebSocketResponse] = set()
        self._slots = asyncio.Semaphore(server.most_screens)

    def application(self) -> web.Application:
        """The application of aiohttp."""
        root = self._root
        application = web.Application(middlewares=[self._server.access.check])
        application.add_routes(
            [
                web.get(root, self._list_page),
                web.get(f"{root}ws", self._screen),
                web.get(f"{root}s/{{id}}/ws", self._screen),
                web.get(f"{root}s/{{machine}}/{{id}}/ws", self._screen),
                web.get(f"{root}s/{{id}}", self._session_page),
                web.get(f"{root}s/{{machine}}/{{id}}", self._session_page),
                web.get(f"{root}alive", self._answer),
                web.get(f"{root}download/{{key}}", self._downloads.send, allow_head=False),  # it can be fetched once
                web.static(f"{root}static/textual", Path(str(files("textual_serve") / "static"))),
                web.static(f"{root}static", Path(str(files("zigtui.web") / "files"))),
                *self._server.access.routes(),
            ]
        )
        application.on_response_prepare.append(_add_headers)
        application.on_shutdown.append(self._close_all)
        return application

    async def _list_page(self, request: web.Request) -> web.Response:
        return self._page(f"{self._root}ws")

    async def _session_page(self, request: web.Request) -> web.Response:
        if await self._path_of(request) is None:
            return page("unknown.html", self._root, status=404, id=_name_of_session(request))
        return self._page(f"{request.rel_url.raw_path}/ws")

    def _page(self, socket: str) -> web.Response:
        return page("screen.html", self._root, socket=socket, most=str(self._server.most_screens))

    async def _path_of(self, request: web.Request) -> str | None:
        return await asyncio.to_thread(self._server.find, _name_of_session(request))

    async def _answer(self, request: web.Request) -> web.Response:
        """Answer that the server is there."""
        return web.Response(status=204)

    async def _close_all(self, application: web.Application) -> None:
        closing = [socket.close(code=WSCloseCode.SERVICE_RESTART) for socket in self._sockets]
        await asyncio.gather(*closing, return_exceptions=True)

    async def _screen(self, request: web.Request) -> web.StreamResponse:
        path = None
        if "id" in request.match_info and (path := await self._path_of(request)) is None:
            raise web.HTTPNotFound(text="There is no such session.")
        socket = web.WebSocketResponse(heartbeat=_PING_SECS, timeout=_ANSWER_SECS)
        await socket.prepare(request)
        try:
            async with asyncio.timeout(_SLOT_SECS):
                await self._slots.acquire()
        except TimeoutError:
            await socket.close(code=_FULL)
            return socket
        self._sockets.add(socket)
        try:
            command = self._server.command(PageStart.of_query(path, request.query))
            await self._run_screen(socket, await ScreenProcess.start(command, self._server.report))
        finally:
            self._sockets.discard(socket)
            self._slots.release()
        return socket

    async def _run_screen(self, socket: web.WebSocketResponse, process: ScreenProcess) -> None:
        """Run a screen until its process ends or its page is gone."""
        output = asyncio.create_task(self._send_output(socket, process))
        idle = _Idleness(self._server.idle_secs, lambda: socket.close(code=_IDLE))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    idle.begin()
                    await _take(message.data, process)
        finally:
            idle.end()
            output.cancel()
            await process.stop()
            self._downloads.drop(process)

    async def _send_output(self, socket: web.WebSocketResponse, process: ScreenProcess) -> None:
        """Send what a process displays, then close the websocket with the reason for which it has ended."""
        with suppress(ConnectionError):  # the page is gone
            async for kind, content in process.packets():
                if kind == b"D":
                    await socket.send_bytes(content)
                elif kind == b"P":
                    self._downloads.take_chunk(content)
                else:
                    await self._take_fact(socket, process, json.loads(content))
            exit_code = await process.wait()
            await socket.close(code=_FAILED if exit_code else _CLOSED)

    async def _take_fact(self, socket: web.WebSocketResponse, process: ScreenProcess, fact: dict[str, Any]) -> None:
        if fact["type"] == "deliver_file_start":
            await socket.send_json(["download", self._downloads.offer(process, fact)])
        elif fact["type"] in ("title", "session"):
            await socket.send_json([fact["type"], fact.get("title", fact.get("name"))])
        elif fact["type"] == "list":
            await socket.send_json(["kept", {"filter": fact["filter"], "chosen": fact["chosen"]}])
        elif fact["type"] == "choices":
            await socket.send_json(["kept", {"choices": fact["choices"]}])


class _Idleness:
    """Calls a function after a time in which nothing was typed."""

    def __init__(self, seconds: float, close: Callable[[], Awaitable[object]]) -> None:
        self._seconds = seconds
        self._close = close
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Future[object] | None = None
        self.begin()

    def begin(self) -> None:
        """Begin to measure the time, or begin again."""
        self.end()
        self._timer = self._loop.call_later(self._seconds, self._expire)

    def end(self) -> None:
        """Measure no longer."""
        if self._timer is not None:
            self._timer.cancel()

    def _expire(self) -> None:
        self._closing = asyncio.ensure_future(self._close())


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


def _name_of_session(request: web.Request) -> str:
    """The id of the session that a request is about, with the machine if that is given."""
    names = request.match_info
    return f"{names['machine']}/{names['id']}" if "machine" in names else names["id"]


async def _take(text: str, process: ScreenProcess) -> None:
    """Pass on a message of the page. Anything may come: what is not known is ignored."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return
    match message:
        case ["stdin", str(typed)]:
            await process.send_typed(typed)
        case ["resize", {"width": int(width), "height": int(height)}]:
            size = {"width": PageStart.limited(width), "height": PageStart.limited(height)}
            await process.send_fact({"type": "resize", **size})
