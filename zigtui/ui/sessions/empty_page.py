"""The page for a base without sessions."""

import shlex
from collections.abc import Sequence

from writer import SessionError, default_base
from zigtui.reader.text.safe_text import safe_plain, safe_short

__all__ = ["empty_page", "nothing_in_list"]

_LONGEST_NAME = 40  # characters
_EMPTY_PAGE = """\
{what}

zigtui is watching {bases}
and will show each session as soon as it starts.

To see one now, in another terminal:

    zigtui demo {option}
    zigtui record {record_option}-- make

or record one from Python:

    from writer import SessionCoordinator, SessionWriter

    log = SessionWriter.create("hello", "hello.py"{base})
    with SessionCoordinator.start(log) as session:
        session.writer.tier_started(0, ["greet"])
"""


_EMPTY_FLEET = """\
{what}

zigtui is mirroring {bases}
and will show each session as soon as its machine ships it.

A machine joins with two commands:

    zigtui fleet add web-07 -o web-07.join     on the server
    zigtui ship --join web-07.join             on the machine
"""


def empty_page(bases: Sequence[str], shown_bases: str, project: str | None = None) -> str:
    """Explain how to make the first session.

    Args:
        bases: the base directories; none if only those of other machines are displayed.
        shown_bases: the same in words, safe to show.
        project: the only project whose sessions are wanted; None for all.
    """
    what = "No sessions yet" if project is None else _no_sessions_of(project)
    if not bases:
        return _EMPTY_FLEET.format(what=what, bases=shown_bases)
    option = safe_plain(f"--base {shlex.quote(bases[0])}")
    is_default = _is_default(bases[0])
    return _EMPTY_PAGE.format(
        what=what,
        bases=shown_bases,
        option=option,
        record_option="" if is_default else f"{option} ",
        base="" if is_default else safe_plain(f", base={bases[0]!r}"),
    )


def nothing_in_list(project: str | None, *, is_filtered: bool) -> str:
    """Why the list has no rows, although there are sessions.

    Args:
        project: the only project whose sessions are wanted; None for all.
        is_filtered: whether there is a filter too.
    """
    return "No session passes the filter" if is_filtered or project is None else _no_sessions_of(project)


def _no_sessions_of(project: str) -> str:
    return f"No sessions of {safe_short(project, _LONGEST_NAME)} yet: p shows those of all projects"


def _is_default(base: str) -> bool:
    try:
        return base == default_base()
    except SessionError:  # there is no home directory
        return False
