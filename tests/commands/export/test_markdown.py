from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.commands.export.test_formats import exported, log_of_path
from tests.support.bases import log_of
from tests.support.cases import each_case
from tests.support.logs import Log, log_file
from tests.support.recordings import ROWS

EVIL = [
    "```",
    "~~~~",
    "````````",
    "| a | b |",
    "a|b\\|c\\\\|d",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "</details></code></pre>",
    "@everyone @octocat fixes #1 https://evil.example www.evil.example a@evil.example :tada:",
    "[x](javascript:alert(1)) ![y](https://evil.example/y.png) <https://evil.example>",
    "# heading",
    "- [ ] item",
    "---",
    "&lt;b&gt; &#60;",
    "`code` ``two`` `",
    "\x1b[31mred\x1b[0m\ttab\rcarriage",
    "line\nbreak\n\n# heading",
    "$x$ \\(y\\) {{template}} <!-- comment",
    "",
    " ",
]
ALLOWED_HTML = ("<code>", "</code>")


def evil_log(text: str) -> Log:
    log = Log().event(
        "zig_session_started",
        workflow_name=text,
        workflow_path=text,
        workspace_path=None,
        cwd=text,
        prompt=text,
        tier_count=1,
    )
    log.tier(0, text, "ok").step(text).says(text, "before", text, "after").says(text, text, stream="stderr")
    log.event("step_failed", step_name=text, exit_code=1, attempt=1, error=text)
    return log.event("step_skipped", step_name="ok", reason=text).end("failure")


@each_case("text", EVIL)
def test_no_text_of_a_log_is_markup(tmp_path: Path, text: str) -> None:
    report = exported(log_of_path(log_file(tmp_path, evil_log(text).data)), "md", redact=False)
    tokens = MarkdownIt("gfm-like").parse(report)
    kinds = [token.type for token in tokens]
    prompt = 1 if text else 0
    assert kinds.count("table_open") == 1
    assert kinds.count("tr_open") == 3
    assert kinds.count("td_open") == 12
    assert kinds.count("heading_open") == 3
    assert kinds.count("fence") == 2 + prompt
    assert not {"html_block", "bullet_list_open", "hr", "blockquote_open", "code_block"} & set(kinds)
    in_code = False
    for token in (child for block in tokens for child in block.children or []):
        assert token.type in (
            "text",
            "code_inline",
            "html_inline",
            "strong_open",
            "strong_close",
            "em_open",
            "em_close",
        )
        if token.type == "html_inline":
            assert token.content in ALLOWED_HTML
            in_code = token.content == "<code>"
        elif token.type == "text" and not in_code:
            assert not set("@#|<>[]") & set(token.content)
            assert "evil" not in token.content


def test_a_fence_is_longer_than_any_run_of_backticks(tmp_path: Path) -> None:
    report = exported(log_of_path(log_file(tmp_path, evil_log("````` and ```````").data)), "md")
    fences = [token for token in MarkdownIt("gfm-like").parse(report) if token.type == "fence"]
    assert {fence.markup for fence in fences} == {"`" * 8}
    assert fences[-1].content == "before\n````` and ```````\nafter\n! ````` and ```````\n"


def test_the_reason_says_what_happened(tmp_path: Path) -> None:
    log = Log().start(2).tier(0, "build", "lint").step("build").step("lint")
    log.says("build", *(f"line {number}" for number in range(50))).fails("build", 1, exit_code=3)
    log.says("build", "tokens: 1000 in / 20 out, cost=$0.5").done("build").done("lint")
    log.tier(1, "test").step("test").says("test", "oh", "no", stream="stderr").fails("test").end("failure")
    report = exported(log_of_path(log_file(tmp_path, log.data)), "md")
    assert report.startswith("## ✘ `flow`: failed\n")
    assert "**Failed** after 4.3s · started 2026-03-01 12:00:00 UTC · steps: 2 succeeded, 1 failed" in report
    assert "1,000 tokens in, 20 out, $0.5000" in report
    assert "| ✔ succeeded | 1 | `build` | 2 |" in report
    assert "| ✘ failed | 2 | `test` | 1 | 3.0s | 2 (2 stderr) |" in report
    error = "```text\nno luck with 1\n```\n\n"
    assert f"### Last failure: `test`, attempt 1\n\n{error}" in report
    assert f"#### `build`, attempt 1, exit code 3: last 20 of 50 lines\n\n{error}```text\nline 30\n" in report
    assert "#### `test`, attempt 1: 2 lines\n\n```text\n! oh\n! no\n```" in report


@pytest.mark.slow
def test_a_long_report_fits_into_a_comment(tmp_path: Path) -> None:
    log = Log().start().tier(0, *(f"s{number}" for number in range(300)))
    for number in range(300):
        log.says(f"s{number}", *["y" * 1000] * 30).fails(f"s{number}")
    report = exported(log_of_path(log_file(tmp_path, log.end("failure").data)), "md")
    assert len(report) < 65_536
    assert "100 more steps left out of this table." in report
    assert "parts left out: the report would be too long for a comment" in report
    assert all(token.content.strip() for token in MarkdownIt("gfm-like").parse(report) if token.type == "fence")


@each_case("name", [row.name for row in ROWS])
def test_recorded_sessions(reference: Path, name: str) -> None:
    report = exported(log_of_path(log_of(reference / "dot-zig", name)), "md")
    assert MarkdownIt("gfm-like").parse(report)[0].tag == "h2"
