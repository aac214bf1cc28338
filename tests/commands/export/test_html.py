import base64
import hashlib
import re
import shutil
import subprocess
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from tests.commands.export.test_formats import exported, log_of_path
from tests.commands.export.test_markdown import EVIL, evil_log
from tests.support.bases import log_of
from tests.support.cases import each_case
from tests.support.commands import zigtui
from tests.support.logs import Log, log_file
from tests.support.recordings import ROWS, Row
from zigtui.commands.export.formats.html.page import MAX_LINES

TAGS = (
    "html head meta title style body header h1 h2 p dl div dt dd span label input main section details summary small i"
    " svg rect circle text ol li mark pre footer script"
)
ATTRIBUTES = (
    "lang charset http-equiv content name class id type hidden role open tabindex value height width x y rx cx cy r"
    " text-anchor aria-hidden aria-label data-left-out"
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


@each_case("text", EVIL)
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


@each_case("row", ROWS, ids=lambda row: row.name)
def test_recorded_sessions(reference: Path, row: Row) -> None:
    page = Page(exported(log_of_path(log_of(reference / "dot-zig", row.name)), "html"))
    assert {tag for tag, _ in page.tags} <= set(TAGS.split())
    assert row.state in page.texts


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(top: str, bottom: str, share: float) -> str:
    pairs = [(int(top[start : start + 2], 16), int(bottom[start : start + 2], 16)) for start in (1, 3, 5)]
    return "#" + "".join(f"{round(over * share + under * (1 - share)):02x}" for over, under in pairs)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_colour_is_legible_on_every_background(scheme: int) -> None:
    page = (files("zigtui.commands.export.formats.html") / "page.html").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(\w+): (#\w{6})", re.findall(r":root \{(.*?)\}", page, re.DOTALL)[scheme]))
    of_logs = [f"c{number}" for number in range(16)]
    panel = colours["panel"]
    hit = mixed(colours["found"], panel, 0.35)
    poor = [
        (name, background)
        for background in (colours["page"], panel, hit)
        for name in ("text", "muted", "error", *of_logs)
        if contrast(colours[name], background) < 4.5
    ]
    poor += [
        (name, background)
        for background in (colours["page"], panel)
        for name in ("active", "ok", "warning", "idle")
        if contrast(colours[name], background) < 4.5
    ]
    poor += [
        ("text", name)
        for background in (panel, hit)
        for name in of_logs
        if contrast(colours["text"], mixed(colours[name], background, 0.2)) < 4.5
    ]
    assert not poor
    assert contrast(colours["text"], colours["found"]) >= 4.5
    assert "opacity" not in re.sub(r"\.bar\.tail \{ opacity: \.35; \}", "", page)  # it would lower the contrast of text


def test_landmarks_have_different_names(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a", "b").says("a", "x").says("b", "x").fails("a").tier(1, "a").says("a", "x").end()
    tags = Page(exported(log_of_path(log_file(tmp_path, log.data)), "html")).tags
    names = [attributes.get("aria-label") for _, attributes in tags if attributes.get("role") == "group"]
    assert names == ["Output of step 1", "Output of step 2", "Output of step 3"]
    assert [attributes.get("role") for _, attributes in tags].count("search") == 1
    assert not any(attributes.get("role") in ("region", "main", "navigation") for _, attributes in tags)


def test_the_search_measures_nothing_while_it_collects() -> None:
    page = (files("zigtui.commands.export.formats.html") / "page.html").read_text(encoding="utf-8")
    functions = dict(re.findall(r"^function (\w+)\(.*?\) \{\n(.*?)^\}", page, re.DOTALL | re.MULTILINE))
    for name in ("find", "hitsIn", "whenSeen", "showCount"):
        assert not re.search(r"offset|client|scroll|getBounding|getComputed|innerText", functions[name])


chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def dumped(page: Path, directory: Path, query: str) -> str:
    """A page in a browser after a search. A busy machine gets more time, since a step is marked once it is in view."""
    for seconds in (2, 8, 32):
        dump = _dumped(page, directory, query, seconds)
        if 'class="hit"' in dump:
            break
    return dump


def _dumped(page: Path, directory: Path, query: str, seconds: int) -> str:
    assert chromium is not None
    return subprocess.run(
        [
            *(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
            *(f"--user-data-dir={directory / 'profile'}", f"--virtual-time-budget={seconds}000", "--dump-dom"),
            f"{page.as_uri()}#find={query}",
        ],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    ).stdout


@pytest.mark.skipif(chromium is None, reason="no Chromium is installed")
def test_in_a_browser_hostile_text_is_inert_and_search_works(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a", "b").step("a").step("b")
    log.says("a", "<img src=x onerror=document.title='taken'><script>document.title='taken'</script>", "needle here")
    log.says("b", "nothing").done("a").done("b").end()
    page = tmp_path / "report.html"
    page.write_text(exported(log_of_path(log_file(tmp_path, log.data)), "html"), "utf-8")
    dump = dumped(page, tmp_path, "NEEDLE")
    assert "<title>flow: succeeded</title>" in dump
    assert "&lt;img src=x" in dump
    assert '<li value="2" class="hit">needle here</li>' in dump
    assert dump.count('<details open="">') == 1
    assert '<details class="miss">' in dump
    assert 'role="status">1 line</span>' in dump


@pytest.mark.skipif(chromium is None, reason="no Chromium is installed")
def test_in_a_browser_the_search_reports_what_it_cannot_find(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a").says("a", *(f"line {number} " for number in range(40))).fails("a").end("failure")
    path = log_file(tmp_path, log.data)
    page = tmp_path / "report.html"
    assert zigtui("export", path, "--format", "html", "--lines", "10", "-o", page).code == 0
    dump = dumped(page, tmp_path, "line%201")
    assert "1 line; not searched: 30 lines that this page leaves out</span>" in dump
    assert dump.count('class="hit"') == 1


def test_problems_that_are_left_out_are_counted(tmp_path: Path) -> None:
    path = log_file(tmp_path, evil_log("plain").data + b"{damaged\n" * 1500)  # more than a snapshot has
    assert "\n… (1,400 more)</pre>" in exported(log_of_path(path), "html")
