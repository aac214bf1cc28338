"""The format ``html``: a web page of its own.

Begin with `page`. Its sections are made of `fragments`; the `timeline` is one of them. `log_colours` makes the
colours of output legible.
"""

from zigtui.commands.export.formats.html.page import exporter

__all__ = ["exporter"]
