"""What filters ask the disk about directories."""

import os
import time
from typing import TypeVar

from zigtui.reader.catalog.project import Project, projects_of_directory, recorded_real_path
from zigtui.reader.late_answers import LateAnswers, NoAnswerError

__all__ = ["Directories", "LateDirectories", "NoDirectories"]

_Answer = TypeVar("_Answer")

_WAIT_SECS = 0.05
"""How long a screen waits for the disk. Nearly all answer within it, so that the next frame has the whole result."""


class Directories:
    """Asks the disk about directories, and waits for it."""

    def projects_of(self, directory: str) -> list[Project]:
        """The projects of a directory as typed; see `projects_of_directory`.

        Raises:
            OSError: if the path is relative, and the working directory has been removed.
            ValueError: if there is a null character in the path.
            NoAnswerError: if the disk has not answered yet.
        """
        return projects_of_directory(os.path.expanduser(directory))

    def real_path(self, path: str) -> str:
        """The path that a recorded one leads to, as far as that is known."""
        return recorded_real_path(path)


class NoDirectories(Directories):
    """Asks nothing, as if no directory had any project: to check the form of a filter."""

    def projects_of(self, directory: str) -> list[Project]:
        """No projects."""
        return []


class LateDirectories(Directories):
    """Asks the disk about directories on threads, since it may never answer, and no key must wait for that.

    Until it is known where a recorded path leads, it stands for itself.
    """

    def __init__(self) -> None:
        self._projects = LateAnswers(super().projects_of)
        self._real_paths = LateAnswers(super().real_path, lambda path, answer: answer != path)
        self._typed: set[str] = set()
        self._left_secs = _WAIT_SECS

    @property
    def answers(self) -> int:
        """How many answers of `projects_of` have come."""
        return self._projects.news

    @property
    def links(self) -> int:
        """How many recorded paths are known to lead elsewhere. With each, other sessions may pass a filter."""
        return self._real_paths.news

    def begin(self) -> None:
        """Begin to apply a filter: from now on, the disk may be waited for once more, for a short time."""
        self._left_secs = _WAIT_SECS

    def begin_to_read(self) -> None:
        """Begin to read a filter. Directories of earlier filters are looked up again if they are typed again."""
        self.begin()
        self._projects.forget_all_but(self._typed)
        self._typed = set()

    def press_on(self) -> None:
        """Ask other disks even if one does not answer. Call this about once a second."""
        self._projects.press_on()
        self._real_paths.press_on()

    def projects_of(self, directory: str) -> list[Project]:
        """See `Directories`."""
        self._typed.add(directory)
        return self._asked(self._projects, directory)

    def real_path(self, path: str) -> str:
        """See `Directories`."""
        try:
            return self._asked(self._real_paths, path)
        except NoAnswerError:
            return path

    def _asked(self, answers: LateAnswers[_Answer], path: str) -> _Answer:
        began = time.perf_counter()
        try:
            return answers.get(path, self._left_secs)
        finally:
            self._left_secs = max(0.0, self._left_secs - (time.perf_counter() - began))
