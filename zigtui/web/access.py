"""Let in only browsers that know the token, and only for pages of this server."""

import asyncio
import hashlib
import hmac
import re

from aiohttp import web
from aiohttp.typedefs import Handler

from zigtui.web.pages import page
from zigtui.web.site import Site

__all__ = ["Access"]

_COOKIE_SECS = 90 * 24 * 3600
_TOKEN = "token"
_LOGIN = "login"
_WRONG = "That is not the token of this server."
_FORM_SECS = 30.0  # in which a form must come
_PATH = re.compile(r"/(?!/)[\w/.~%-]*", re.ASCII)  # two slashes would begin the name of another server


class Access:
    """Checks each request before it is answered.

    The token comes once, in the address or from a form. From then on the browser has a cookie that is derived from it,
    so that neither the address bar nor the history keeps the token.

    Args:
        token: the token.
        site: the addresses of the server.
        port: the port, since browsers send a cookie to all ports of a host.
    """

    def __init__(self, token: str, site: Site, port: int) -> None:
        self._token = token
        self._site = site
        self._cookie = f"zigtui_{port}"
        self._cookie_value = hmac.digest(token.encode(), b"the cookie of zigtui serve", hashlib.sha256).hex()

    def routes(self) -> list[web.RouteDef]:
        """The routes for logging in."""
        return [web.post(f"{self._site.root}{_LOGIN}", self._log_in)]

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse a request, or let it be answered.

        Raises:
            web.HTTPForbidden: if it is for another host, or comes from a page of another one.
        """
        if not self._site.is_host(request.host):
            raise web.HTTPForbidden(
                text="This server has another name. Use the address that it has printed, or start it with --url."
            )
        is_write = request.method not in ("GET", "HEAD") or request.headers.get("Upgrade", "").lower() == "websocket"
        if is_write and not self._site.is_origin(request.headers.get("Origin"), request.host):
            raise web.HTTPForbidden(text="This request comes from a page of another server.")
        if request.path == f"{self._site.root}{_LOGIN}" or request.path.startswith(f"{self._site.root}static/"):
            return await handler(request)
        is_known = _is_same(request.cookies.get(self._cookie, ""), self._cookie_value)
        if _TOKEN in request.query and (is_known or _is_same(request.query[_TOKEN], self._token)):
            return self._logged_in(request.rel_url.raw_path)
        if is_known:
            return await handler(request)
        return self._refused(_WRONG if request.query.get(_TOKEN) else "")

    async def _log_in(self, request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(_FORM_SECS):
                form = await request.post()
        except TimeoutError:
            return self._refused()
        token, target = form.get(_TOKEN), form.get("target")
        if not isinstance(token, str) or not _is_same(token.strip(), self._token):
            return self._refused(_WRONG)
        return self._logged_in(target if isinstance(target, str) else "")

    def _logged_in(self, target: str) -> web.Response:
        is_own = target.startswith(self._site.root) and _PATH.fullmatch(target)
        response = web.Response(status=303, headers={"Location": target if is_own else self._site.root})
        response.set_cookie(
            self._cookie,
            self._cookie_value,
            max_age=_COOKIE_SECS,
            path=self._site.root,
            secure=self._site.uses_https,
            httponly=True,
            samesite="Strict",
        )
        return response

    def _refused(self, reason: str = "") -> web.Response:
        return page("denied.html", self._site.root, status=401, reason=reason, action=f"{self._site.root}{_LOGIN}")


def _is_same(given: str, expected: str) -> bool:
    """Compare in constant time, which reveals nothing about how much is the same."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
