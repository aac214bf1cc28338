"""Connections on which no request comes."""

import asyncio

import aiohttp
import pytest
from aiohttp import web

from tests.support.waiting import DEADLINE_SECS
from zigtui.web import slow_clients


async def test_only_connections_without_a_request_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_clients, "_CHECK_SECS", 0.01)
    goes_on = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        await goes_on.wait()
        return web.Response(text="done")

    async def echo(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket

    application = web.Application()
    application.add_routes([web.get("/", answer), web.get("/ws", echo)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    assert runner.server is not None
    closing = asyncio.create_task(slow_clients.close_slow(runner.server))
    try:
        host, port = runner.addresses[0][:2]
        url = f"http://{host}:{port}/"
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}ws") as socket:
            request = asyncio.create_task(session.get(url))
            for begin in (b"", b"GET / HTTP/1.1\r\nHost: a\r\nX: "):
                reader, writer = await asyncio.open_connection(host, port)
                writer.write(begin)
                assert await asyncio.wait_for(reader.read(), DEADLINE_SECS) == b""
                writer.close()
            goes_on.set()
            assert await (await request).text() == "done"
            await socket.send_str("here")
            assert await socket.receive_str() == "here"
    finally:
        closing.cancel()
        await runner.cleanup()
