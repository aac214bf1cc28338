"""All formats: secrets planted in every field of a session that `writer` wrote."""

import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import assume, given

from tests.support.bases import log_of
from tests.support.cases import each_case
from tests.support.commands import run_python, zigtui
from tests.support.damage import log_on_disk, logs
from tests.support.logs import Log, log_file
from tests.support.recordings import ROWS
from tests.support.terminal import Terminal
from writer import SessionWriter
from zigtui.commands.export.command import write_report
from zigtui.commands.export.registry import exporter_named, format_names
from zigtui.commands.printing.session_json import show_json
from zigtui.commands.reading.pass_selection import SelectedPasses
from zigtui.commands.reading.read_log import read_log
from zigtui.reader.location import LogLocation
from zigtui.reader.session.session_log import SessionLog


def log_of_path(path: Path) -> SessionLog:
    return read_log(LogLocation(str(path), str(path.parent), None))


def exported(log: SessionLog, format: str, *, redact: bool = True) -> str:
    out = io.StringIO()
    write_report(SelectedPasses(log, log.snapshot()), exporter_named(format), out, redact=redact)
    return out.getvalue()


def token(number: int) -> str:
    """An invented token, a different one for each number."""
    return "gh" + f"p_Zq{number:02}" + "x7Kd9" * 7


KEY = [
    "-----BEGIN RSA " + "PRIVATE KEY-----",
    *(f"MIIE{number:02}Qw7" + "Zk3v" * 13 for number in range(12)),
    "-----END RSA " + "PRIVATE KEY-----",
]


@pytest.fixture
def planted(tmp_path: Path) -> SessionLog:
    cwd = tmp_path / "home" / "kimberly"
    cwd.mkdir(parents=True)
    writer = SessionWriter.create(
        f"flow {token(1)}",
        f"/home/kimberly/{token(2)}.zwf",
        f"use {token(3)}\nand {token(4)}",
        1,
        base=tmp_path,
        cwd=cwd,
    )
    step, other = f"build {token(5)}", f"other {token(6)}"
    writer.tier_started(0, [step, other])
    writer.step_started(
        step,
        0,
        zag_session_id=f"zig-{token(7)}",
        zag_command=f"run {token(8)}",
        model=token(9),
        prompt_preview=token(10),
    )
    for line in KEY:
        writer.step_output(step, "stdout", f"\x1b[2m{line}\x1b[0m")
        writer.step_output(step, "stderr", "between the lines of the key")
    writer.step_output(step, "stdout", f"out {token(11)} of kim@mail.example in /home/kimberly/x")
    writer.step_output(step, "stderr", f"err {token(12)}")
    writer.step_output(step, "stdout", f"\x1b[31mcolour {token(13)[:9]}\x1b[0;1m{token(13)[9:]}\x1b[0m")
    writer.step_output(step, "stdout", "PASSWORD=Hunter2Fish")
    writer.step_failed(step, 1, 1, f"error {token(14)}\nmore {token(15)}")
    writer.step_output(step, "stdout", f"second {token(16)}")
    writer.step_completed(step, 0, 100, [f"var_{token(17)}"])
    writer.step_skipped(other, f"reason {token(18)}")
    writer.ended("failure", 1000)
    return log_of_path(writer.log_path)


HIDDEN = ["Hunter2Fish", "kim@mail.example", "kimberly", *(line[:11] for line in KEY), "x7Kd9x7Kd9"]


@pytest.mark.parametrize("format", format_names())
def test_no_planted_secret_is_left(planted: SessionLog, format: str) -> None:
    report = exported(planted, format)
    assert [secret for secret in [*map(token, range(1, 19)), *HIDDEN] if secret in report] == []
    assert "[redacted: " in report.replace("&#91;", "[").replace("&#58;", ":")
    assert "between the lines of the key" in report or format in ("json", "otlp")


# What each format has no place for
LACKS = {
    "md": {7, 8, 9, 10, 16, 17, 18},
    "html": set[int](),
    "json": {11, 12, 13, 16},
    "otlp": {3, 4, 7, 10, 11, 12, 13, 16},
    "text": {2, 3, 4, 10},
}


@pytest.mark.parametrize("format", format_names())
def test_all_of_it_is_there_when_nothing_is_to_be_redacted(planted: SessionLog, format: str) -> None:
    report = exported(planted, format, redact=False)
    for code in ("&#95;", '</span><span class="b">', "\x1b[0;1m"):
        report = report.replace(code, "_" if "#" in code else "")
    lacking = {number for number in range(1, 19) if token(number) not in report}
    assert lacking == LACKS[format]
    assert "[redacted" not in report


def test_json_is_what_show_says(planted: SessionLog) -> None:
    report = exported(planted, "json", redact=False)
    assert report.endswith("}\n")
    assert json.loads(report) == json.loads("".join(show_json(SelectedPasses(planted, planted.snapshot()))))
    redacted = json.loads(exported(planted, "json"))
    assert redacted["id"] == planted.location.session_id
    assert redacted.keys() == json.loads(report).keys()


def is_as_listened(log: Path) -> bool:
    """Whether the report as text is what ``listen`` prints."""
    report = zigtui("export", log, "--format", "text", "--pass", "all")
    assert report.code == 0
    return report.stdout == zigtui("listen", log, "--no-follow").stdout


@each_case("name", [row.name for row in ROWS])
def test_text_is_what_zig_listen_prints(reference: Path, name: str) -> None:
    log = log_of(reference / "dot-zig", name)
    said = exported(log_of_path(log), "text", redact=False)
    assert said.encode() == (reference / "listen" / f"{name}.txt").read_bytes()
    assert is_as_listened(log)


LOADED = "import sys, zigtui.cli; zigtui.cli.main(sys.argv[1:]); print('zigtui.commands.redaction' in sys.modules)"


@pytest.mark.parametrize(
    ("options", "loads"),
    [
        ("--format text", False),
        ("--format json", False),
        ("--format md --no-redact", False),
        ("--format text --redact", True),
    ],
)
def test_rules_for_secrets_are_loaded_only_if_needed(home: Path, tmp_path: Path, options: str, loads: bool) -> None:
    log = log_file(tmp_path, Log().start().tier(0, "a").step("a").says("a", "password=x1y2z3").fails("a").end().data)
    done = run_python(LOADED, home, "export", log, *options.split())
    assert done.stdout.splitlines()[-1] == str(loads)
    assert ("x1y2z3" in done.stdout) is not loads or "json" in options


@given(log=logs())
def test_text_is_what_listen_prints_however_damaged_the_log(log: Log) -> None:
    with log_on_disk(log.data) as path:
        assume(log_of_path(path).snapshot().session.has_events)
        assert is_as_listened(path)


def test_text_ends_where_the_session_does(tmp_path: Path) -> None:
    log = Log().start().says("a", "one").end().says("a", "too late").end("failure")
    path = log_file(tmp_path, log.data + b'{"type":"step_output')
    assert exported(log_of_path(path), "text", redact=False).splitlines()[1:] == [
        "[a] one",
        "\u25a0 zig session ended (Success) in 4321ms",
    ]
    assert is_as_listened(path)


def test_text_saves_what_can_be_saved_of_bad_lines(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a").says("a", "one").raw(b"{broken").says("a", "two")
    log.raw(log.lines.pop().replace(b"two", b"tw\xff")).end()
    said = exported(log_of_path(log_file(tmp_path, log.data)), "text")
    assert "[a] one\n[a] tw\ufffd\n" in said


@each_case("format", format_names())
@each_case("data", [b"", b"nonsense\n", Log().start().data, Log().tier(0, "a").says("a", "x").data])
def test_odd_sessions_have_a_report_too(tmp_path: Path, format: str, data: bytes) -> None:
    assert exported(log_of_path(log_file(tmp_path, data)), format) or format == "text"


HOSTILE = "\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b[0m \x9b2J\u202ex"


def test_text_is_safe_on_a_terminal_and_as_recorded_elsewhere(tmp_path: Path) -> None:
    step = f"a{HOSTILE}"
    log = Log().start().tier(0, step).step(step).says(step, HOSTILE).fails(step)
    log.event("step_skipped", step_name=step, reason=HOSTILE)
    path = log_file(tmp_path, log.end("failure").data)
    for options in ((), ("--redact",)):
        with Terminal("export", path, "--format", "text", *options, home=tmp_path, size=(200, 50)) as terminal:
            assert terminal.wait_for_exit() == 0
            shown = terminal.written.decode().replace("\r\n", "\n")
        assert "red" in shown
        bare = re.sub(r"\x1b\[[0-9;]*m", "", shown)
        assert [character for character in bare if not character.isprintable() and character != "\n"] == []
    assert shown.splitlines() != zigtui("export", path, "--format", "text").stdout.splitlines()
    zigtui("export", path, "--format", "text", "-o", tmp_path / "report")
    assert f"[{step}] {HOSTILE}\n" in (tmp_path / "report").read_text(encoding="utf-8")
    assert is_as_listened(path)


@each_case("format", format_names())
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, format: str) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *["x" * 100] * 300).done("a").end()
    for some in (log, Log().start().end()):
        done = zigtui("export", log_file(tmp_path, some.data), "--format", format, "-o", "/dev/full")
        assert (done.code, done.stderr) == (2, "zigtui: No space left on device: /dev/full\n")


CSV = """
from zigtui.commands.export.exporter import Exporter

def write(report):
    for step in report.snapshot.session.steps:
        report.out.write(f"{step.name},{step.lines}\\n")

exporter = Exporter("a table of the steps", redacts=False, write=write)
"""
WITH_CSV = """
import sys
from zigtui.commands.export import formats
formats.__path__.append(sys.argv.pop(1))
from zigtui.cli import main
main(sys.argv[1:])
"""


def test_a_new_format_is_one_file(tmp_path: Path, home: Path) -> None:
    (tmp_path / "formats").mkdir()
    (tmp_path / "formats" / "csv.py").write_text(CSV)
    log = log_file(tmp_path, Log().start().tier(0, "a").step("a").says("a", "x", "y").done("a").end().data)
    done = run_python(WITH_CSV, home, tmp_path / "formats", "export", log, "--format", "csv")
    assert (done.stdout, done.stderr) == ("a,2\n", "")
    text = run_python(WITH_CSV, home, tmp_path / "formats", "export", "--help").stdout
    assert "[csv|html|json|md|otlp|text]" in text
    assert "csv: a table of the steps;" in " ".join(text.split())


def test_an_unknown_format_is_refused(planted: SessionLog) -> None:
    with pytest.raises(ValueError, match="pdf"):
        exported(planted, "pdf")


class Pieces(io.StringIO):
    """A stream that keeps the lengths of what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths: list[int] = []

    def write(self, text: str, /) -> int:
        self.lengths.append(len(text))
        return len(text)


def test_output_is_written_in_pieces(tmp_path: Path) -> None:
    log = (
        Log().start().tier(0, "a").step("a").says("a", *(f"line {n} " + "x" * 100 for n in range(6000))).done("a").end()
    )
    read = log_of_path(log_file(tmp_path, log.data))
    for format in ("html", "text"):
        out = Pieces()
        write_report(SelectedPasses(read, read.snapshot()), exporter_named(format), out, redact=True)
        assert max(out.lengths) < 32_000


def test_a_key_that_begins_in_lines_left_out_stays_hidden(tmp_path: Path) -> None:
    log = (
        Log().start().tier(0, "a").step("a").says("a", *["x"] * 30, *KEY, *["end of it"] * 14).fails("a").end("failure")
    )
    for format in ("md", "html"):
        report = exported(log_of_path(log_file(tmp_path, log.data)), format)
        assert "Zk3vZk3v" not in report
        assert "end of it" in report
