"""All formats mask the same: each text of a session by itself, and the output as a whole."""

import html
import random
import re
from functools import cache
from pathlib import Path

import pytest

from tests.commands.export.test_fields import CORPUS, LEAST, read_every_way
from tests.commands.export.test_formats import exported, log_of_path
from tests.commands.redaction.corpus import CASES, TOKENS, ordinary_lines
from tests.support.examples import amount
from tests.support.logs import Log, log_file
from zigtui.commands.export.formats.html.page import FIRST_LINES
from zigtui.commands.export.registry import format_names
from zigtui.commands.redaction import Redactor

FIELDS = ("zag_command", "zag_session_id", "model", "prompt_preview", "error", "saved_vars", "reason", "line")
COMPOSED = ("zag_command", "saved_vars")  # reports show them with other words
STREAMS = ("stdout", "stderr")
NUMBERS = random.Random(5)


@cache
def redactor_of_here() -> Redactor:
    """The redactor of the reports, built at its first use: most processes that run tests do not need it."""
    return Redactor.of_here(["/src"])


ROWS = [f"user{number},kvxqzjwkfv{number}" for number in range(5_200)]
"""Rows of a table whose last column is a password."""


def of_steps(texts: dict[str, list[str]]) -> Log:
    """A session with a step for each text, which is in each field of the step."""
    log = Log().start()
    names = [f"s{number}" for number in range(len(texts["line"]))]
    log.tier(0, *names)
    for number, name in enumerate(names):
        one = {field: of_field[number] for field, of_field in texts.items()}
        log.event(
            "step_started",
            step_name=name,
            tier_index=0,
            **{field: one[field] for field in ("zag_command", "zag_session_id", "model", "prompt_preview")},
        )
        log.says(name, one["line"]).event("step_failed", step_name=name, exit_code=1, attempt=1, error=one["error"])
        log.event("step_completed", step_name=name, saved_vars=["a", one["saved_vars"]])
        log.event("step_skipped", step_name=name, reason=one["reason"])
    return log.end()


@cache
def steps_with_secrets() -> tuple[Log, dict[str, str]]:
    """A session whose steps have all texts of the corpus, and its secrets, each with the text that holds it."""
    secrets: dict[str, str] = {}
    texts: dict[str, list[str]] = {field: [] for field in FIELDS}
    for number, case in enumerate(CORPUS[:: amount(1, usual=2)]):
        for field in FIELDS:
            if field not in (*COMPOSED, FIELDS[number % len(FIELDS)]):
                texts[field].append("x")
                continue
            text, (secret,) = case.filled(NUMBERS)
            texts[field].append(text)
            if len(secret) >= LEAST and secret not in redactor_of_here().text(text):
                secrets[secret] = f"{field}: {text}"
    return of_steps(texts), secrets


@pytest.mark.parametrize("format", format_names())
def test_each_text_of_a_step_is_masked_by_itself(tmp_path: Path, format: str) -> None:
    log, secrets = steps_with_secrets()
    assert len(secrets) > amount(1_000, usual=500)
    words = set(re.split(r"[^\w.~+/=!#^*-]+", "\n".join(read_every_way(exported_log(tmp_path, log, format)))))
    assert [where for secret, where in secrets.items() if secret in words] == []


def exported_log(directory: Path, log: Log, format: str) -> str:
    return exported(log_of_path(log_file(directory, log.data)), format)


def output_in(report: str, format: str) -> list[str]:
    """The lines of output in a report."""
    match format:
        case "text":
            return [line.removeprefix("[a] ") for line in report.split("\n") if line.startswith("[a] ")]
        case "html":
            return [html.unescape(re.sub("<[^>]*>", "", line)) for line in re.findall("<li value.*?>(.*)</li>", report)]
    fenced = re.findall("```+text\n(.*?)\n```", report, re.DOTALL)
    lines = [line.removeprefix("! ") for block in fenced for line in block.split("\n")]
    return [line for line in lines if not line.startswith(("no luck with", "do it"))]


@pytest.mark.parametrize("format", ["html", "md", "text"])
def test_the_output_is_masked_like_one_stream(tmp_path: Path, format: str) -> None:
    lines = [line for case in (*CASES, *TOKENS) for line in case.filled(NUMBERS)[0].split("\n") if line.isprintable()]
    lines += [line for line in ordinary_lines() if line.isprintable()]
    log = Log().start().tier(0, "a").step("a")
    for number, line in enumerate(lines):
        log.says("a", line, stream=STREAMS[number % 3 == 0])
        if number % 90 == 89:
            log.fails("a", 1 + number // 90)
    report = exported_log(tmp_path, log.end("failure"), format)
    streams = redactor_of_here().stream(), redactor_of_here().stream()
    expected = [streams[number % 3 == 0](line) for number, line in enumerate(lines)]
    shown = output_in(report, format)
    if format == "md":
        assert len(shown) > 150
        assert set(shown) <= set(expected)
    else:
        assert shown == expected


@pytest.mark.parametrize(("format", "is_mixed"), [("html", False), ("html", True), ("md", True), ("text", True)])
def test_a_table_or_key_that_begins_long_before_the_lines_shown_is_masked(
    tmp_path: Path, format: str, is_mixed: bool
) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *["x"] * FIRST_LINES, "an export follows", "name,password")
    key = "-----BEGIN RSA " + "PRIVATE KEY-----"
    log.says("a", key, stream="stderr")
    for number, row in enumerate(ROWS):
        log.says("a", row)
        if is_mixed and number % 15 == 0:
            log.says("a", f"{number:04}Zk3v" * 8, stream="stderr")
    report = exported_log(tmp_path, log.fails("a").end("failure"), format)
    assert ROWS[-1].split(",")[0] in report
    assert [row for row in ROWS if row.split(",")[1] in report] == []
    assert not re.search("Zk3v[0-9]{4}Zk3v", report)


def test_output_of_a_new_run_of_a_step_is_independent_of_the_earlier_one(tmp_path: Path) -> None:
    log = Log().start(1).tier(0, "a").step("a").says("a", "name,password").done("a")
    log = log.tier(0, "a").step("a").says("a", "bob,k3yk3yk3y").done("a").end()
    reports = [exported_log(tmp_path, log, format) for format in ("html", "text")]
    assert ["k3yk3yk3y" in report for report in reports] == [True, True]
