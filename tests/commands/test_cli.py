"""What all commands have in common: help, what they load, and how they end."""

from pathlib import Path

import pytest

from tests.support.bases import recorded_base, write_log
from tests.support.cases import each_case
from tests.support.commands import refused, run_python, run_with_closed_output, succeed, zigtui
from tests.support.logs import Log
from tests.support.processes import run_zigtui
from tests.support.terminal import Terminal
from zigtui import __version__
from zigtui.cli import COMMANDS as ALL_COMMANDS

COMMANDS = ["list", "show", "listen", "check"]
NO_OPTION = "zigtui: No such option"
BEFORE = "put it before"
SCREEN = "zigtui: the screen needs a terminal; see zigtui --help for commands that need none"


@pytest.fixture
def base(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recorded sessions, as the user's own."""
    monkeypatch.chdir(home)
    return recorded_base(home / ".zig")


@each_case("option", ["--help", "-h"])
@each_case("command", COMMANDS)
def test_help_has_examples(command: str, option: str) -> None:
    text = succeed(command, option).stdout
    assert text.startswith(f"Usage: zigtui {command} ") or f" {command} [OPTIONS]" in text.splitlines()[0]
    assert text.count(f"\n  zigtui {command}") >= 2
    assert "--base DIR" in text


def test_help_names_all_commands_and_has_examples() -> None:
    text = succeed("--help").stdout
    assert all(f"\n  {command} " in text for command in [*COMMANDS, "demo", "export"])
    assert "\n  zigtui list --state failed --since 1d\n" in text
    assert "\n  open " not in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_example_of_the_help_can_be_parsed(command: str, base: Path) -> None:
    lines = [line.strip() for line in succeed(command, "--help").stdout.splitlines()]
    for example in (line for line in lines if line.startswith("zigtui ")):
        words = example.split("  ")[0].split(" | ")[0].replace("'", "").split()[1:]
        assert "No such option" not in zigtui(*words, "--help").stderr
        assert zigtui(*words, "--help").code == 0


@each_case(
    "words",
    [[command] for command in sorted(ALL_COMMANDS)]
    + [[], ["deploy"], ["show", "nope"], ["list", "--since", "nope"], ["listen", "--timestamps", "--json"]],
    ids=" ".join,
)
def test_the_version_can_be_asked_for_everywhere(home: Path, words: list[str]) -> None:
    assert succeed(*words, "--version").stdout == f"zigtui {__version__}\n"


def test_what_only_large_logs_and_mirrors_need_is_loaded_later(home: Path) -> None:
    code = "import sys, zigtui.cli, zigtui.reader.sessions; print('msgspec' in sys.modules)"
    assert run_python(code, home).stdout == "False\n"


LOADED = """
import sys
from zigtui.cli import main
for command in sys.argv[1:]:
    code = 0
    try:
        main(command.split())
    except SystemExit as end:
        code = end.code or 0
    print(command, code, file=sys.stderr)
screen = {name for name in sys.modules if name.split(".")[0] == "textual" or name.startswith("zigtui.ui")}
print(sorted(screen), "rich.style" in sys.modules, "orjson" in sys.modules, file=sys.stderr)
"""


def test_no_plain_command_loads_the_screen(home: Path, base: Path) -> None:
    commands = ["list", "list --json", "show", "show --json", "listen --latest", "check deploy", "--help"]
    done = run_python(LOADED, home, *commands)
    *ends, loaded = [line for line in done.stderr.splitlines() if not line.startswith("listening")]
    assert loaded == "[] False True"
    assert [f"{command} 0" for command in commands] == ends


@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["show", "--json", "matrix"],
        ["export", "--format", "html"],
        ["list", "--help"],
        ["help"],
        ["--version"],
    ],
    ids=" ".join,
)
def test_a_reader_that_has_gone_is_no_failure(home: Path, base: Path, arguments: list[str]) -> None:
    done = run_with_closed_output(*arguments, home=home)
    assert (done.returncode, done.stderr) == (0, "")


INTERRUPTED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class CtrlC:
    def find_spec(self, name, *_):
        if name == sys.argv[1]:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, CtrlC())
from zigtui.__main__ import main
main()
"""


@pytest.mark.parametrize("module", ["zigtui.cli", "click", "orjson", "zigtui.commands.list"])
def test_ctrl_c_while_it_starts_is_quiet(home: Path, base: Path, module: str) -> None:
    done = run_python(INTERRUPTED.replace("sys.argv[1]", repr(module)), home, "list")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_ctrl_c_while_the_last_output_waits_is_quiet(home: Path, stream: str) -> None:
    code = f"""
import io, sys
from zigtui.cli import main
class Waiting(io.StringIO):
    waits = False
    def flush(self):
        if self.waits:
            self.waits = False
            raise KeyboardInterrupt
stream = sys.{stream} = Waiting()
stream.waits = True
main(["--version"])
"""
    done = run_python(code, home)
    assert (done.returncode, done.stderr) == (130, "")


COLLECTED = """
import gc
from zigtui.__main__ import main
searched = []
gc.callbacks.append(lambda phase, info: phase == "start" and searched.append(len(gc.get_objects())))
main()
print(searched[0], gc.get_freeze_count(), gc.isenabled())
"""


def test_what_was_imported_is_not_searched_for_garbage(home: Path, base: Path) -> None:
    done = run_python(COLLECTED, home, "list")
    searched, spared, is_enabled = done.stdout.splitlines()[-1].split()
    assert int(spared) > 5 * int(searched)
    assert is_enabled == "True"


# Help, and words that are nearly right


@each_case("command", [*COMMANDS, "export", "demo", "help"])
def test_help_is_a_command_too(command: str) -> None:
    assert succeed("help", command).stdout == succeed(command, "--help").stdout
    assert f"zigtui {command}" in succeed("help", command).stdout


def test_help_without_a_command_is_that_of_all() -> None:
    assert succeed("help").stdout == succeed("--help").stdout


@each_case(
    ("arguments", "reported"),
    [
        (["help", "lsit"], "zigtui: there is no command 'lsit'; did you mean the command list?"),
        (["help", "nobody"], "zigtui: there is no command 'nobody'"),
        (["lsit"], f"{SCREEN}; did you mean the command list?"),
        (["lsit", "--json"], "zigtui: No such option '--json'; did you mean the command list?"),
        (["shwo", "deploy"], "zigtui: Got unexpected extra argument (deploy); did you mean the command show?"),
        (["deploy"], SCREEN),
        (["list", "--fleet", "prod"], f"{NO_OPTION} '--fleet'; {BEFORE} the command: zigtui --fleet NAME list"),
        (["show", "x", "--fleet=prod"], f"{NO_OPTION} '--fleet'; {BEFORE} the command: zigtui --fleet NAME show"),
        (["show", "--debug"], f"{NO_OPTION} '--debug'; {BEFORE} the command: zigtui --debug show"),
        (["fleet", "add", "--log", "x"], f"{NO_OPTION} '--log'; {BEFORE} the command: zigtui --log FILE fleet add"),
        (["deploy", "--fleet", "prod"], f"{NO_OPTION} '--fleet'; {BEFORE} the session: zigtui --fleet NAME deploy"),
        (["deploy", "--project", "a"], f"{NO_OPTION} '--project'; {BEFORE} the session: zigtui --project DIR deploy"),
        (["deploy", "--since", "2h"], f"{NO_OPTION} '--since'; {BEFORE} the session: zigtui --since WHEN deploy"),
        (["show", "--project", "a"], f"{NO_OPTION} '--project'."),
        (["fleet", "add", "--fleet", "x"], f"{NO_OPTION} '--fleet'."),
        (["config", "--base", "x"], f"{NO_OPTION} '--base'."),
    ],
    ids=str,
)
def test_a_hint_is_given_for_a_command_or_an_option_that_is_nearly_right(
    base: Path, arguments: list[str], reported: str
) -> None:
    assert refused(*arguments) == f"{reported}\n"


def test_a_hint_is_given_for_a_misspelt_option(base: Path) -> None:
    assert "Did you mean" in refused("show", "--jsno")


def test_a_session_that_is_not_there_may_have_been_meant_as_a_command(home: Path, base: Path) -> None:
    with Terminal("chekc", home=home) as terminal:
        assert terminal.wait_for_exit() == 2
    first = terminal.written.decode().splitlines()[0]
    assert first.startswith("zigtui: no session has the id or the workflow name 'chekc' (--wait waits for it); ")
    assert first.endswith("; did you mean the command check?")


def test_a_session_that_is_not_there_may_have_been_meant_as_a_workflow(home: Path, base: Path) -> None:
    with Terminal("deplyo", home=home) as terminal:
        assert terminal.wait_for_exit() == 2
    first = terminal.written.decode().splitlines()[0]
    assert first.startswith("zigtui: no session has the id or the workflow name 'deplyo' (--wait waits for it); ")
    assert first.endswith("; did you mean the workflow 'deploy'?")


def test_the_screen_opens_a_log_by_its_path(home: Path, tmp_path: Path) -> None:
    for log in (write_log(tmp_path / "base", Log().start()), tmp_path / "odd.jsonl"):
        log.write_bytes(Log().start().tier(0, "a").step("a").says("a", "hello there").data)
        with Terminal(log, home=home) as terminal:
            terminal.wait_for("hello there")
            terminal.press("q")
            assert terminal.wait_for_exit() == 0


@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["show", "weird [bold]name[/bold]"]])
def test_output_is_utf8_wherever_it_is_run(home: Path, base: Path, arguments: list[str]) -> None:
    done = run_zigtui(*arguments, home=home, environment={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "日本語" in done.stdout or "--json" in arguments


def test_a_session_and_the_active_one_are_not_opened_together(base: Path) -> None:
    assert "only one of them" in refused("--active", "deploy")


@each_case(
    ("arguments", "message"),
    [
        (
            ("--active", "list"),
            "list takes no --active: it is for the screen (zigtui help list has the options of list)",
        ),
        (("--active", "listen"), "put --active after the name of the command: zigtui listen --active"),
        (("--project", ".", "list"), "put --project after the name of the command: zigtui list --project"),
        (("--filter", "deploy", "list"), "list takes no --filter"),
        (("--filter", "deploy", "serve"), "put --filter after the name of the command: zigtui serve --filter"),
        (("--at", "1", "list"), "list takes no --at"),
        (("--wait", "listen"), "put --wait after the name of the command: zigtui listen --wait"),
        (("--wait", "prune"), "prune takes no --wait"),
    ],
)
def test_options_of_the_screen_are_not_taken_for_those_of_a_command(
    base: Path, arguments: tuple[str, ...], message: str
) -> None:
    assert message in refused(*arguments)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("flow", "--at", "noon"), "cannot go to noon (try 14:03 +5m -90s 1200 50%)"),
        (("flow", "--at", ""), "cannot go to"),
        (("--at", "14:03"), "name a session for --step, --at and --wait, or use --active"),
        (("--step", "build"), "name a session for --step, --at and --wait, or use --active"),
    ],
    ids=str,
)
def test_where_to_open_a_session_is_checked(base: Path, arguments: tuple[str, ...], reason: str) -> None:
    assert reason in refused(*arguments)


@pytest.mark.parametrize("arguments", [(), ("deploy",), ("--active",), ("nobody",)], ids=" ".join)
def test_the_screen_needs_a_terminal(base: Path, arguments: tuple[str, ...]) -> None:
    assert "needs a terminal" in refused(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "--colour"],
        ["show", "a", "b"],
        ["listen", "--tail", "many"],
        ["listen", "--tail", "-1"],
        ["check", "--no"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_reported_in_one_line(base: Path, arguments: list[str]) -> None:
    assert refused(*arguments).count("\n") == 1
