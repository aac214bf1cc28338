"""The pages, made from templates. The values inserted into them are escaped."""

from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from aiohttp import web

__all__ = ["HEADERS", "page"]

HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "Server": "zigtui",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""The headers of all answers: nothing from elsewhere, in no frame, and no address of a session for other sites.

xterm.js sets styles of its own, which is why those are not only from files. With the policy ``no-referrer``, the form
for the token would be sent without ``Origin``.
"""


@cache
def _template(name: str) -> Template:
    return Template((files("zigtui.web") / "files" / name).read_text("utf-8"))


def page(name: str, root: str, *, status: int = 200, **values: str) -> web.Response:
    """A page.

    Args:
        name: the file of its template.
        root: the path below which all pages are.
        status: the status code.
        values: what to insert, apart from the root.
    """
    escaped = {key: escape(value) for key, value in {"root": root, **values}.items()}
    return web.Response(text=_template(name).substitute(escaped), status=status, content_type="text/html")
