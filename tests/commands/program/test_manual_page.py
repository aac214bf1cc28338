"""The manual page."""

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from tests.support.cases import each_case
from tests.support.commands import refused, succeed
from zigtui import __version__, cli
from zigtui.commands.program.help_texts import ENVIRONMENT, FILES
from zigtui.commands.program.manual_page import manual_page
from zigtui.exit_codes import MEANINGS, ExitCode

LINTERS = {
    "mandoc": ["mandoc", "-T", "lint", "-W", "warning"],
    "groff": ["groff", "-man", "-wall", "-Tutf8", "-z"],
}


def plain(page: str) -> str:
    """The text of a page, without what belongs to roff."""
    text = re.sub(r"^\.(SS|B|SH) ", "", page, flags=re.MULTILINE)
    text = re.sub(r"\\f[BIR]", "", text)
    for escape, character in {r"\-": "-", r"\(aq": "'", r"\(ti": "~", r"\e": "\\", r"\&": ""}.items():
        text = text.replace(escape, character)
    return " ".join(text.split())


@pytest.fixture(scope="module")
def page() -> str:
    return succeed("help", "--man").stdout


def assert_explains(text: str, context: click.Context) -> None:
    """All options of a command, and each line of its help, are in a text."""
    options = [option for option in context.command.get_params(context) if isinstance(option, click.Option)]
    assert len(options) >= 2
    for option in options:
        assert " ".join((option.help or "").split()) in text
        assert all(f" {spelling}" in text for spelling in [*option.opts, *option.secondary_opts])
    _, _, paragraphs = (context.command.help or "").partition("\n\n")
    for line in paragraphs.split("\n"):
        assert " ".join(line.replace("\b", "").split()) in text


def test_the_program_is_explained_with_all_its_options(page: str) -> None:
    section = page.partition(".SH DESCRIPTION")[2].partition(".SH COMMANDS")[0]
    assert_explains(plain(section), click.Context(cli.zigtui, info_name="zigtui"))
    assert "zigtui \\- watch zig workflow sessions\n" in page


@each_case("name", sorted(cli.COMMANDS))
def test_each_command_is_explained_with_all_its_options(page: str, name: str) -> None:
    root = click.Context(cli.zigtui, info_name="zigtui")
    assert isinstance(cli.zigtui, click.Group)
    command = cli.zigtui.get_command(root, name)
    assert command is not None
    section = re.split(r"^\.S[SH] ", page.partition(f".SS zigtui {name} ")[2], flags=re.MULTILINE)[0]
    assert_explains(plain(section), click.Context(command, info_name=name, parent=root))


def test_exit_codes_variables_and_files_are_listed(page: str) -> None:
    text = plain(page)
    for title, rows in (("EXIT STATUS", MEANINGS), ("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES)):
        assert f" {title} .TP " in text
        for term, meaning in rows:
            assert f".TP {term} {meaning[:1].upper()}{meaning[1:]}." in text
    assert re.match(rf'\.TH ZIGTUI 1 \d{{4}}-\d\d-\d\d "zigtui {__version__}" "User Commands"\n', page)


def test_every_exit_code_has_a_meaning() -> None:
    codes = {int(label) for label, _ in MEANINGS if label.isdigit()}
    assert {code for code in ExitCode if code < 128} <= codes
    assert ExitCode.INTERRUPTED in codes


def test_the_help_lists_exit_codes_and_variables() -> None:
    text = " ".join(succeed("--help").stdout.split())
    assert all(f"{term} {meaning}" in text for term, meaning in (*MEANINGS, *ENVIRONMENT))


@pytest.mark.parametrize("group", [(), ("fleet",), ("record",)])
def test_the_short_helps_are_not_cut_off(group: tuple[str, ...]) -> None:
    commands = succeed(*group, "--help").stdout.partition("\nCommands:")[2]
    assert commands
    assert "..." not in commands


def test_the_page_is_for_the_whole_program() -> None:
    assert "--man is for the whole program" in refused("help", "--man", "list")


@pytest.mark.parametrize("linter", LINTERS)
def test_the_page_is_without_faults(page: str, tmp_path: Path, linter: str) -> None:
    if shutil.which(linter) is None:
        pytest.skip(f"{linter} is not installed")
    path = tmp_path / "zigtui.1"
    path.write_text(page)
    done = subprocess.run([*LINTERS[linter], path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


HOSTILE = """Run it.

    .so /etc/passwd is no request, nor is
    'br, nor \\fB this \\n(.x, nor ...

    \b
    .TH example
    'quoted' `x` ~ ^ \\ -x "café"
    """


def test_no_text_is_taken_for_roff() -> None:
    command = click.Command("run", help=HOSTILE, params=[click.Option(["--x"], help=".XX \\*(x\n'YY", metavar="'N.")])
    group = click.Group("zigtui", commands={"run": command}, help="Do it.")
    page = manual_page(click.Context(group, info_name="zigtui"))
    assert page.isascii()
    assert not re.search(
        r"^'|^\.(?!TH ZIGTUI|SH |SS zigtui|B zigtui|br$|PP$|TP$|RS 4$|nf$|fi$|RE$)", page, re.MULTILINE
    )
    assert not re.search(r"\\(?![-e&]|f[BIR]|\(aq|\(ga|\(ha|\(ti|\[u00E9\])", page)
    assert r'\(aqquoted\(aq \(gax\(ga \(ti \(ha \e \-x "caf\[u00E9]"' in page


def test_commands_of_a_command_are_explained(page: str) -> None:
    text = plain(page)
    assert "zigtui record step [OPTIONS] NAME -- PROGRAM [ARGS]... Run a program as a step of the session" in text
    done = succeed("help", "record", "step")
    assert done.stdout.startswith("Usage: zigtui record step [OPTIONS] NAME -- PROGRAM [ARGS]...")
    assert "there is no command 'stop'" in refused("help", "record", "stop")
