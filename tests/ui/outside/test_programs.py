"""The command lines of pagers and editors."""

from pathlib import Path

import pytest

from tests.support.cases import each_case
from zigtui.ui.outside.private_file import file_name_of
from zigtui.ui.outside.programs import Program, ProgramError, editor, pager

FILE = "/tmp/a b/-x.txt"


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """An environment in which all the programs of these tests exist."""
    for name in (
        *("vim", "vi", "nvim", "nano", "emacs", "hx", "code", "subl", "kate", "micro", "own-editor", "gvim"),
        *("less", "more", "bat", "cat"),
    ):
        program = tmp_path / name
        program.touch(mode=0o755)
    return {"PATH": str(tmp_path)}


@each_case(
    ("variable", "words"),
    [
        ("vi", ["vi", "+7", FILE]),
        ("nano", ["nano", "+7", FILE]),
        ("nvim -R", ["nvim", "-R", "+7", FILE]),
        ("emacs -nw", ["emacs", "-nw", "+7", FILE]),
        ("own-editor", ["own-editor", "+7", FILE]),
        ("hx", ["hx", f"{FILE}:7"]),
        ("code --wait", ["code", "--wait", "--goto", f"{FILE}:7"]),
        ("subl -w", ["subl", "-w", f"{FILE}:7"]),
        ("kate", ["kate", "--line", "7", FILE]),
    ],
)
def test_editors_take_the_line_in_their_own_way(installed: dict[str, str], variable: str, words: list[str]) -> None:
    assert editor(FILE, 7, {**installed, "EDITOR": variable}).words == words


def test_the_path_of_an_editor_may_have_spaces(installed: dict[str, str]) -> None:
    directory = Path(installed["PATH"], "my editors")
    directory.mkdir()
    Path(directory, "hx").touch(mode=0o755)
    words = editor(FILE, 7, {**installed, "EDITOR": f"'{directory}/hx' -v"}).words
    assert words == [f"{directory}/hx", "-v", f"{FILE}:7"]


def test_the_variables_in_their_order(installed: dict[str, str]) -> None:
    assert editor(FILE, 1, {**installed, "EDITOR": "vi", "VISUAL": "micro"}).name == "micro"
    assert editor(FILE, 1, {**installed, "EDITOR": "vi", "VISUAL": " "}).name == "vi"
    assert editor(FILE, 1, installed).name == "nano"


def test_no_modeline_of_a_log_is_obeyed(installed: dict[str, str]) -> None:
    environment = {**installed, "EDITOR": "vim"}
    assert editor(FILE, 7, environment).words == ["vim", "+7", FILE]
    assert editor(FILE, 7, environment, is_recorded=True).words == ["vim", "--cmd", "set nomodeline", "+7", FILE]


@pytest.mark.parametrize(
    ("variable", "may_return"),
    [("code", True), ("code --wait", False), ("gvim", True), ("gvim -f", False), ("vi", False)],
)
def test_editors_that_return_at_once_are_known(installed: dict[str, str], variable: str, may_return: bool) -> None:
    assert editor(FILE, 7, {**installed, "EDITOR": variable}).may_return_at_once == may_return


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("less -S", ["less", "-S", "-R", "-+F", "+7", FILE]),
        ("more", ["more", "+7", FILE]),
        ("bat", ["bat", FILE]),
        ("cat", ["less", "-R", "-+F", "+7", FILE]),
        ("", ["less", "-R", "-+F", "+7", FILE]),
    ],
)
def test_pagers(installed: dict[str, str], variable: str, words: list[str]) -> None:
    assert pager(FILE, 7, {**installed, "PAGER": variable}).words == words


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"EDITOR": "gone -x"}, "there is no program 'gone'"),
        ({"EDITOR": "vi 'x"}, "\\$EDITOR cannot be divided into words"),
        ({}, "there is no editor: set \\$EDITOR"),
    ],
)
def test_no_editor(tmp_path: Path, environment: dict[str, str], reason: str) -> None:
    with pytest.raises(ProgramError, match=reason):
        editor(FILE, 7, {"PATH": str(tmp_path), **environment})


def test_the_name_of_a_program() -> None:
    assert Program(["/usr/bin/vi", "x"]).name == "vi"


@each_case(
    ("text", "name"),
    [
        ("build", "build"),
        ("../../etc/passwd", "etc-passwd"),
        ("-rf", "rf"),
        (".hidden", "hidden"),
        ("a b\n\x1b[31mc", "a-b-31mc"),
        ("漢字", "output"),
        ("", "output"),
        ("x" * 500, "x" * 60),
    ],
)
def test_file_names_have_no_unusual_characters(text: str, name: str) -> None:
    assert file_name_of(text) == name
