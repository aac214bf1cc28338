"""Shell completion of the argument SESSION."""

import re
import time
from itertools import islice

import click
from click.shell_completion import CompletionItem

from zigtui.commands.base_option import bases_of
from zigtui.reader.catalog.find import may_be_path
from zigtui.reader.catalog.locations import list_all
from zigtui.reader.catalog.newest_first import newest_first
from zigtui.reader.safe_text import safe_plain
from zigtui.wording.durations import age

__all__ = ["complete_session"]

_PLAIN_WORD = re.compile(r"\w[\w.+-]*")  # without = : and @, at which bash begins another word
_MAX_SESSIONS = 200


def complete_session(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids and workflow names of the newest sessions that begin with ``incomplete``; for commands, also files.

    Only words that need no quoting in any shell are offered. If the name of a workflow is not one, its sessions are
    offered by their ids.
    """
    files = [CompletionItem(incomplete, type="file")] if context.parent is not None else []
    items: dict[str, CompletionItem] = {}
    try:
        logs = list_all(bases_of(context, context.params.get("bases") or ()))
    except (click.UsageError, OSError):  # an error message would appear in the middle of the typed line
        return files
    for found in islice(newest_first(logs), _MAX_SESSIONS):
        workflow = safe_plain(found.workflow_name or "")
        for word in (workflow, found.location.session_id):
            if _PLAIN_WORD.fullmatch(word) and not may_be_path(word) and word.startswith(incomplete):
                items.setdefault(word, CompletionItem(word, help=f"{workflow}, {age(found.began, time.time())}"))
    return [*files, *items.values()]  # in this order: bash takes files as the last resort
