"""The format ``html``: a web page of its own."""

from zigtui.commands.export.formats.html.page import exporter

__all__ = ["exporter"]
