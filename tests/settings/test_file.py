"""The file with the user's settings, and what is reported of one that has faults."""

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.theme import BUILTIN_THEMES

from tests.support.cases import each_case
from zigtui.reader.user_input.durations import duration_seconds, duration_text
from zigtui.settings import Settings
from zigtui.settings.declared import DECLARED, THEMES
from zigtui.settings.faults import SettingsError
from zigtui.settings.file import read_settings
from zigtui.settings.location import settings_path
from zigtui.settings.template import template


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def fault(path: Path, content: str | bytes) -> str:
    """The line about a faulty file, without the path of the file."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(SettingsError) as raised:
        read_settings(path)
    message = str(raised.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message.removeprefix(f"{path}:").strip()


def test_without_a_file_the_defaults_apply(path: Path) -> None:
    assert read_settings(path) == read_settings(None) == (Settings(), {})
    for empty in (b"", b"\n", b"# nothing\n", b"\xef\xbb\xbf"):
        path.write_bytes(empty)
        assert read_settings(path) == (Settings(), {})


def test_settings_are_read_from_the_file(path: Path) -> None:
    path.write_text(
        'stall = "1h30m"\nquiet = 2.5\ntheme = "nord"\nwrap = false\ntimes = "since-start"\ncolumns = [\n  "id",\n'
        '  "state", # no more\n]\ncopy_command = "xclip -selection \'clip board\'"\nnotify_command = ["say", "it"]\n'
    )
    settings, lines = read_settings(path)
    assert settings == Settings(
        stall_secs=5400.0,
        quiet_secs=2.5,
        theme="nord",
        wraps=False,
        times="since-start",
        columns=("id", "state"),
        copy_command=("xclip", "-selection", "clip board"),
        notify_command=("say", "it"),
    )
    assert lines == {
        "stall": 1,
        "quiet": 2,
        "theme": 3,
        "wrap": 4,
        "times": 5,
        "columns": 6,
        "copy_command": 10,
        "notify_command": 11,
    }


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfwrap = false", b"wrap = false\r\nbell = true\r\n", b"'wrap'=false"])
def test_files_of_any_editor_are_read(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert not read_settings(path).settings.wraps


A_DURATION = 'a duration such as "90s" or "5m", or a number of seconds, from 1s to 7d'


@each_case(
    ("content", "message"),
    [
        (
            'stall = "soon"',
            f'1: stall: expected {A_DURATION}, not "soon"',
        ),
        (
            "\n# stall\nstall = -1",
            f"3: stall: expected {A_DURATION}, not -1",
        ),
        (
            "quiet = true",
            f"1: quiet: expected {A_DURATION}, not true",
        ),
        (
            "quiet = nan",
            f"1: quiet: expected {A_DURATION}, not nan",
        ),
        (
            f"quiet = 1{'0' * 400}",
            f"1: quiet: expected {A_DURATION}, not 1{'0' * 38}…",
        ),
        (f"quiet = 1{'0' * 5000}", "1: quiet: expected a shorter value"),
        ('wrap = "yes"', '1: wrap: expected true or false, not "yes"'),
        ("bell = 1", "1: bell: expected true or false, not 1"),
        ("notify = true", '1: notify: expected "none", "failed" or "all", not true'),
        ('notify = "fail"', '1: notify: expected "none", "failed" or "all", not "fail"; did you mean "failed"?'),
        ("[notify]\nsession = 1", '1: notify: expected "none", "failed" or "all", not a table'),
        ('theme = "nrd"', '1: theme: expected the name of a theme, such as "nord", not "nrd"; did you mean "nord"?'),
        ("columns = []", "not an empty list"),
        ('columns = "id"', 'not "id"'),
        ('columns = [\n"id",\n"sate"]', '1: columns: expected a list with some of "state",'),
        ('columns = ["id", "id"]', '1: columns: expected each name once, but "id" is there twice'),
        ('copy_command = "say \'it"', "but a quotation mark is not closed"),
        (
            'copy_command = " "',
            '1: copy_command: expected a command such as "wl-copy --primary" or ["wl-copy", "--primary"], not " "',
        ),
        ('notify_command = "\\n"', 'not "\\n"'),
        ('copy_command = ["", "x"]', "but the name of the program is empty"),
        ('copy_command = ["x", 1]', '["wl-copy", "--primary"], not 1'),
        ('notify_command = "a\\u0000b"', "1: notify_command: expected a command such as"),
        ('filter = "a\\nb"', '1: filter: expected a filter such as "state:failed since:2h"'),
        ('filter = "state:x"', '1: filter: expected a filter such as "state:failed since:2h": '),
    ],
)
def test_a_value_that_does_not_fit_is_reported(path: Path, content: str, message: str) -> None:
    assert message in fault(path, content)


@each_case(
    ("content", "message"),
    [
        ("stal = 1", "1: stal: no such setting; did you mean stall?"),
        ('copy-command = "x"', "1: copy-command: no such setting; did you mean copy_command?"),
        ('STALL = "5m"', "1: STALL: no such setting; did you mean stall?"),
        ("quiet_secs = 60", "1: quiet_secs: no such setting; did you mean quiet?"),
        ("wrap-lines = true", "1: wrap-lines: no such setting; did you mean wrap?"),
        ('Default_Theme = "nord"', "1: Default_Theme: no such setting; did you mean theme?"),
        ('notify = "FAILED"', 'not "FAILED"; did you mean "failed"?'),
        ("k" * 5000 + " = 1", f"1: {'k' * 39}…: no such setting"),
        ("\nxyz = 1", "2: xyz: no such setting; zigtui config --help lists all settings"),
        ("[output]\nwrap = true", "1: output: no such section: the settings are not in sections; write wrap above"),
        ("output.x = 1", "1: output: no such section: the settings are not in sections"),
        ('filter = """\nstal = 1"""\nstal = 2', "3: stal: no such setting"),
        ('"st\\u0061l" = 1', "1: stal: no such setting"),
        ('wrap = true\n"a b" = 1', "2: a b: no such setting"),
        ('"\\u001b[31m" = 1', "1: '\\x1b[31m': no such setting"),
        ('wrap = true\n"" = 1', "2: '': no such setting"),
    ],
)
def test_an_unknown_key_is_reported_with_the_nearest_one(path: Path, content: str, message: str) -> None:
    # A text of several lines does not fit the filter, which is on line 1.
    assert message in "\n".join([fault(path, content), *faults_of(path)])


def faults_of(path: Path) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        read_settings(path)
    return raised.value.lines


@each_case(
    ("content", "message"),
    [
        (
            "theme = nord",
            '1: theme: expected the name of a theme, such as "nord", as in theme = "textual-dark": invalid',
        ),
        ("wrap true", "1: wrap: expected true or false, as in wrap = true:"),
        ('\nstall = "5m', '2: stall: expected a duration such as "90s" or "5m"'),
        ("wrap = true\nwrap = false", "2: wrap: expected each setting once, but it is set above too"),
        ("= 1", "1: expected TOML, such as wrap = true:"),
        ("wrap = true\n{}", "2: expected TOML, such as wrap = true:"),
        ('wrap = true\nfilter = """\n', "2: filter: expected a filter"),
        ("wrap = true\rbell = true", "1: "),
        (f"a = {'[' * 5000}", "1: a: expected a shorter value"),
        ("\0", "1: expected TOML"),
        ("ok = '\xff'".encode("latin-1"), "1: expected UTF-8: save the file in that encoding"),
        ("wrap = true\n".encode("utf-16"), "1: expected UTF-8: save the file in that encoding"),
        (b"wrap = true\n\n\x80", "3: expected UTF-8: save the file in that encoding"),
        (b"#" * 300_000, "larger than 256 KB, which no settings are"),
    ],
)
def test_what_is_no_toml_is_reported(path: Path, content: str | bytes, message: str) -> None:
    assert message in fault(path, content)


def test_faults_are_reported_from_the_top(path: Path) -> None:
    assert fault(path, "wrap = 1\nbell = 2\nx = 3").endswith("not 1 (and 2 more: zigtui config check)")
    assert [line.removeprefix(f"{path}:")[:7] for line in faults_of(path)] == ["1: wrap", "2: bell", "3: x: n"]


def test_a_file_that_cannot_be_read_is_reported(path: Path) -> None:
    path.mkdir()
    with pytest.raises(SettingsError, match="cannot be read: it is a directory"):
        read_settings(path)
    path.rmdir()
    os.mkfifo(path)
    with pytest.raises(SettingsError, match="cannot be read: it is not a regular file"):
        read_settings(path)
    path.unlink()
    path.symlink_to(path.with_name("none"))
    with pytest.raises(SettingsError, match="a link to a file that does not exist"):
        read_settings(path)
    path.unlink()
    path.symlink_to(path)
    with pytest.raises(SettingsError, match="cannot be read: Too many levels of symbolic links"):
        read_settings(path)
    with pytest.raises(SettingsError, match="cannot be read: Not a directory"):
        read_settings(Path(__file__) / "config.toml")


@given(text=st.text(alphabet="=[]{}\"'#\n\r\\,. abtrue1\x00\x1b\u2028é") | st.text() | st.sampled_from(list(DECLARED)))
def test_any_file_is_read_or_has_faults_on_one_line_each(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    try:
        read_settings(path)
    except SettingsError as error:
        assert all(fault.line is None or fault.line <= text.count("\n") + 1 for fault in error.faults)  # noqa: PT017
        assert len(error.lines) == len(error.faults) >= 1  # noqa: PT017


def test_the_template_has_all_settings_with_their_defaults(path: Path) -> None:
    path.write_text(template())
    assert read_settings(path) == (Settings(), {})
    path.write_text(re.sub(r"(?m)^#(\w+ = )", r"\1", template()))
    settings, lines = read_settings(path)
    assert settings == Settings()
    assert set(lines) == set(DECLARED)
    assert max(map(len, template().splitlines())) < 110


def test_values_are_written_as_they_are_read() -> None:
    for declared in DECLARED.values():
        assert declared.default == getattr(Settings(), declared.attribute)
    names = {each.name for each in fields(Settings)}
    assert {declared.attribute for declared in DECLARED.values()} <= names


def test_the_themes_are_those_of_textual() -> None:
    assert sorted(THEMES) == sorted(BUILTIN_THEMES)


@given(st.integers(0, 10**12))
def test_durations_are_written_as_they_are_read(milliseconds: int) -> None:
    assert duration_seconds(duration_text(milliseconds / 1000)) == pytest.approx(milliseconds / 1000)


def test_the_file_is_in_the_configuration_directory(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "there"))
    assert settings_path() == home / "there" / "zigtui" / "config.toml"
    for ignored in ("", "relative"):
        monkeypatch.setenv("XDG_CONFIG_HOME", ignored)
        assert settings_path() == home / ".config" / "zigtui" / "config.toml"
    monkeypatch.setenv("HOME", "relative")
    assert settings_path() is None
