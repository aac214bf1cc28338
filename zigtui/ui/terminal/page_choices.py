"""What was chosen on the screen of a page, which the page itself keeps."""

import json
from collections.abc import Callable

from zigtui.state.store import Change, Content

__all__ = ["PageChoices"]

_LONGEST = 2000  # characters; a page sends it in an address


class PageChoices:
    """Keeps the choices of a screen in its page.

    Args:
        text: what the page has kept, as JSON. Anything may be in it.
        report: called with what the page is to keep from now on.
    """

    def __init__(self, text: str, report: Callable[[str], object]) -> None:
        self._content = _parsed(text)
        self._report = report

    def load(self, name: str) -> Content:
        """What the page has kept. It has nothing but choices."""
        return self._content

    def update_later(self, name: str, change: Change) -> None:
        """Let the page keep what ``change`` returns."""
        self._content = change(dict(self._content))
        text = json.dumps(self._content)
        if len(text) <= _LONGEST:
            self._report(text)


def _parsed(text: str) -> Content:
    try:
        content = json.loads(text) if 0 < len(text) <= _LONGEST else {}
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
