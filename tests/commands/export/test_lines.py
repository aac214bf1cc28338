"""Output lines that a report leaves out, and long texts that it cuts off."""

import re
from pathlib import Path

import pytest

from tests.commands.export.test_formats import KEY, exported, log_of_path, token
from tests.support.cases import each_case
from tests.support.commands import zigtui
from tests.support.logs import Log, log_file
from zigtui.commands.export.command import write_report
from zigtui.commands.export.exporter import ALL_LINES
from zigtui.commands.export.registry import exporter_named
from zigtui.commands.reading.pass_selection import SelectedPasses
from zigtui.commands.redaction import Redactor
from zigtui.redacted.start import redacted_lines, redacted_start


@pytest.fixture
def long_log(tmp_path: Path) -> Path:
    """A step that failed after 6,001 lines, and one that printed 30."""
    log = Log().start().tier(0, "a", "b").step("a").step("b")
    log.says("a", *(f"line-{number}" for number in range(1, 6002))).says("b", *(f"b-{n}" for n in range(1, 31)))
    return log_file(tmp_path, log.fails("a").done("b").end("failure").data)


def numbers(report: str) -> list[int]:
    return [int(number) for number in re.findall(r"\bline-(\d+)\b", report)]


@pytest.mark.parametrize(
    ("lines", "shown", "left_out"),
    [
        ("all", range(1, 6002), ""),
        ("6001", range(1, 6002), ""),
        ("10", [1, 2, *range(5994, 6002)], "6,011 lines"),
        ("1", [6001], "6,029 lines"),
        ("0", [], "6,031 lines"),
        (None, [*range(1, 1001), *range(2002, 6002)], "1,001 lines"),
    ],
)
def test_html_has_as_many_lines_of_each_step(
    long_log: Path, lines: str | None, shown: list[int], left_out: str
) -> None:
    report = zigtui("export", long_log, "--format", "html", *(["--lines", lines] if lines else [])).stdout
    assert numbers(report) == list(shown)
    search = re.search(r'<div id="search"(.*?)>', report)
    assert search is not None
    assert (f'data-left-out="{left_out}"' in search[1]) == bool(left_out)
    assert (f", {left_out.removesuffix(' lines')} left out</dd>" in report) == bool(left_out)
    assert ("--lines all" in report) == bool(left_out)


@pytest.mark.parametrize("format", ["html", "md"])
def test_a_listener_of_more_passes_than_are_kept(tmp_path: Path, format: str) -> None:
    log = Log().start()
    for turn in range(200):
        log.tier(0, "a").step("a").says("a", f"line-{turn}").fails("a")
    report = exported(log_of_path(log_file(tmp_path, log.data)), format)
    assert sorted(numbers(report)) == list(range(200))


@pytest.mark.parametrize(
    ("lines", "first", "title"),
    [
        ("all", 1, ": 6,001 lines\n"),
        ("7000", 1, ": 6,001 lines\n"),
        ("300", 5702, ": last 300 of 6,001 lines\n"),
        ("0", 6002, ": last 0 of 6,001 lines\n"),
        (None, 5982, ": last 20 of 6,001 lines\n"),
    ],
)
def test_markdown_has_as_many_lines_of_each_failed_attempt(
    long_log: Path, lines: str | None, first: int, title: str
) -> None:
    report = zigtui("export", long_log, "--format", "md", *(["--lines", lines] if lines else [])).stdout
    assert numbers(report) == list(range(first, 6002))
    assert title in report
    assert "left out" not in report


@pytest.mark.parametrize("format", ["json", "text"])
def test_formats_that_leave_out_nothing_refuse_a_number(long_log: Path, format: str) -> None:
    done = zigtui("export", long_log, "--format", format, "--lines", "all")
    assert done.code == 2
    assert f"--lines is only for html and md: {format} leaves out no lines" in done.stderr


@pytest.mark.parametrize("lines", ["", "-1", "some", "1.5", "²"])
def test_other_numbers_are_refused(long_log: Path, lines: str) -> None:
    done = zigtui("export", long_log, "--format", "md", f"--lines={lines}")
    assert done.code == 2
    assert "is not a number of lines" in done.stderr


def test_chosen_lines_are_written_however_long_the_report_gets(tmp_path: Path) -> None:
    log = Log().start().tier(0, *(f"s{number}" for number in range(100)))
    for number in range(100):
        log.says(f"s{number}", *["y" * 400] * 5).fails(f"s{number}")
    read = log_of_path(log_file(tmp_path, log.end("failure").data))
    for lines in (5, ALL_LINES):
        with (tmp_path / "report").open("w") as out:
            write_report(
                SelectedPasses(read, read.snapshot()), exporter_named("md"), out, redact=True, most_lines=lines
            )
        assert (tmp_path / "report").read_text().count("y" * 400) == 500


def test_of_very_many_failures_not_all_are_read_for_a_comment(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a")
    for number in range(1, 2001):
        log.says("a", f"before {number}").fails("a", number)
    report = exported(log_of_path(log_file(tmp_path, log.data)), "md")
    shown = report.count("#### ")
    left_out = re.search(r"([\d,]+) parts left out", report)
    assert left_out is not None
    assert shown + int(left_out[1].replace(",", "")) == 2000
    assert 100 < shown < 2000


# Long texts


class Redacted:
    """Counts the characters that are redacted."""

    def __init__(self) -> None:
        self.characters = 0
        self.redact = Redactor([]).stream()

    def __call__(self, text: str) -> str:
        self.characters += len(text)
        return self.redact(text)


@each_case("shown", [0, 120, 400, 10_000])
def test_only_the_beginning_and_the_end_of_a_long_line_are_redacted(shown: int) -> None:
    redact = Redacted()
    start, rest = redacted_start(redact, "ab " * 1_000_000, shown)
    assert redact.characters < 50_000 + 4 * shown
    assert len(start) >= shown
    assert len(start) + rest == 3_000_000


def test_a_line_that_is_not_long_is_whole() -> None:
    assert redacted_start(str, "a" * 30_000, 100) == ("a" * 30_000, 0)


def test_of_a_text_of_many_lines_the_first_are_redacted() -> None:
    starts, more = redacted_lines(str, "\n".join(map(str, range(1000))), 10, 3)
    assert [start.text for start in starts] == ["0", "1", "2"]
    assert more == 997
    assert redacted_lines(str, "a\nb", 10, 2) == ([("a", 0), ("b", 0)], 0)


SECRETS = [
    token(7),
    "password=" + "Hunter2Fish9Xq" * 2,
    "https://user:" + "Hunter2Fish9Xq" + "@host.example/",
    "\\n".join(KEY),
]
PIECE = re.compile(r"Zq07x7|x7Kd9x7|Hunter2|Fish9Xq|Zk3vZk3v")


@pytest.mark.parametrize("secret", SECRETS, ids=["token", "assignment", "address", "key"])
@pytest.mark.parametrize("shown", [400, 10_000])
def test_no_part_of_a_secret_is_shown_wherever_the_line_is_cut(secret: str, shown: int) -> None:
    redactor = Redactor([])
    margin = 16 * 1024
    for cut in (shown, max(1000, 4 * shown), max(1000, 4 * shown) + margin):
        for before in range(cut - len(secret) - 3, cut + 3, max(1, len(secret) // 6)):
            line = "x " * (before // 2) + " " * (before % 2) + secret + " y" * 60_000
            start, _ = redacted_start(redactor.stream(), line, shown)
            assert PIECE.search(start) is None
    packed = f"{secret} " * (200_000 // len(secret))  # masks are shorter than what they replace
    assert PIECE.search(redacted_start(redactor.stream(), packed, shown).text) is None


def test_the_end_of_a_long_line_affects_the_next_lines() -> None:
    redact = Redactor([]).stream()
    redacted_start(redact, "x " * 100_000 + KEY[0], 400)
    assert [redact(line) for line in KEY[1:]] == ["[redacted: private-key]"] * (len(KEY) - 1)


@pytest.mark.parametrize("format", ["md", "html"])
def test_the_length_of_a_long_line_is_reported(tmp_path: Path, format: str) -> None:
    log = (
        Log()
        .start()
        .tier(0, "a")
        .says("a", "x " * 150_000)
        .event("step_failed", step_name="a", exit_code=1, attempt=1, error="e " * 150_000)
    )
    report = exported(log_of_path(log_file(tmp_path, log.end("failure").data)), format)
    for letter in "xe":
        found = re.findall(rf"((?:{letter} )+) … \(([\d,]+) more characters\)", report)
        assert found
        assert all(299_000 < len(text) + int(more.replace(",", "")) <= 300_001 for text, more in found)
