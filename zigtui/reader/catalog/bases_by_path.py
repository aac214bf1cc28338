"""Which base a path belongs to, of those that are watched together."""

import os
from collections.abc import Mapping

from zigtui.reader.catalog.base_catalog import BaseCatalog

__all__ = ["BasesByPath", "HintsOfBases"]

HintsOfBases = Mapping[BaseCatalog | None, set[str]]
"""Hints by the base that they concern; see `zigtui.reader.catalog.hints.Hints.take`."""


class BasesByPath:
    """Finds the base of a path by its name.

    Args:
        path: the base directory, or the one that all of them are in.
        is_mirror: whether it is the root of a mirror, which the bases are in.
    """

    def __init__(self, path: str, *, is_mirror: bool) -> None:
        self._path = path
        self._is_mirror = is_mirror
        self._real_path: str | None = None  # as the scans have it
        self._by_name: dict[str, BaseCatalog] = {}

    def add(self, base: BaseCatalog) -> None:
        """Add a base."""
        self._by_name[os.path.basename(base.base)] = base

    def real_path(self, path: str) -> str:
        """A path in the mirror as the scans have it, as soon as that is known. Nothing is read."""
        real = self._real_path
        below = f"{self._path}{os.sep}"
        return path if real is None or not path.startswith(below) else f"{real}{os.sep}{path[len(below) :]}"

    def group(self, hints: set[str]) -> HintsOfBases:
        """Group hints by the base that they concern; None for one that is not known."""
        if not hints:
            return {}
        if not self._is_mirror:
            return dict.fromkeys(self._by_name.values(), hints)
        if self._real_path is None:
            self._real_path = os.path.realpath(self._path)
        found: dict[BaseCatalog | None, set[str]] = {}
        for path in map(self.real_path, hints):
            name = path.removeprefix(self._real_path).lstrip(os.sep).partition(os.sep)[0]
            found.setdefault(self._by_name.get(name), set()).add(path)
        return found
