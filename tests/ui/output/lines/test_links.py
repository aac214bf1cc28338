"""Links in output, and files with line numbers that it names."""

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style

from tests.support.cases import each_case
from zigtui.reader.text.safe_text import safe_plain
from zigtui.ui.output.lines.file_references import Link, links_in, references_in
from zigtui.ui.output.lines.links import linked, takes_links


def named(text: str, directory: str | None = "/src") -> list[tuple[str, int]]:
    return [(reference.path, reference.line) for reference in references_in(text, directory)]


@each_case(
    ("text", "expected"),
    [
        ("src/a.py:12: error", [("/src/src/a.py", 12)]),
        ("src/a.py:12:5: error", [("/src/src/a.py", 12)]),
        ("\x1b[1msrc/a.py\x1b[0m:12:5", [("/src/src/a.py", 12)]),
        ("   --> crates/x/main.rs:3:1", [("/src/crates/x/main.rs", 3)]),
        ('  File "/a b/c.py", line 7, in f', [("/a b/c.py", 7)]),
        ("    at run (lib/x.js:10:2)", [("/src/lib/x.js", 10)]),
        ("src/x.ts(12,5): error TS1", [("/src/src/x.ts", 12)]),
        ("./a.go:1 ../b.go:2", [("/src/a.go", 1), ("/b.go", 2)]),
        ("Makefile:4: *** missing", [("/src/Makefile", 4)]),
        ("in a.rb, line 3", [("/src/a.rb", 3)]),
        ("a.c:0", [("/src/a.c", 1)]),
        ("no path, 12 of them", []),
    ],
)
def test_files_with_line_numbers(text: str, expected: list[tuple[str, int]]) -> None:
    assert named(text) == expected


def test_without_a_directory_only_absolute_paths_count() -> None:
    assert named("a.py:1 /b.py:2", None) == [("/b.py", 2)]
    assert named("a.py:1 /b.py:2", "relative") == [("/b.py", 2)]


def test_only_regular_files_are_files(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    (tmp_path / "d.py").mkdir()
    os.mkfifo(tmp_path / "p.py")
    found = references_in("a.py:1 d.py:1 p.py:1 gone.py:1 /dev/null:1", str(tmp_path))
    assert [reference.is_file() for reference in found] == [True, False, False, False, False]


def urls(text: str) -> list[tuple[str, str]]:
    return [(text[link.start : link.end], link.url) for link in links_in(text, "/src", "host")]


@each_case(
    ("text", "expected"),
    [
        ("see https://a.example/b?c=d#e.", [("https://a.example/b?c=d#e", "https://a.example/b?c=d#e")]),
        ("(https://a.example/b_(c))", [("https://a.example/b_(c)", "https://a.example/b_(c)")]),
        ("<http://a.example>", [("http://a.example", "http://a.example")]),
        ("https://a.example/ü", [("https://a.example/ü", "https://a.example/%C3%BC")]),
        ("src/a b.py", []),
        ("wrote dist/app.js", [("dist/app.js", "file://host/src/dist/app.js")]),
        ("src/a.py:12:5: no", [("src/a.py:12:5", "file://host/src/src/a.py")]),
        ("and/or 1/2 n/a", []),
        ("javascript://x data:text/html,x", []),
    ],
)
def test_links(text: str, expected: list[tuple[str, str]]) -> None:
    assert urls(text) == expected


@given(st.text(alphabet=st.sampled_from("ab:/.~-_()\"' \x1b\x07\x9c\\;]8é\u202e12 https"), max_size=80))
def test_no_link_has_a_control_character(text: str) -> None:
    for link in links_in(safe_plain("https://x/" + text), "/src\x1b\x07", "host\x1b"):
        assert link.url.isascii()
        assert link.url.isprintable()


def test_a_link_changes_nothing_else() -> None:
    red = Style(color="red")
    line = [Segment("see a", red), Segment("/b.py", Style()), Segment(" now", red)]
    done = linked(line, [Link(4, 10, "file:///a/b.py")])
    assert "".join(segment.text for segment in done) == "see a/b.py now"
    assert [segment.style.link if segment.style else None for segment in done] == [
        *(None, "file:///a/b.py", "file:///a/b.py"),
        None,
    ]


@each_case(
    ("environment", "expected"),
    [
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "linux"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "6800"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "4600"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, True),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.4"}, True),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.3a"}, False),
        ({"TERM": "screen-256color", "KITTY_WINDOW_ID": "1", "TMUX": "x"}, False),
    ],
    ids=str,
)
def test_which_terminals_take_links(environment: dict[str, str], expected: bool) -> None:
    assert takes_links("auto", environment) is expected
    assert takes_links("on", environment)
    assert not takes_links("off", environment)
