"""Find the session that a word on the command line refers to."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress

from writer import LOG_SUFFIX
from zigtui.reader.catalog.index_hints import workflow_names_of
from zigtui.reader.catalog.newest_first import newest_first
from zigtui.reader.catalog.project import Project, of_projects
from zigtui.reader.catalog.scan.found_session import FoundSession, begins_with_event, found_at
from zigtui.reader.catalog.scan.locations import Logs
from zigtui.reader.location import begins_id

__all__ = [
    "NoSuchSessionError",
    "SessionNotFoundError",
    "choose_session",
    "copies_of",
    "is_path",
    "may_be_path",
    "may_mean",
]

_SHORTEST_PREFIX = 4
"""The fewest characters of an id that are accepted: a shorter word could too easily be the name of a workflow."""

_CANDIDATES = 10


class SessionNotFoundError(Exception):
    """No session fits the word, or more than one does.

    Attributes:
        candidates: up to ten sessions that may have been meant, newest first.
    """

    def __init__(self, message: str, candidates: Sequence[FoundSession]) -> None:
        super().__init__(message)
        self.candidates = candidates


class NoSuchSessionError(SessionNotFoundError):
    """No session fits the word. One that begins later may."""


def may_mean(found: FoundSession, wanted: str) -> bool:
    """Whether a word is the workflow of a session, its id, or the beginning of its id."""
    if not wanted:  # an unset variable of a script, rather than a session whose workflow has no name
        return False
    machine, _, on_machine = wanted.partition("/")
    if on_machine and found.location.machine == machine and may_mean(found, on_machine):
        return True
    if wanted == found.workflow_name:
        return True
    is_long_enough = len(wanted) >= _SHORTEST_PREFIX or len(wanted) == len(found.location.session_id)
    return is_long_enough and begins_id(found.location.session_id, wanted)


def may_be_path(wanted: str) -> bool:
    """Whether a word has the form of a path, rather than that of an id or a workflow's name."""
    return wanted.endswith(LOG_SUFFIX) or os.path.basename(wanted) != wanted


def is_path(wanted: str) -> bool:
    """Whether a word is taken as the path of a log, even if it is also an id or a workflow's name.

    A word without a slash or ``.jsonl`` is taken as one if the file of that name begins with an event. Another file,
    such as a script, often has the name of a workflow.
    """
    return may_be_path(wanted) or begins_with_event(wanted)


def choose_session(logs: Logs, wanted: str | None, project: Project) -> FoundSession:
    """Find the session that a word refers to.

    ``web-07/WORD`` means the word among the sessions of the machine ``web-07``. Of all sessions, and of those of a
    machine, the first of these that exists is taken. Case is ignored in ids, but not in names.

    1. a full id, of the current project if several logs have it;
    2. the exact name of a workflow in the current project, which means its newest session;
    3. the exact name of a workflow elsewhere;
    4. the beginning of an id, at least 4 characters that begin no other id.

    Args:
        logs: the logs to choose from.
        wanted: an id, its beginning, or the name of a workflow; None for the newest session of the current project, or
            of all if it has none.
        project: the current project.

    Returns:
        The session. It has a note if the word was taken as the name of a workflow, but also begins an id.

    Raises:
        SessionNotFoundError: if no log fits, or several do.
    """
    machine, _, on_machine = (wanted or "").partition("/")
    of_machine = [log for log in logs if log[0].machine == machine] if on_machine else []
    if of_machine:
        with suppress(NoSuchSessionError):  # it may be the name of a workflow as a whole
            return choose_session(of_machine, on_machine, project)
    nearby = of_projects(logs, [project])
    near_paths = {location.path for location, _ in nearby}
    elsewhere = [log for log in logs if log[0].path not in near_paths]
    if wanted is None:
        newest = _first(newest_first(nearby)) or _first(newest_first(elsewhere))
        if newest is None:
            raise NoSuchSessionError("there are no sessions", [])
        return newest
    if not wanted:  # see `may_mean`
        raise SessionNotFoundError(_missing(wanted), _candidates(logs))
    if with_id := _with_id(nearby, wanted) or _with_id(elsewhere, wanted):
        return _only(with_id, wanted)
    begun = _begun_by(logs, wanted)
    is_prefix = len(begun) > 0 and len(wanted) >= _SHORTEST_PREFIX
    for some in (nearby, elsewhere):
        # If the word is probably a prefix, the indexes show that no workflow has this name, without reading every log.
        named = _first(_of_workflow(_not_ruled_out(some, wanted) if is_prefix else some, wanted))
        if named is not None:
            return named._replace(note=_note(wanted, _ids(begun))) if is_prefix else named
    if with_prefix := _with_prefix(logs, wanted):
        return _only(_begun_by(nearby, wanted) or with_prefix, with_prefix[0][0].session_id)
    raise _not_found(logs, wanted, begun)


def copies_of(logs: Logs, session_id: str, machine: str | None) -> Logs:
    """Find the logs of the session with an id, of which there may be copies.

    Args:
        logs: the logs to choose from.
        session_id: the id, or its beginning: at least 4 characters that begin no other id.
        machine: the machine whose logs are searched; None for those of all machines.
    """
    some = [log for log in logs if machine is None or log[0].machine == machine]
    if with_id := _with_id(some, session_id):
        return with_id
    return _with_prefix(some, session_id)


def _first(sessions: Iterable[FoundSession]) -> FoundSession | None:
    return next(iter(sessions), None)


def _with_id(logs: Logs, session_id: str) -> Logs:
    size = len(session_id)
    return [log for log in logs if len(log[0].session_id) == size and begins_id(log[0].session_id, session_id)]


def _begun_by(logs: Logs, word: str) -> Logs:
    return [log for log in logs if begins_id(log[0].session_id, word)]


def _with_prefix(logs: Logs, word: str) -> Logs:
    """The logs of the session whose id begins with a word; none if the word is too short, or begins several ids."""
    begun = _begun_by(logs, word)
    return begun if len(word) >= _SHORTEST_PREFIX and len(_ids(begun)) == 1 else []


def _ids(logs: Logs) -> set[str]:
    return {location.session_id for location, _ in logs}


def _not_found(logs: Logs, wanted: str, begun: Logs) -> SessionNotFoundError:
    """Why no session was chosen, given the logs whose ids begin with the word."""
    if not begun:
        return NoSuchSessionError(_missing(wanted), _candidates(logs))
    count = len(_ids(begun))
    counted = "1 session has" if count == 1 else f"{count:,} sessions have"
    if len(wanted) >= _SHORTEST_PREFIX:
        return SessionNotFoundError(f"{counted} an id that begins with {wanted!r}", _candidates(begun))
    message = f"no workflow is named {wanted!r}; {counted} an id that begins with it, but at least"
    return NoSuchSessionError(f"{message} {_SHORTEST_PREFIX} characters of an id are needed", _candidates(begun))


def _missing(wanted: str) -> str:
    return f"no session has the id or the workflow name {wanted!r}"


def _only(with_id: Logs, session_id: str) -> FoundSession:
    if len(with_id) > 1:
        name = "MACHINE/ID, " if any(location.machine is not None for location, _ in with_id) else ""
        fault = f"{len(with_id)} sessions have the id {session_id!r}"
        message = f"{fault}: give {name}the path of one log, or only its --base"
        raise SessionNotFoundError(message, _candidates(with_id))
    return found_at(*with_id[0])


def _of_workflow(logs: Logs, name: str) -> Iterable[FoundSession]:
    return (found for found in newest_first(logs) if found.workflow_name == name)


def _not_ruled_out(logs: Logs, name: str) -> Logs:
    """Drop the logs that belong to another workflow according to their index."""
    names: dict[str, dict[str, str]] = {}
    kept = []
    for location, facts in logs:
        directory = os.path.dirname(location.path)
        if directory not in names:
            names[directory] = workflow_names_of(directory)
        if names[directory].get(location.session_id, name) == name:
            kept.append((location, facts))
    return kept


def _note(wanted: str, ids: set[str]) -> str:
    others = f"the id {min(ids)} begins" if len(ids) == 1 else f"{len(ids):,} ids begin"
    return f"{wanted!r} is taken as the name of a workflow; {others} with it too"


def _candidates(logs: Logs) -> list[FoundSession]:
    return [found for found, _ in zip(newest_first(logs), range(_CANDIDATES), strict=False)]
