"""The text of an index: read it, or change some of its entries without reading the others.

The reference implementation and this package write an index in the same form: JSON with an indent of two spaces, a
session per object, oldest first. In a large index of this form, only the entries that change are parsed; all others are
copied as they are. Any other index is parsed as a whole.
"""

import os
import stat
import time
from collections.abc import Iterable, Iterator

from writer._common.errors import SessionError
from writer._common.pause import pause
from writer._indexes.entries import Entry
from writer._indexes.own_descriptor import OwnDescriptor

__all__ = ["SMALL_BYTES", "Index", "Splice", "find_splices", "is_whole", "load", "put", "write_index", "write_spliced"]

Index = dict[str, list[Entry]]
"""The only known key is ``sessions``. Other keys, which a later version may add, are kept unchanged."""

Splice = tuple[int, int, bytes]
"""A change of a file: from where, to where, and by what that part is replaced."""

SMALL_BYTES = 64 * 1024
"""The size of an index that is parsed as a whole, which takes less than a millisecond and finds all damage."""

_PARSE_AGAIN_SECS = 1.0
_HEAD = b'{\n  "sessions": [\n    {\n'
_TAIL = b"\n  ]\n}"
_ENTRY_HEAD, _ENTRY_TAIL = b"\n    {\n", b"\n    }"
_WINDOW_BYTES = 256 * 1024
_OVERLAP_BYTES = 1024  # more than an id takes, which two windows may share
_COPY_BYTES = 4 * 1024 * 1024


def load(path: str) -> Index | None:
    """Read an index. Return an empty one if there is no file, None if it is damaged.

    The reference implementation writes the file in place, so a damaged one is read again for a second.
    """
    give_up = time.monotonic() + _PARSE_AGAIN_SECS
    while True:
        try:
            if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe would block, a device must not be moved aside
                raise SessionError("the index is not a regular file", path)
            source = OwnDescriptor(path, os.O_RDONLY)
        except FileNotFoundError:
            return {"sessions": []}
        try:
            index = _parse(source.read())
        finally:
            source.close()
        if index is not None or time.monotonic() >= give_up:
            return index
        pause(0.02)


def _parse(text: bytes) -> Index | None:
    from writer._common.safe_orjson import orjson

    try:
        index = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(index, dict):
        return None
    entries = index.get("sessions")
    well_formed = isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
    return index if well_formed else None


def put(index: Index, entries: Iterable[Entry]) -> bool:
    """Add entries to an index, or update those of the same sessions; return whether that changes anything."""
    has_changed = False
    sessions = index["sessions"]
    known = {key: other for other in sessions if isinstance(key := other.get("zig_session_id"), str)}  # newest of two
    for entry in entries:
        session_id = str(entry["zig_session_id"])
        other = known.get(session_id)
        if other is None:
            known[session_id] = entry
            sessions.append(entry)
            has_changed = True
        else:
            has_changed = has_changed or other | entry != other
            other |= entry
    return has_changed


def find_splices(source: OwnDescriptor, entries: Iterable[Entry]) -> list[Splice] | None:
    """Find out how a large index changes if entries are added, or update those of the same sessions.

    Returns:
        The changes in the order of the file, or None if the index must be parsed: it is small or has another form.
    """
    if not hasattr(os, "pread"):  # on Windows
        return None
    descriptor, size = source.number(), source.size()
    if size <= SMALL_BYTES or os.pread(descriptor, len(_HEAD), 0) != _HEAD:
        return None
    tail = os.pread(descriptor, SMALL_BYTES, size - SMALL_BYTES)
    last = tail.rfind(_ENTRY_HEAD)
    if not tail.endswith(_ENTRY_TAIL + _TAIL) or last < 0:
        return None
    if "zig_session_id" not in (_parse_entry(tail[last : -len(_TAIL)]) or {}):
        return None
    wanted = {str(entry["zig_session_id"]).encode(): entry for entry in entries}
    splices: list[Splice] = []
    for session_id, offset in _find_ids(descriptor, size, wanted):
        found = _entry_at(descriptor, offset)
        if found is None:
            return None
        start, end, old = found
        new = old | wanted.pop(session_id)
        if new != old:
            splices.append((start, end, _entry_text(new)))
    splices.sort()
    if wanted:
        at = size - len(_TAIL)
        splices.append((at, at, b"".join(b"," + _entry_text(entry) for entry in wanted.values())))
    return splices


def is_whole(source: OwnDescriptor) -> bool:
    """Whether all entries of a large index can be parsed; they are read a few at a time."""
    from writer._common.safe_orjson import orjson

    descriptor, start, end = source.number(), len(_HEAD) - len(_ENTRY_HEAD), source.size() - len(_TAIL)
    while start < end:
        text = os.pread(descriptor, min(_WINDOW_BYTES, end - start), start)
        if start + len(text) < end:
            text = text[: text.rfind(_ENTRY_TAIL + b",") + len(_ENTRY_TAIL)]
        try:
            entries = orjson.loads(b"[" + text + b"]")
        except orjson.JSONDecodeError:
            return False
        if not entries or not all(isinstance(entry, dict) for entry in entries):
            return False
        start += len(text) + len(b",")
    return True


def _find_ids(descriptor: int, size: int, wanted: dict[bytes, Entry]) -> Iterator[tuple[bytes, int]]:
    """Find the entries of the wanted sessions, from the end; the caller removes those found from ``wanted``.

    A session that has just begun has an entry only if a process was killed during an update. It is among the newest
    then. The entry of a session that ends may be anywhere.
    """
    end = size
    while end > 0 and wanted:
        start = max(0, end - _WINDOW_BYTES)
        text = os.pread(descriptor, end - start + _OVERLAP_BYTES, start)
        for session_id in list(wanted):
            at = text.rfind(b'\n      "zig_session_id": "%b"' % session_id)
            if at >= 0:
                yield session_id, start + at
        end = start
        if all(entry["ended_at"] is None for entry in wanted.values()):
            return


def _entry_at(descriptor: int, offset: int) -> tuple[int, int, Entry] | None:
    """Return where the entry around ``offset`` starts and ends, and the entry; None if it is too long or damaged."""
    begin = max(0, offset - _WINDOW_BYTES)
    text = os.pread(descriptor, 2 * _WINDOW_BYTES, begin)
    start = text.rfind(_ENTRY_HEAD, 0, offset - begin + 1)
    end = text.find(_ENTRY_TAIL, offset - begin)
    entry = None if start < 0 or end < 0 else _parse_entry(text[start : end + len(_ENTRY_TAIL)])
    return None if entry is None else (begin + start, begin + end + len(_ENTRY_TAIL), entry)


def _parse_entry(text: bytes) -> Entry | None:
    from writer._common.safe_orjson import orjson

    try:
        entry = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return entry if isinstance(entry, dict) else None


def _entry_text(entry: Entry) -> bytes:
    from writer._common.safe_orjson import orjson

    return b"\n    " + orjson.dumps(entry, option=orjson.OPT_INDENT_2).replace(b"\n", b"\n    ")


def write_index(target: OwnDescriptor, index: Index, path: str) -> None:
    """Write a whole index to a new file.

    Raises:
        SessionError: If it is nested deeper than orjson can write.
    """
    from writer._common.safe_orjson import orjson

    try:
        text = orjson.dumps(index, option=orjson.OPT_INDENT_2)
    except orjson.JSONEncodeError as error:
        raise SessionError(f"cannot update the index ({error})", path) from error
    _write_all(target, text)


def write_spliced(target: OwnDescriptor, source: OwnDescriptor, splices: list[Splice], same_bytes: int = 0) -> None:
    """Write an index to another file, with changes.

    Args:
        target: The other file.
        source: The index.
        splices: The changes, in the order of the file.
        same_bytes: How much the other file has already of what comes before the changes.
    """
    os.lseek(target.number(), same_bytes, os.SEEK_SET)
    copied = same_bytes
    for start, end, text in splices:
        _copy(source, copied, start, target)
        _write_all(target, text)
        copied = end
    _copy(source, copied, source.size(), target)
    os.ftruncate(target.number(), os.lseek(target.number(), 0, os.SEEK_CUR))


def _copy(source: OwnDescriptor, start: int, end: int, target: OwnDescriptor) -> None:
    """Append a part of a file to another, if possible inside the kernel."""
    if hasattr(os, "copy_file_range"):
        try:
            while start < end:
                count = os.copy_file_range(source.number(), target.number(), min(_COPY_BYTES, end - start), start)
                if count == 0:
                    break
                start += count
        except OSError:  # not with these file systems; a full disk is an error below, too
            pass
    while start < end:
        data = os.pread(source.number(), min(_COPY_BYTES, end - start), start)
        if not data:  # the reference implementation has replaced it meanwhile
            raise OSError("the index has become shorter")
        _write_all(target, data)
        start += len(data)


def _write_all(target: OwnDescriptor, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(target.number(), view) :]
