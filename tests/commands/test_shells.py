"""Shell completion as bash, zsh and fish ask for it, and their scripts."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.bases import recorded_base, session_id, write_log
from tests.support.cases import each_case
from tests.support.commands import zigtui
from tests.support.logs import Log
from tests.support.processes import user_environment
from tests.support.pseudo_terminal import PseudoTerminal
from tests.support.waiting import DEADLINE_SECS, until
from zigtui.cli import COMMANDS

STEPS = ["build", "run tests", "a:b", "x=y", "it's", "$(id)", "*", "~", "back\\slash", "-dash", "u@host"]
HOSTILE = ["new\nline", "tab\tx", "esc\x1b[2J", "c1\x9b", "bidi\u202e", ""]
STATES = ["running", "stalled", "idle", "unreachable", "lost", "succeeded", "failed", "unreadable"]


@pytest.fixture
def base(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A session with steps of many names, which is the newest one."""
    monkeypatch.chdir(home)
    write_log(home / ".zig", Log().start().tier(0, *STEPS, *HOSTILE), session_id(7), workflow="my flow")
    return home / ".zig"


class Asking:
    """Asks for completions as a shell does. A blank separates the words, a newline those of bash."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._set = monkeypatch.setenv

    def __call__(self, shell: str, words: str) -> list[str]:
        separator = "\n" if "\n" in words else " "
        current = words.rpartition(separator)[2]
        self._set("_ZIGTUI_COMPLETE", f"{shell}_complete")
        self._set("COMP_WORDS", words)
        self._set("COMP_CWORD", current if shell == "fish" else str(words.count(separator)))
        done = zigtui()
        assert (done.code, done.stderr) == (0, "")
        return done.stdout.removesuffix("\n").split("\n") if done.stdout.strip() else []

    def values(self, words: str) -> list[str]:
        """The values that are offered, which all shells are."""
        lines = self("zsh", words)
        values = [value for kind, value in zip(lines[::3], lines[1::3], strict=True) if kind == "plain"]
        fish = [line.partition("\t")[0] for line in self("fish", words)]
        assert [line for line in fish if line[:6] == "plain,"] == [f"plain,{value}" for value in values]
        return values


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Asking:
    return Asking(monkeypatch)


# What is offered


@each_case(
    ("words", "offered"),
    [
        ("zigtui list --state ", STATES),
        ("zigtui list -s fa", ["failed"]),
        ("zigtui list --state=fa", ["failed"]),
        ("zigtui list --state failed,lo", ["failed,lost"]),
        ("zigtui list --state=failed,lost,", [f"failed,lost,{state}" for state in STATES if state[0] not in "fl"]),
        ("zigtui list --state nope", []),
        ("zigtui export --format=h", ["html"]),
        ("zigtui list --sta", ["--state"]),
        ("zigtui list --vers", ["--version"]),
        ("zigtui listen --fo", ["--follow"]),
        ("zigtui list --since ", []),
        ("zigtui list --limit ", []),
    ],
)
def test_values_of_options_are_offered(base: Path, ask: Asking, words: str, offered: list[str]) -> None:
    assert ask.values(words) == offered


@each_case("session", ["", "00000007 ", session_id(7) + " ", "--active ", "{path} "])
@each_case("option", ["--step ", "--step="])
def test_the_steps_of_the_session_are_offered(base: Path, ask: Asking, session: str, option: str) -> None:
    (path,) = base.rglob("*.jsonl")
    assert ask.values(f"zigtui listen {session.format(path=path)}{option}") == STEPS
    assert ask.values(f"zigtui listen {session.format(path=path)}{option}r") == ["run tests"]


def test_steps_of_a_session_that_does_not_exist_are_not_offered(home: Path, ask: Asking) -> None:
    assert ask.values("zigtui listen --step ") == ask.values("zigtui listen nope --step ") == []
    assert ask.values("zigtui listen ./nope.jsonl --step ") == []


def test_the_steps_at_both_ends_of_a_large_log_are_offered(home: Path, ask: Asking) -> None:
    log = Log().start().tier(0, "first").step("first").says("first", *["x" * 100_000] * 120)
    write_log(home / ".zig", log.tier(1, "last").step("last"))
    assert ask.values("zigtui listen --step ") == ["first", "last"]


def test_workflows_are_offered_as_patterns_that_match_them(home: Path, ask: Asking) -> None:
    recorded_base(home / ".zig")
    names = ask.values("zigtui list --workflow ")
    assert {"deploy", "solve", "weird [[]bold]name[[]/bold]"} <= set(names)
    assert ask.values("zigtui list -w weird") == ["weird [[]bold]name[[]/bold]"]
    assert ask.values("zigtui list --workflow=dep") == ["deploy"]


def test_sessions_of_a_base_below_the_home_directory_are_offered(home: Path, ask: Asking) -> None:
    write_log(home / "other", Log().start(), session_id(1), workflow="build")
    assert ask.values("zigtui show --base ~/other bui") == ["build"]


def test_an_older_session_is_offered_by_the_beginning_of_its_id(home: Path, ask: Asking) -> None:
    for number in range(1, 260):
        write_log(home / ".zig", Log().start(), session_id(number), modified=1e9 - number)
    assert ask.values("zigtui show 00000259") == [session_id(259)]
    assert len(ask.values("zigtui show 000")) == 200 + 59


@each_case(
    ("words", "kind"),
    [
        ("zigtui --base ", "dir"),
        ("zigtui --project x", "dir"),
        ("zigtui demo --base=", "dir"),
        *[
            (f"zigtui {command} --base ", "dir")
            for command in sorted(COMMANDS)
            if command not in ("config", "demo", "fleet", "help")
        ],
        ("zigtui list --project ", "dir"),
        ("zigtui export -o ", "file"),
        ("zigtui export --output=x", "file"),
        ("zigtui --log ", "file"),
    ],
)
@each_case("shell", ["bash", "zsh", "fish"])
def test_paths_are_left_to_the_shell(home: Path, ask: Asking, shell: str, words: str, kind: str) -> None:
    assert ask(shell, words)[0].partition(",")[0] == kind


# The form in which it is offered


@pytest.mark.parametrize("words", ["zigtui ", "zigtui show ", "zigtui check ", "zigtui --base ", "zigtui list -"])
def test_for_zsh_no_line_is_empty(base: Path, ask: Asking, words: str) -> None:
    lines = ask("zsh", words)
    assert len(lines) % 3 == 0
    assert set(lines[::3]) <= {"plain", "dir", "file"}
    assert "" not in lines


def test_descriptions_of_hostile_names_stay_on_their_lines(home: Path, ask: Asking) -> None:
    write_log(home / ".zig", Log().start(), session_id(1), workflow="a\nplain,b\tc:d\x1b[2J")
    assert len(ask("zsh", "zigtui show 0")) == 3 + 3
    (line,) = [line for line in ask("fish", "zigtui show 0") if line.startswith("plain")]
    assert line.count("\t") == 1
    assert line.replace("\t", "").isprintable()
    assert ask("bash", "zigtui show 0")[1:] == [f"plain,{session_id(1)}"]


@each_case(
    ("words", "offered"),
    [
        (["--step", "r"], "run\\ tests"),
        (["--step", '"run t'], "run tests"),
        (["--step", "'"], "build,run tests,a:b,x=y,*,~,-dash,u@host"),
        (["--step", "a", ":", "b"], "b"),
        (["--step", "u", "@", "h"], "@host"),
        (["--step", "u", "@"], "@host"),
        (["--step", "=", "u", "@", "h"], "@host"),
        (["--step", "a", ":"], "b"),
        (["--step", "=", "a", ":"], "b"),
        (["--step", "=", "x", "=", "y"], "y"),
        (["--step", "=", "bu"], "build"),
        (["--step", "i"], "it\\'s"),
        (["--step", "\\$"], "\\$\\(id\\)"),
        (["--step", "\\*"], "\\*"),
        (["--step", "ba"], "back\\\\slash"),
    ],
)
def test_for_bash_values_are_quoted_and_begin_where_bash_begins_the_word(
    base: Path, ask: Asking, words: list[str], offered: str
) -> None:
    lines = ask("bash", "\n".join(["zigtui", "listen", *words]))
    assert ",".join(line.removeprefix("plain,") for line in lines) == offered


def test_in_bash_an_option_that_was_split_counts(base: Path, home: Path, ask: Asking) -> None:
    write_log(home / "other", Log().start(), session_id(1), workflow="build")
    assert ask("bash", "zigtui\nshow\n--base\n=\nother\nbui")[1:] == ["plain,build"]
    assert ask("bash", "zigtui\nlist\n--state\n=\nfailed,lo") == ["plain,failed,lost"]
    assert ask("bash", "zigtui\nlist\n--state\n=") == [f"plain,{state}" for state in STATES]


# The scripts


@pytest.fixture
def user(home: Path) -> dict[str, str]:
    """The environment of a user who has ``zigtui`` on the search path."""
    program = home / "bin" / "zigtui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m zigtui "$@"\n')
    program.chmod(0o755)
    environment = user_environment(home)
    return environment | {"PATH": f"{program.parent}{os.pathsep}{environment['PATH']}"}


def run_in(shell: str, script: str, home: Path, user: dict[str, str]) -> list[str]:
    """Run a script with the program's completion; return the lines that it prints."""
    done = subprocess.run(
        [shell, "-c", script],
        cwd=home,
        env=user,
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE_SECS,
        check=True,
    )
    return done.stdout.splitlines()


QUOTED = [("my", "my flow"), ("a:", "a:b c"), ("u@h", "u@host"), ("q\\;", "q;$x '")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shell", "prepare"),
    [
        (["bash", "--norc", "--noprofile", "-i"], ""),
        (["zsh", "-f", "-i"], "autoload -Uz compinit && compinit -u -D && "),
    ],
    ids=["bash", "zsh"],
)
def test_tab_completes_names_that_need_quoting(
    home: Path, user: dict[str, str], shell: list[str], prepare: str
) -> None:
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed")
    for number, (_, name) in enumerate(QUOTED):
        write_log(home / ".zig", Log().start(), session_id(number), workflow=name)
    source = f'{prepare}eval "$(_ZIGTUI_COMPLETE={shell[0]}_source zigtui)"\n'
    environment = user | {"PS1": "ready> ", "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    with PseudoTerminal(shell, directory=home, environment=environment, size=(200, 40)) as terminal:
        output = bytearray()
        for line in (source, *[f"zigtui show {typed}\t--json >> shown\n" for typed, _ in QUOTED], ""):
            for _ in until(lambda: b"ready> " in output, lambda: output):
                output.extend(terminal.read(0.05))
            output.clear()
            terminal.press(line)
    shown = [json.loads(line)["workflow"] for line in (home / "shown").read_text().splitlines()]
    assert shown == [name for _, name in QUOTED]


def test_bash_runs_the_script(home: Path, base: Path, user: dict[str, str]) -> None:
    script = """
        eval "$(_ZIGTUI_COMPLETE=bash_source zigtui)"
        complete -p zigtui
        COMP_WORDS=(zigtui list --state = fa -n 5) COMP_CWORD=4
        _zigtui_completion zigtui; printf '%s\\n' "${COMPREPLY[@]}"
        COMP_WORDS=(zigtui listen --step "") COMP_CWORD=3
        _zigtui_completion zigtui; printf '%s\\n' "${COMPREPLY[@]:0:2}"
    """
    assert run_in("bash", script, home, user) == [
        "complete -o nosort -F _zigtui_completion zigtui",
        "failed",
        "build",
        "run\\ tests",
    ]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_runs_the_script(home: Path, base: Path, user: dict[str, str]) -> None:
    script = """
        compdef() { }; compset() { PREFIX=${PREFIX#*=} }; compadd() { print -rl -- "${(@P)@[-1]}" "${(@)displayed}" }
        _path_files() { print -r -- "files $1 $PREFIX" }
        eval "$(_ZIGTUI_COMPLETE=zsh_source zigtui)"
        complete_words() { words=("$@") CURRENT=$# PREFIX=$@[-1]; _zigtui_completion }
        complete_words zigtui show ''
        complete_words zigtui list --base=x
        complete_words zigtui list --state=fa
        complete_words zigtui listen --step ru
    """
    assert run_in("zsh", script, home, user) == [
        "my flow",
        session_id(7),
        f"{'my flow':36} -- my flow, 2026-03-01",
        f"{session_id(7)} -- my flow, 2026-03-01",
        "files -f ",
        "files -/ x",
        "failed",
        "run tests",
    ]


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_runs_the_script(home: Path, base: Path, user: dict[str, str]) -> None:
    (home / "directory").mkdir()
    lines = [
        "_ZIGTUI_COMPLETE=fish_source zigtui | source",
        *[f"complete -C '{words}'" for words in ("zigtui list --state=failed,lo", "zigtui listen --step ru")],
        *[f"complete -C '{words}'" for words in ("zigtui show my", 'zigtui show "my f')],
        *[f"complete -C '{words}'" for words in ("zigtui list --base=dir", "zigtui list --base dir")],
    ]
    assert run_in("fish", "\n".join(lines), home, user) == [
        "--state=failed,lost",
        "run tests",
        *["my flow\tmy flow, 2026-03-01"] * 2,
        "--base=directory/\tDirectory",
        "directory/\tDirectory",
    ]
