"""What a past pass is about, read from its beginning."""

from pathlib import Path

from tests.support.cases import each_case
from tests.support.logs import Log, log_file
from zigtui.reader.session.pass_preview import read_preview


def preview(directory: Path, log: Log) -> str:
    return read_preview(str(log_file(directory, log.data)), 0, len(log.data))


@each_case(
    ("log", "expected"),
    [
        (Log().tier(0, "a").step("a", prompt_preview="order 1"), "order 1"),
        (Log().tier(0, "a", "b").step("b", prompt_preview="other").step("a", prompt_preview="order 1"), "order 1"),
        (Log().tier(0, "a").beat().raw(b"{").raw(b"").step("a", prompt_preview="order 1"), "order 1"),
        (Log().step("a", prompt_preview="order 1"), "order 1"),
        (Log().tier(0, "a").skips("a").tier(1, "a").step("a"), ""),
        (Log().tier(0, "a").event("step_started", step_name="a", prompt_preview=7), ""),
        (Log().tier(0, "a"), ""),
        (Log(), ""),
    ],
)
def test_it_is_the_preview_of_the_first_step(tmp_path: Path, log: Log, expected: str) -> None:
    assert preview(tmp_path, log) == expected


def test_the_next_pass_is_not_read(tmp_path: Path) -> None:
    first = Log().tier(0, "a").skips("a")
    data = first.data + Log().step("a", prompt_preview="of the next").data
    assert read_preview(str(log_file(tmp_path, data)), 0, len(first.data)) == ""


def test_glued_events_are_found(tmp_path: Path) -> None:
    before, after = Log().beat().data.rstrip(b"\n"), Log().tier(0, "a").step("a", prompt_preview="order 1").data
    data = before + after
    assert read_preview(str(log_file(tmp_path, data)), len(before), len(data)) == "order 1"
