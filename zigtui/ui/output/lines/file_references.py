"""Find URLs, paths and line numbers in output.

The text is that of a log, and may name anything. A path is only opened if it is a regular file, and only linked in a
form that contains no control characters.
"""

import os
import re
import stat
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from zigtui.ui.copying import plain_line

__all__ = ["FileReference", "Link", "links_in", "references_in"]

_SEARCHED = 4000  # characters of a line
_MOST = 20  # of a line
_PATH = r"(?:~/|\.{0,2}/)?[\w.@+~-]+(?:/[\w.@+~-]+)*"
_URL = re.compile(r"\b(?:https?|ftp)://[^\s<>\"'`|\\^{}\x00-\x20]+", re.IGNORECASE)
_REFERENCE = re.compile(
    rf"""
      File\s"(?P<python>[^"]{{1,1000}})",\sline\s(?P<python_line>\d{{1,9}})
    | (?<![\w/.~@+-])(?P<path>{_PATH})
      (?: :(?P<line>\d{{1,9}}) (?: :\d{{1,9}} )? (?!\d)
        | \((?P<paren_line>\d{{1,9}}) (?: ,\s?\d{{1,9}} )? \)
        | ,?\s line\s (?P<word_line>\d{{1,9}})
      )
    """,
    re.VERBOSE,
)
_LINKED_PATH = re.compile(r"(?<![\w/.~@+:-])(?:~/|\.{1,2}/|/)?(?:[\w.@+~-]+/)+[\w.@+~-]*\.\w{1,8}(?![\w/])")
_AFTER_URL = ".,;:!?*_"
_BRACKETS = {")": "(", "]": "["}


class FileReference(NamedTuple):
    """A file and a line number in the text of a log.

    Attributes:
        start: the position of the path in the text.
        end: the position after it and its line number.
        path: the absolute path; the file need not exist.
        line: the number of the line, from 1.
    """

    start: int
    end: int
    path: str
    line: int

    def is_file(self) -> bool:
        """Whether it is a regular file."""
        try:
            return stat.S_ISREG(os.stat(self.path).st_mode)  # noqa: PTH116  # a path may be anything
        except (OSError, ValueError):
            return False


class Link(NamedTuple):
    """A part of a text, and the URL that it stands for, which has printable ASCII characters only."""

    start: int
    end: int
    url: str


def references_in(text: str, directory: str | None) -> list[FileReference]:
    """The files with line numbers that a recorded line names.

    Args:
        text: the line as recorded.
        directory: the working directory of the session, from which relative paths begin; None if it is not known.
    """
    return list(_references(plain_line(text[:_SEARCHED]), directory))


def _references(text: str, directory: str | None) -> Iterator[FileReference]:
    for match in _REFERENCE.finditer(text):
        name = match["python"] or match["path"]
        number = match["python_line"] or match["line"] or match["paren_line"] or match["word_line"]
        path = _absolute(name, directory)
        if path is not None:
            yield FileReference(match.start(), match.end(), path, max(1, int(number)))


def _absolute(path: str, directory: str | None) -> str | None:
    if path.startswith("~/"):
        path = os.path.expanduser(path)  # noqa: PTH111  # leaves it as it is without a home directory
    elif not path.startswith("/"):
        if directory is None or not directory.startswith("/"):
            return None
        path = f"{directory}/{path}"
    return os.path.normpath(path) if path.startswith("/") else None


def links_in(text: str, directory: str | None, host: str) -> list[Link]:
    """The links of a displayed line: URLs, and paths that have a directory and an extension or a line number.

    Whether a path exists is not examined, since the line is about to be drawn.

    Args:
        text: the line, which is safe to show.
        directory: see `references_in`.
        host: the name of this machine, without which terminals of other machines would open their own files.
    """
    text = text[:_SEARCHED]
    if "/" not in text and ":" not in text and "line" not in text:
        return []
    links = [
        Link(match.start(), match.start() + len(url), _ascii(url))
        for match in _URL.finditer(text)
        if (url := _trimmed(match[0]))
    ]
    for start, end, path in _paths(text, directory):
        if len(links) >= _MOST:
            break
        if not any(link.start < end and start < link.end for link in links):
            links.append(Link(start, end, f"file://{quote(host, safe='')}{quote(path)}"))
    return sorted(links)[:_MOST]


def _paths(text: str, directory: str | None) -> Iterator[tuple[int, int, str]]:
    for reference in _references(text, directory):
        yield reference.start, reference.end, reference.path
    for match in _LINKED_PATH.finditer(text):
        path = _absolute(match[0], directory)
        if path is not None:
            yield match.start(), match.end(), path


def _trimmed(url: str) -> str:
    """A URL without the punctuation of the sentence around it."""
    while url:
        last = url[-1]
        if last in _AFTER_URL or (last in _BRACKETS and url.count(last) > url.count(_BRACKETS[last])):
            url = url[:-1]
        else:
            break
    return url


def _ascii(url: str) -> str:
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~")
