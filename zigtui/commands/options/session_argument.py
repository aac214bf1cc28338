"""The argument SESSION: a session by its id, its workflow's name or the path of its log."""

import stat
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

import click

from writer import LOG_SUFFIX
from zigtui.commands.options.base_option import logs_of
from zigtui.commands.options.candidates import CandidatesError
from zigtui.commands.reading.read_log import may_be_lost, read_beginning, settle_logs
from zigtui.reader.catalog.find import NoSuchSessionError, SessionNotFoundError, choose_session, is_path, may_be_path
from zigtui.reader.catalog.newest_first import newest_first
from zigtui.reader.catalog.project import current_project, of_projects
from zigtui.reader.catalog.scan.file_facts import facts_of
from zigtui.reader.catalog.scan.found_session import FoundSession, found_at
from zigtui.reader.catalog.scan.locations import Logs, location_of_file
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.session.states.liveness import LIKELY_SKEW_SECS
from zigtui.reader.text.safe_text import safe_plain
from zigtui.similar import most_similar
from zigtui.system.standard_streams import note
from zigtui.wording.durations import age

__all__ = ["AbsentSessionError", "active_session", "find_session", "session_at_path", "session_of"]

_MAX_COMPARED = 1000  # newest sessions, whose names are compared with a mistyped word
_SHORTEST_ID = 6  # characters; any shorter word resembles some id
_MAX_SILENCE_SECS = 2 * LIKELY_SKEW_SECS  # older logs are not read: a live session writes a heartbeat every few seconds


class AbsentSessionError(CandidatesError):
    """There is no such session, but there may be one later.

    Args:
        fault: what is missing.
        hint: a hint about what may have been meant, to be put behind it.
        candidates: see `CandidatesError`.
    """

    def __init__(self, fault: str, hint: str = "", candidates: Sequence[str] = ()) -> None:
        super().__init__(fault + hint, list(candidates))
        self._fault = fault
        self._hint = hint

    def suggesting_to_wait(self) -> "AbsentSessionError":
        """The same error for a command that has the option ``--wait``."""
        return AbsentSessionError(f"{self._fault} (--wait waits for it)", self._hint, self.candidates)


def session_of(context: click.Context, bases: tuple[str, ...], wanted: str | None) -> FoundSession:
    """Find the session that the argument of a command refers to. A log given by its path may be outside all bases.

    Args:
        context: the command's context.
        bases: the values of the command's own option ``--base``.
        wanted: the argument; None for the newest session.

    Raises:
        click.UsageError: if there is no such session, or more than one.
    """
    return find_session(wanted, lambda: logs_of(context, bases))


def find_session(wanted: str | None, list_logs: Callable[[], Logs]) -> FoundSession:
    """Find the session that a word of the command line refers to. If two could be meant, a note names the one taken.

    Args:
        wanted: the word; None for the newest session.
        list_logs: lists the logs to choose from. It is called if the word is not the path of a log.

    Raises:
        click.UsageError: if there is no such session, or more than one.
    """
    at_path = session_at_path(wanted)
    if at_path is not None and wanted is not None:
        if not may_be_path(wanted):
            _note_other_meaning(wanted, list_logs)
        return at_path
    try:
        return _find_wanted(list_logs(), wanted)
    except click.UsageError as error:
        file = None if wanted is None else _found_file(wanted)
        if file is not None:
            return file
        raise _path_fault(wanted) or error from None


def _note_other_meaning(word: str, list_logs: Callable[[], Logs]) -> None:
    """Note that a word which is taken as a path is also the id or the workflow of a session."""
    with suppress(click.UsageError, SessionNotFoundError):  # then it is not
        other = choose_session(list_logs(), word, current_project())
        name = f" of the workflow {other.workflow_name!r}" if other.workflow_name else ""
        note(f"zigtui: {word!r} is taken as the path of a log; it also means the session {other.location.name}{name}")


def _find_wanted(logs: Logs, wanted: str | None) -> FoundSession:
    """Find a session among some logs. Those of the current project come first.

    Raises:
        click.UsageError: if there is no such session, or more than one; the message lists the candidates.
    """
    try:
        found = choose_session(logs, wanted, current_project())
    except SessionNotFoundError as error:
        lines = []
        now = time.time()
        are_copies = len({found.location.name for found in error.candidates}) < len(error.candidates)
        for found in error.candidates:
            path = f"  {safe_plain(found.location.path)}" if are_copies else ""
            workflow = safe_plain(found.workflow_name or "?")
            lines.append(f"  {safe_plain(found.location.name)}  {workflow}  {age(found.began, now)}{path}")
        hint = _hint_at_session(logs, wanted or "")
        if isinstance(error, NoSuchSessionError):
            raise AbsentSessionError(str(error), hint, lines) from None
        raise CandidatesError(f"{error}{hint}", lines) from None
    if found.note is not None:
        note(f"zigtui: {safe_plain(found.note)}")
    return found


def _hint_at_session(logs: Logs, word: str) -> str:
    """A hint about the workflow or session that a word resembles; empty if it resembles none."""
    sessions = list(islice(newest_first(logs), _MAX_COMPARED))
    workflow = most_similar(word, dict.fromkeys(found.workflow_name for found in sessions if found.workflow_name))
    if workflow is not None:
        return f"; did you mean the workflow {workflow!r}?" if workflow != word else ""
    if len(word) < _SHORTEST_ID:
        return ""
    beginnings = {found.location.session_id[: len(word)]: found.location.session_id for found in reversed(sessions)}
    begins = most_similar(word, beginnings)
    return f"; did you mean the session {beginnings[begins]}?" if begins is not None and begins != word else ""


def active_session(logs: Logs) -> FoundSession:
    """Find the live session that wrote last. Those of the current project come first.

    Raises:
        click.UsageError: if no session is live.
    """
    nearby = {location.path for location, _ in of_projects(logs, [current_project()])}
    latest_first = sorted(logs, key=lambda log: (log[0].path not in nearby, -log[1].modified_ns))
    candidates = []
    for location, facts in latest_first:
        if time.time() - facts.modified <= _MAX_SILENCE_SECS:
            log = read_beginning(location)
            if log.snapshot().state.is_live:
                candidates.append((log, facts))
                if not may_be_lost(log):
                    break
    settle_logs([log for log, _ in candidates])
    for log, facts in candidates:
        if log.snapshot().state.is_live:
            return found_at(log.location, facts)
    raise AbsentSessionError("no session is running")


def session_at_path(wanted: str | None) -> FoundSession | None:
    """Find the session whose log is at a path; None if the word is not taken as a path, or there is no file."""
    return None if wanted is None or not is_path(wanted) else _found_file(wanted)


def _found_file(path: str) -> FoundSession | None:
    facts = facts_of(path)
    return None if facts is None else found_at(location_of_file(path), facts)


def _path_fault(wanted: str | None) -> click.UsageError | None:
    """The reason why there is no log at a path; None if the word may be a workflow's name, even with slashes."""
    if wanted is None or not may_be_path(wanted):
        return None
    try:
        mode = Path(wanted).stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if wanted.endswith(LOG_SUFFIX) or wanted.startswith(("/", "./", "../", "~")):
            return AbsentSessionError(f"no such file: {wanted!r}")
        return None
    except OSError as error:
        return click.UsageError(f"{reason_of(error)}: {wanted!r}")
    except ValueError as error:  # a null character
        return click.UsageError(f"{error}: {wanted!r}")
    return None if stat.S_ISREG(mode) else click.UsageError(f"not a regular file: {wanted!r}")
