"""Shell completion of sessions, and of the names that are recorded in their logs."""

import glob
import os
import time
from collections.abc import Iterable, Iterator

import click
from click.shell_completion import CompletionItem

from writer import EventType
from zigtui.commands.options.base_option import bases_of
from zigtui.commands.options.session_argument import active_session, session_at_path
from zigtui.commands.printing.event_text import decoded_events
from zigtui.reader.catalog.find import SessionNotFoundError, choose_session, may_be_path
from zigtui.reader.catalog.newest_first import newest_first
from zigtui.reader.catalog.project import current_project
from zigtui.reader.catalog.scan.found_session import FoundSession
from zigtui.reader.catalog.scan.locations import Logs, list_all
from zigtui.reader.lines.decode import text, texts
from zigtui.reader.lines.tail import open_log
from zigtui.reader.location import begins_id, machine_label
from zigtui.reader.text.safe_text import safe_plain
from zigtui.wording.durations import age

__all__ = ["complete_machine", "complete_session", "complete_step", "complete_workflow"]

_MAX_SESSIONS = 200
_MAX_BYTES = 4 * 1024 * 1024
"""How many bytes of a large log are read at either end to find its steps, since a shell waits for them."""


def complete_session(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids and workflow names of sessions that begin with ``incomplete``; for commands, also files.

    After ``web-07/``, those of the machine.

    The names are those of the newest sessions. A workflow whose name could not be typed, or would be taken as an option
    or a path, is only offered by the ids of its sessions.
    """
    items: dict[str, CompletionItem] = {}
    for found in _sessions(context, incomplete):
        machine = "" if found.location.machine is None else f"{found.location.machine}/"
        beginning = machine if machine and incomplete.startswith(machine) else ""
        for word in (found.workflow_name or "", found.location.session_id):
            if _is_session_word(word) and f"{beginning}{word}".startswith(incomplete):
                about = f"{safe_plain(found.workflow_name or '')}, {age(found.began, time.time())}"
                items.setdefault(f"{beginning}{word}", CompletionItem(f"{beginning}{word}", help=about))
    files = [CompletionItem(incomplete, type="file")] if context.parent is not None else []
    return [*files, *items.values()]  # in this order: bash takes files as the last resort


def _is_session_word(word: str) -> bool:
    """Whether a word can be typed, and then means a session by its id or workflow."""
    return bool(word.strip()) and word.isprintable() and not word.startswith(("-", "~")) and not may_be_path(word)


def complete_workflow(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Patterns for the workflow names of the newest sessions."""
    names = (found.workflow_name for found in _sessions(context, ""))
    return _items((glob.escape(name) for name in names if name), incomplete)


def complete_machine(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The machines whose sessions are there."""
    return _items(sorted({machine_label(location) for location, _ in _logs(context)}), incomplete)


def complete_step(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The steps of the session that the command line names, or of the one that it means without a name."""
    found = _session_of(context)
    return [] if found is None else _items(_steps(found.location.path), incomplete)


def _items(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(word) for word in dict.fromkeys(words) if word and word.startswith(incomplete)]


def _logs(context: click.Context) -> Logs:
    try:
        return list_all(bases_of(context, context.params.get("bases") or ()))
    except (click.UsageError, OSError):  # an error message would appear in the middle of the typed line
        return []


def _sessions(context: click.Context, incomplete: str) -> Iterator[FoundSession]:
    """The newest sessions, then others whose ids begin with ``incomplete``."""
    latest_first = sorted(_logs(context), key=lambda log: -log[1].modified_ns)
    yield from newest_first(latest_first[:_MAX_SESSIONS])  # of the others, no first line need be read
    if incomplete:
        others = [log for log in latest_first[_MAX_SESSIONS:] if begins_id(log[0].session_id, incomplete)]
        yield from newest_first(others[:_MAX_SESSIONS])


def _session_of(context: click.Context) -> FoundSession | None:
    # Click leaves arguments unassigned while the value of the last option is missing.
    wanted = context.params.get("session") or next(iter(context.args), None)
    try:
        if context.params.get("active"):
            return active_session(_logs(context))
        return session_at_path(wanted) or choose_session(_logs(context), wanted, current_project())
    except (click.UsageError, SessionNotFoundError, OSError, ValueError):
        return None


def _steps(path: str) -> Iterator[str]:
    for _, event in decoded_events(line for line in _first_and_last_lines(path) if b"_started" in line):
        if event.get("type") == EventType.TIER_STARTED:
            yield from texts(event, "step_names")
        elif event.get("type") == EventType.STEP_STARTED:
            yield text(event, "step_name") or ""


def _first_and_last_lines(path: str) -> list[bytes]:
    try:
        with os.fdopen(open_log(path), "rb") as file:
            data = file.read(_MAX_BYTES)
            file.seek(max(_MAX_BYTES, file.seek(0, os.SEEK_END) - _MAX_BYTES))
            return (data + b"\n" + file.read(_MAX_BYTES)).split(b"\n")
    except OSError:
        return []
