"""The pane of the list that previews the session under the cursor."""

from collections.abc import Callable

from textual.containers import Container
from textual.timer import Timer

from zigtui.reader.location import LogLocation
from zigtui.ui.live_screen import LiveWidget

__all__ = ["PreviewPane"]

_PREPARED = "-prepared"
_REST_SECS = 0.15  # how long the cursor rests on a row before its log is opened


class PreviewPane(Container):
    """Displays the preview of one session, and of another one as soon as the cursor rests on it.

    Args:
        make_preview: creates the preview of a session.
        id: the id of the widget.
    """

    def __init__(self, make_preview: Callable[[LogLocation], LiveWidget], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._make_preview = make_preview
        self._wanted: LogLocation | None = None
        self._location: LogLocation | None = None
        self._preview: LiveWidget | None = None
        self._rest: Timer | None = None
        self._now = 0.0

    def show(self, location: LogLocation | None, now: float) -> None:
        """Display the preview of a session as it is at ``now``, or nothing if there is no session."""
        self._now = now
        if location != self._wanted:
            self._wanted = location
            if self._rest is not None:
                self._rest.stop()
            self._rest = self.set_timer(_REST_SECS, self._replace)
        elif self._preview is not None and self._location == location:
            self._preview.show(now)

    def _replace(self) -> None:
        self._rest = None
        if self._wanted == self._location:
            return
        self._location = self._wanted
        if self._preview is not None and self._preview.has_class(_PREPARED):
            self._preview.remove()  # one that was never displayed
        if self._wanted is None:
            self._preview = None
            self.remove_children(LiveWidget)
            return
        self._preview = preview = self._make_preview(self._wanted)
        preview.add_class(_PREPARED)
        self.mount(preview)
        preview.call_after_refresh(self._display, preview)

    def _display(self, preview: LiveWidget) -> None:
        """Put a preview in the place of the one before it, now that it is laid out and has content."""
        if preview is not self._preview:
            return
        preview.show(self._now)
        with self.app.batch_update():
            for child in self.query_children(LiveWidget):
                if child is not preview:
                    child.remove()
            preview.remove_class(_PREPARED)
