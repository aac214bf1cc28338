"""Files that screens offer to their pages."""

import asyncio
import re
import secrets
from typing import Any

from aiohttp import web
from textual_serve._binary_encode import load

from zigtui.web.screen_process import ScreenProcess

__all__ = ["Downloads"]

_CHUNK_BYTES = 256 * 1024
_CHUNK_SECS = 60.0
_UNUSUAL = re.compile(r"[^\w.-]+", re.ASCII)


class _Download:
    """A file of a process. None among its chunks means that the process has ended."""

    def __init__(self, process: ScreenProcess, fact: dict[str, Any]) -> None:
        self.process = process
        self.delivery_key = str(fact["key"])
        self.name = _UNUSUAL.sub("-", str(fact["path"]).rpartition("/")[2]) or "download"
        self.chunks: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def next_chunk(self) -> bytes | None:
        """Request the next piece of the file; empty at its end, and None if there is no answer."""
        request = {"type": "deliver_chunk_request", "key": self.delivery_key, "size": _CHUNK_BYTES}
        await self.process.send_fact(request)
        try:
            async with asyncio.timeout(_CHUNK_SECS):
                return await self.chunks.get()
        except TimeoutError:
            return None


class Downloads:
    """Files on offer. Each has a key, with which it can be fetched once."""

    def __init__(self) -> None:
        self._offered: dict[str, _Download] = {}
        self._under_way: dict[str, _Download] = {}

    def offer(self, process: ScreenProcess, fact: dict[str, Any]) -> str:
        """Offer a file of a process, and return the key for it.

        Args:
            process: the process.
            fact: what Textual's driver sends about the file.
        """
        key = secrets.token_urlsafe(16)
        self._offered[key] = _Download(process, fact)
        return key

    def take_chunk(self, packet: bytes) -> None:
        """Take a packet with a piece of a file."""
        match load(packet):
            case (_, str(delivery_key), bytes(chunk)) if delivery_key in self._under_way:
                self._under_way[delivery_key].chunks.put_nowait(chunk)

    def drop(self, process: ScreenProcess) -> None:
        """Offer the files of a process no longer, since it has ended."""
        self._offered = {key: each for key, each in self._offered.items() if each.process is not process}
        for download in self._under_way.values():
            if download.process is process:
                download.chunks.put_nowait(None)

    async def send(self, request: web.Request) -> web.StreamResponse:
        """Answer the request for a file.

        Raises:
            web.HTTPNotFound: if there is none, or it has been fetched.
        """
        download = self._offered.pop(request.match_info["key"], None)
        if download is None:
            raise web.HTTPNotFound(text="There is no such file, or it has been downloaded already.")
        self._under_way[download.delivery_key] = download
        response = web.StreamResponse(
            headers={
                "Content-Type": "application/octet-stream",  # even HTML is saved, and not displayed on this server
                "Content-Disposition": f'attachment; filename="{download.name}"',
            }
        )
        try:
            await response.prepare(request)
            while chunk := await download.next_chunk():
                await response.write(chunk)
        finally:
            del self._under_way[download.delivery_key]
        if chunk is None and request.transport is not None:
            request.transport.abort()  # so that the browser knows that the file is not complete
        return response
