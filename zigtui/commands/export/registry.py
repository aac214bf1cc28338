"""Find the exporters of all formats.

To add a format, write a module or package in `zigtui.commands.export.formats` with the name of the format and an
attribute ``exporter`` (see `zigtui.commands.export.exporter.Exporter`). The command line, the completion and the help
use it.
"""

import pkgutil
from importlib import import_module

from zigtui.commands.export import formats
from zigtui.commands.export.exporter import Exporter

__all__ = ["exporter_named", "format_names"]


def format_names() -> list[str]:
    """The names of all formats, in alphabetical order."""
    return sorted(module.name for module in pkgutil.iter_modules(formats.__path__))


def exporter_named(name: str) -> Exporter:
    """The exporter of a format.

    Raises:
        ValueError: if there is no such format.
    """
    if name not in format_names():
        raise ValueError(f"there is no format {name!r}, only {', '.join(format_names())}")
    exporter: Exporter = import_module(f"{formats.__name__}.{name}").exporter
    return exporter
