import base64
import hashlib
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.commands.export.test_formats import exported, log_of_path
from tests.commands.export.test_markdown import EVIL, evil_log
from tests.support.bases import log_of
from tests.support.logs import Log, log_file
from tests.support.recordings import ROWS, Row
from zigtui.commands.export.formats.html.page import MAX_LINES

TAGS = (
    "html head meta title style body header h1 h2 p dl div dt dd span label input main section details summary small i"
    " svg rect circle text ol li mark pre footer script"
)
ATTRIBUTES = (
    "lang charset http-equiv content name class id type hidden role open tabindex value height width x y rx cx cy r"
    " text-anchor aria-hidden aria-label"
)
VOID = {"meta", "input", "rect", "circle"}


class Page(HTMLParser):
    """A parsed page: its tags, and the texts outside of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.texts.append(data)


@pytest.mark.parametrize("text", EVIL)
def test_no_text_of_a_log_is_markup(tmp_path: Path, text: str) -> None:
    report = exported(log_of_path(log_file(tmp_path, evil_log(text).data)), "html", redact=False)
    page = Page(report)
    plain = Page(exported(log_of_path(log_file(tmp_path, evil_log("plain").data)), "html", redact=False))
    assert {tag for tag, _ in page.tags} <= set(TAGS.split())
    assert {name for _, attributes in page.tags for name in attributes} <= set(ATTRIBUTES.split())
    for tag in ("script", "style", "details", "li", "input"):
        assert [one for one, _ in page.tags].count(tag) == [one for one, _ in plain.tags].count(tag)
    assert not re.search(r"""(?:src|href|action|xlink)\s*=|url\(|@import""", re.sub(r">[^<]*<", "><", report))
    shown = text.split("\n")[0].split("\x1b")[0].strip()
    assert shown in "".join(page.texts)


def test_the_policy_allows_its_own_style_and_script_and_nothing_else(tmp_path: Path) -> None:
    report = exported(log_of_path(log_file(tmp_path, evil_log("a").data)), "html")
    policy = next(attributes["content"] for tag, attributes in Page(report).tags if "http-equiv" in attributes)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.pop("default-src") == rules.pop("base-uri") == rules.pop("form-action") == "'none'"
    for tag in ("style", "script"):
        ((content,),) = [re.findall(f"<{tag}>(.*?)</{tag}>", report, re.DOTALL)]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules.pop(f"{tag}-src") == f"'sha256-{digest}'"
    assert not rules
    assert "style=" not in report


def test_the_page_has_no_address_except_those_in_the_log(reference: Path) -> None:
    report = exported(log_of_path(log_of(reference / "dot-zig", "retry-then-success")), "html")
    assert "http:" not in report
    assert "https:" not in report


def test_colours_streams_attempts_and_bars(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a", "b").step("a").step("b")
    log.says("a", "\x1b[1;32mgreen\x1b[0m \x1b[38;2;250;20;20mred\x1b[0m \x1b[7mback\x1b[0m \x1b[44mblue\x1b[0m")
    log.says("a", "wrong", stream="stderr").fails("a", 1, 4).says("a", "again").done("a", 4000).done("b").end()
    report = exported(log_of_path(log_file(tmp_path, log.data)), "html")
    assert '<span class="b f2">green</span> <span class="f1">red</span> <span class="v">back</span>' in report
    assert '<span class="g g4">blue</span>' in report
    assert '<li value="2" class="e">wrong</li>' in report
    assert '<li value="3">again</li>' in report
    assert "Attempt 1 failed" in report
    assert report.count('<circle class="ring"') == 1
    assert 'class="bar error"' in report
    assert 'aria-label="from ' in report


def test_long_output_is_cut_in_the_middle(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *(f"line-{number}" for number in range(1, 6002)))
    report = exported(log_of_path(log_file(tmp_path, log.done("a").end().data)), "html")
    numbers = [int(number) for number in re.findall(r'<li value="(\d+)"', report)]
    assert numbers == [*range(1, 1001), *range(2002, 6002)]
    assert report.count('<p class="gap">1,001 lines left out</p>') == 1


@pytest.mark.slow
def test_of_many_steps_with_long_output_each_has_fewer_lines(tmp_path: Path) -> None:
    names = [f"step-{number}" for number in range(40)]
    log = Log().start().tier(0, *names)
    for name in names:
        log.step(name).says(name, *map(str, range(1, 2001)))
    report = exported(log_of_path(log_file(tmp_path, log.end().data)), "html")
    numbers = [int(number) for number in re.findall(r'<li value="(\d+)"', report)]
    assert MAX_LINES / 2 < len(numbers) <= MAX_LINES
    assert numbers.count(1) == numbers.count(2000) == 40
    assert report.count(" lines left out</p>") == 40


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_recorded_sessions(reference: Path, row: Row) -> None:
    page = Page(exported(log_of_path(log_of(reference / "dot-zig", row.name)), "html"))
    assert {tag for tag, _ in page.tags} <= set(TAGS.split())
    assert row.state in page.texts


chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.skipif(chromium is None, reason="no Chromium is installed")
def test_in_a_browser_hostile_text_is_inert_and_search_works(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a", "b").step("a").step("b")
    log.says("a", "<img src=x onerror=document.title='taken'><script>document.title='taken'</script>", "needle here")
    log.says("b", "nothing").done("a").done("b").end()
    page = tmp_path / "report.html"
    page.write_text(exported(log_of_path(log_file(tmp_path, log.data)), "html"), "utf-8")
    assert chromium is not None
    dump = subprocess.run(
        [
            *(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
            *(f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=2000", "--dump-dom"),
            f"{page.as_uri()}#find=NEEDLE",
        ],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    ).stdout
    assert "<title>flow: succeeded</title>" in dump
    assert "&lt;img src=x" in dump
    assert '<li value="2" class="hit">needle here</li>' in dump
    assert dump.count('<details open="">') == 1
    assert '<details class="miss">' in dump
    assert 'role="status">1 line</span>' in dump
