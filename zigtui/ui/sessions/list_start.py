"""The filter, the project and the session with which the list of sessions opens."""

from collections.abc import Sequence
from typing import NamedTuple

from zigtui.reader.catalog.project import Project

__all__ = ["ListStart", "ProjectScope"]


class ProjectScope(NamedTuple):
    """The project to which the list can be limited.

    Attributes:
        name: its name, for the header.
        projects: the directories of sessions that belong to it.
    """

    name: str
    projects: Sequence[Project]


class ListStart(NamedTuple):
    """The filter and the project from the command line and the settings, or the list as it was left.

    Attributes:
        filter: the filter as typed; empty for none.
        project: the project of the working directory, or the one that the command line names; None for none.
        only_project: whether only its sessions are displayed at first.
        chosen: the name of the session to put the cursor on, see `LogLocation.name`; empty for the first one.
    """

    filter: str = ""
    project: ProjectScope | None = None
    only_project: bool = False
    chosen: str = ""
