"""Read the file with the user's settings."""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from zigtui.reader.error_reasons import reason_of
from zigtui.settings.declared import DECLARED, Settings
from zigtui.settings.faults import Fault, SettingsError
from zigtui.settings.kinds import UnfitValueError
from zigtui.similar import most_similar

__all__ = ["FileSettings", "read_settings"]

_MAX_BYTES = 256 * 1024
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class FileSettings(NamedTuple):
    """The settings of a file.

    Attributes:
        settings: all settings, with the defaults of those that the file does not have.
        lines: the lines of the file on which settings are set, by their keys.
    """

    settings: Settings
    lines: Mapping[str, int]


def read_settings(path: Path | None) -> FileSettings:
    """Read the settings of a file; the defaults if there is none.

    Args:
        path: the file, see `zigtui.settings.location.settings_path`; None if there is no place for one.

    Raises:
        SettingsError: if the file cannot be read, or if something in it cannot be used.
    """
    text = None if path is None else _text_of(path)
    if path is None or not text:
        return FileSettings(Settings(), {})
    import tomllib  # only for users who have such a file

    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(path, [_syntax_fault(str(error), text)]) from error
    except (ValueError, RecursionError) as error:  # a number of too many digits, or too many brackets
        raise SettingsError(path, [_overlong_fault(text)]) from error
    return _settings_of(path, content, text)


def _text_of(path: Path) -> str | None:
    """The text of the file; None if there is none."""
    try:
        data = _read(path)
    except FileNotFoundError as error:
        if os.path.lexists(path):
            raise SettingsError(path, [Fault(None, None, "a link to a file that does not exist")]) from error
        return None
    except OSError as error:
        raise SettingsError(path, [Fault(None, None, f"cannot be read: {reason_of(error)}")]) from error
    if len(data) > _MAX_BYTES:
        raise SettingsError(path, [Fault(None, None, f"larger than {_MAX_BYTES // 1024} KB, which no settings are")])
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError(path, [Fault(line, None, "expected UTF-8: save the file in that encoding")]) from error


def _read(path: Path) -> bytes:
    status = path.stat()  # before opening, because opening a device can have side effects
    if not stat.S_ISREG(status.st_mode):
        kind = "a directory" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise OSError(None, f"it is {kind}")
    with os.fdopen(os.open(path, _OPEN_FLAGS), "rb") as file:
        return file.read(_MAX_BYTES + 1)


def _syntax_fault(message: str, text: str) -> Fault:
    """Describe what is not TOML. If the line begins with the key of a setting, its values are named too."""
    lines = text.rstrip("\n").split("\n")
    position = _POSITION.search(message)
    number = int(position[1]) if position is not None and position[1] else len(lines)
    number = max(1, min(number, len(lines)))
    reason = _POSITION.sub("", message)
    from zigtui.settings.key_lines import begun_key

    key = begun_key(lines[number - 1])
    if reason == "Cannot overwrite a value":
        return Fault(number, key, "expected each setting once, but it is set above too")
    declared = DECLARED.get(key or "")
    if declared is None:
        return Fault(number, None, f"expected TOML, such as wrap = true: {reason[:1].lower()}{reason[1:]}")
    example = f"{declared.key} = {declared.kind.written(declared.default)}"
    return Fault(number, key, f"expected {declared.kind.expected}, as in {example}: {reason[:1].lower()}{reason[1:]}")


def _overlong_fault(text: str) -> Fault:
    from zigtui.settings.key_lines import begun_key

    lines = text.split("\n")
    longest = max(range(len(lines)), key=lambda index: len(lines[index]))
    return Fault(longest + 1, begun_key(lines[longest]), "expected a shorter value")


def _settings_of(path: Path, content: Mapping[str, Any], text: str) -> FileSettings:
    values, messages = {}, {}
    for key, value in content.items():
        declared = DECLARED.get(key)
        if declared is None:
            messages[key] = _unknown(key, value)
            continue
        try:
            values[declared.attribute] = declared.kind.parse(value)
        except UnfitValueError as error:
            messages[key] = str(error)
    from zigtui.settings.key_lines import key_lines

    lines = key_lines(text)
    if messages:
        faults = [Fault(lines.get(key, 1), key, message) for key, message in messages.items()]
        raise SettingsError(path, sorted(faults, key=lambda fault: fault.line or 0))
    return FileSettings(Settings(**values), {key: lines.get(key, 1) for key in content})


def _unknown(key: str, value: object) -> str:
    if isinstance(value, dict):
        known = next((name for name in value if name in DECLARED), None)
        hint = "" if known is None else f"; write {known} above all sections"
        return f"no such section: the settings are not in sections{hint}"
    similar = most_similar(key, DECLARED) or next(filter(DECLARED.__contains__, re.split("[_-]", key.casefold())), None)
    hint = f"did you mean {similar}?" if similar is not None else "zigtui config --help lists all settings"
    return f"no such setting; {hint}"
