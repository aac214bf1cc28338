"""Hostile text and numbers in every field: what reaches a terminal is safe, and JSON is JSON with the same values."""

import json
import os
import random
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bases import sessions_directory
from tests.support.commands import Done, freeze, refused, zigtui
from tests.support.logs import Log
from tests.support.processes import run_zigtui
from writer import EVENT_FIELDS
from zigtui.commands.export.registry import format_names
from zigtui.exit_codes import ExitCode

PIECES = [
    *map(chr, range(1, 0x20)), *map(chr, range(0x7F, 0xA0)),  # C0, DEL and C1
    "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u180e", "\u061c", "\u200e", "\u200f",
    *map(chr, range(0x2028, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\ufff9", "\ufffb",
    "\U000e0001", "\U000e0041", "\U0001d173", "\U0010ffff", "\ue000", "\u3000", "\u0301", "\U0001f468\u200d\U0001f469",
    "\x1b]0;owned\x07", "\x1b[2J", "\x9b2J", "\x1bP1q\x1b\\", "\x9downed\x9c", "\r\n", '"', "\\", "&", "<", "`", "|",
    "\\u009b", "evil", "日本語", " ",
]  # fmt: skip
LONG_NUMBER = "a number that Python does not write"
NUMBERS: list[object] = [
    0,
    -1,
    2**63,
    2**64,
    -(2**70),
    10**400,
    LONG_NUMBER,
    1e308,
    -1e308,
    0.5,
    True,
    None,
    "1",
    [],
    {"a": [1]},
]

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
JOINERS = "\u200c\u200d\u00ad\u180e"  # the screen needs them for scripts and emoji

JSON_COMMANDS = ["list --json", "show --json", "check --json", "export --format json", "listen --json --no-follow"]
TEXT_COMMANDS = [
    *("list", "show", "check", "listen --no-follow", "listen --no-follow --timestamps --step nobody"),
    *(f"export --format {name}" for name in format_names() if name != "json"),
]


def unsafe_in(text: str, kept: str = "") -> list[str]:
    """The characters that act on a terminal or hide text, without newlines and colours."""
    return [
        character
        for character in COLOURS.sub("", text)
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in "\n" + kept
    ]


def hostile_log(random_: random.Random) -> Log:
    """A session with hostile text in every field, and hostile numbers in some."""

    def text() -> str:
        return "".join(random_.choices(PIECES, k=random_.randrange(1, 12)))

    names = [text() for _ in range(3)]

    def value(name: str, kind: str) -> object:
        match kind.removesuffix("?"):
            case "integer":
                return random_.choice(NUMBERS) if random_.random() < 0.3 else random_.randrange(3)
            case "texts":
                return names if name == "step_names" else [text() for _ in range(2)]
        if name == "stream" and random_.random() < 0.7:
            return random_.choice(["stdout", "stderr"])
        if name == "step_name":
            return random_.choice(names)
        if name == "line" and random_.random() < 0.2:
            digits = "9" * random_.choice([3, 30, 400, 5000])
            return f"  tokens: {digits} in / {digits} out, cost=${digits}.5"
        return text()

    log = Log()
    kinds = ["zig_session_started", "tier_started", *random_.choices(list(EVENT_FIELDS)[2:8], k=25), text()]
    for kind in [*kinds, *random_.choices(["zig_session_ended", "heartbeat"], k=1)]:
        own = {name: value(name, kind_of) for name, kind_of in EVENT_FIELDS.get(kind, {}).items()}
        if kind == kinds[-1]:
            own[text()] = text()  # of a later version
        log.event(kind, **own, **({"ts": text()} if random_.random() < 0.1 else {}))
    return log


def strict(text: str) -> Iterator[object]:
    """The JSON values on the lines of a text, which must be JSON by the letter."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    assert text.endswith("\n") or not text
    for line in text.split("\n")[:-1]:
        yield json.loads(line, parse_constant=refuse)


def run(*arguments: str | Path, on_terminal: bool = False) -> Done:
    done = zigtui(*arguments, on_terminal=on_terminal)
    known = (ExitCode.OK, ExitCode.FAILED, ExitCode.LOST_OR_TIMEOUT)
    assert done.code in known or (done.code == ExitCode.USAGE and "no step nobody" in done.stderr), ascii(done)
    assert unsafe_in(done.stderr, JOINERS) == []
    return done


def written(home: Path, seed: int) -> Path:
    """A log with everything hostile, its path too, in a base of its own."""
    random_ = random.Random(seed)
    evil = "".join(piece for piece in random_.choices(PIECES, k=8) if "/" not in piece)
    base = home / os.fsdecode(f"base {evil}".encode() + b"\xe9")
    path = sessions_directory(base, f"project {evil}") / f"id {evil}.jsonl"
    path.write_bytes(hostile_log(random_).data.replace(f'"{LONG_NUMBER}"'.encode(), b"9" * 5000))
    return base


@pytest.mark.parametrize("seed", range(8))
def test_json_is_the_same_on_a_terminal_but_safe(home: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home / "ho\x9b2Jme"))
    monkeypatch.chdir(home)
    freeze(monkeypatch)
    base = written(home, seed)
    for command in JSON_COMMANDS:
        plain = run(*command.split(), "--base", base)
        shown = run(*command.split(), "--base", base, on_terminal=True)
        assert list(strict(plain.stdout)) == list(strict(shown.stdout)), command
        assert unsafe_in(shown.stdout) == [], command
        assert "\\u009b" not in plain.stdout.replace("\\\\u009b", ""), command


def test_json_keeps_the_bytes_where_no_terminal_is_and_raw_is_raw(home: Path) -> None:
    line = '{"seq":1 ,\t"type":"zig_session_started","workflow_name":"a\x9b\x7f\u202e\U000e0041","tier_count":1}\r'
    path = sessions_directory(home / ".zig") / "x.jsonl"
    path.write_bytes(line.encode() + b"\n")
    command = ("listen", path, "--no-follow", "--json")
    assert zigtui(*command).stdout == line + "\n"
    assert zigtui(*command, "--raw", on_terminal=True).stdout == line + "\n"
    shown = zigtui(*command, on_terminal=True).stdout
    escaped = r"a\u009b\u007f\u202e\udb40\udc41"
    assert shown == line.replace("a\x9b\x7f\u202e\U000e0041", escaped).replace("\t", " ").replace("\r", " ") + "\n"


@pytest.mark.parametrize("seed", range(8))
def test_text_is_safe_on_a_terminal(home: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    base = written(home, seed)
    for command in TEXT_COMMANDS:
        assert unsafe_in(run(*command.split(), "--base", base, on_terminal=True).stdout, JOINERS) == [], command


# Messages

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b2J\x7f\u202e\u200b\nzigtui: fine"


@pytest.mark.parametrize(
    "arguments",
    [
        [EVIL],
        [f"--{EVIL}"],
        [f"-{EVIL}"],
        ["list", EVIL],
        ["list", f"--{EVIL}"],
        ["list", f"--{EVIL}=1"],
        ["list", "--state", EVIL],
        ["list", "--limit", EVIL],
        ["list", "--since", EVIL],
        ["list", "--base", EVIL],
        ["list", "--project", f"{EVIL}/."],
        ["show", EVIL],
        ["show", f"./{EVIL}"],
        ["show", f"{EVIL}/x.jsonl"],
        ["show", "a", EVIL],
        ["check", f"{EVIL}.jsonl"],
        ["listen", "--timeout", EVIL],
        ["listen", "--tail", EVIL],
        ["help", EVIL],
        ["export", "--format", EVIL],
        ["export", "--format", "md", "-o", f"{EVIL}/x"],
        ["demo", "--speed", EVIL],
        ["demo", "--base", f"/dev/null/{EVIL}"],
        ["--log", "/dev", EVIL],
        ["--log", f"{EVIL}.jsonl", "list"],
    ],
    ids=lambda arguments: " ".join(arguments).replace(EVIL, "EVIL"),
)
def test_a_message_that_repeats_an_argument_is_one_safe_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(home)
    (home / ".zig").mkdir()
    done = zigtui(*arguments)
    if done.code == ExitCode.OK:  # a project without sessions
        return
    message = refused(*arguments)
    assert unsafe_in(message) == []
    assert len([line for line in message.splitlines() if line.startswith("zigtui: ")]) == 1


@pytest.mark.parametrize("command", ["list", "show", "list --base x", "show nobody"])
def test_a_message_that_repeats_the_home_directory_is_safe(home: Path, command: str) -> None:
    for directory in (EVIL, f"/{EVIL}"):
        done = run_zigtui(*command.split(), home=home, environment={"HOME": directory})
        assert unsafe_in(done.stderr) == []
        assert done.stdout == "" or command == "list"


def test_the_names_of_candidates_are_safe(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    for number in range(2):
        path = sessions_directory(home / ".zig") / f"abcd{number}\x9b\u202e.jsonl"
        path.write_bytes(Log().start().data.replace(b"flow", "fl\x9b\u202eow".encode()))
    message = refused("show", "abcd")
    assert unsafe_in(message) == []
    assert message.count("\n") == 3


def test_a_defect_and_its_traceback_are_safe(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(EVIL)

    monkeypatch.setattr("zigtui.commands.list.list_sessions", fail)
    (home / ".zig").mkdir()
    done = zigtui("--debug", "--log", home / EVIL.replace("/", ""), "list")
    assert done.code == ExitCode.DEFECT
    assert unsafe_in(done.stderr) == []
