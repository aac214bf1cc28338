"""The projects that ``zigtui ship --project`` means, if there are several base directories."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from tests.support.shipping import append, log_path
from tests.support.waiting import until
from zigtui.commands.fleet.shipped_projects import projects_to_ship


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until this is set, the disk of the base ``dead`` does not answer."""
    answers, stat = threading.Event(), os.stat

    def wait_and_stat(path: Any, **options: Any) -> os.stat_result:
        if str(path).startswith(str(tmp_path / "dead")):
            answers.wait()
        return stat(path, **options)

    monkeypatch.setattr(os, "stat", wait_and_stat)
    yield answers
    answers.set()


def test_a_base_that_does_not_answer_does_not_delay_the_others(
    tmp_path: Path, answers: threading.Event, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("zigtui.commands.fleet.shipped_projects._ANSWER_SECS", 0.2)
    bases = [str(tmp_path / "dead"), str(tmp_path / "other")]
    append(log_path(tmp_path / "other", "s1", "src-shop"), b"one\n")
    found: set[str | None] = set()

    def is_found() -> bool:
        try:
            found.update(projects_to_ship("src-shop", bases))
        except click.UsageError:  # the other one was slow too
            return False
        return True

    for _ in until(is_found):
        pass
    assert found == {"src-shop"}
    assert f"{bases[0]} does not answer" in capsys.readouterr().err.replace("\n", " ")
