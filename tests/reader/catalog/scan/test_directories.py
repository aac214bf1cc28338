"""Bases that are spelled in several ways, and directories that several paths lead to."""

import os
import threading
from pathlib import Path

import pytest

from tests.support.waiting import DEADLINE_SECS, growing_secs
from zigtui.reader.catalog.scan.directories import directories_of, first_spellings


def test_a_base_is_known_by_its_first_spelling(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "link").symlink_to("base")
    link, base, dotted, other = (f"{tmp_path}/{name}" for name in ("link", "base", "x/../base", "missing"))
    assert first_spellings([link, base, dotted, other]) == {link: link, base: link, dotted: link, other: other}
    assert first_spellings([base]) == {base: base}
    assert first_spellings([]) == {}


def test_a_base_that_does_not_answer_holds_up_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers, really_resolve = threading.Event(), os.path.realpath

    def hangs(path: str) -> str:
        if path == "far":
            answers.wait(2 * DEADLINE_SECS)
        return really_resolve(path)

    monkeypatch.setattr("os.path.realpath", hangs)
    near, again = str(tmp_path), f"{tmp_path}/."
    for secs in growing_secs(0.05):
        monkeypatch.setattr("zigtui.reader.catalog.scan.directories._NO_ANSWER_SECS", secs)
        found = first_spellings(["far", near, again])
        if found[again] == near:
            break
    assert found == {"far": "far", near: near, again: near}
    answers.set()


def test_a_directory_belongs_to_the_project_that_is_no_link_unless_only_the_link_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "projects" / "shop" / "logs" / "sessions").mkdir(parents=True)
    (tmp_path / "projects" / "alias").symlink_to("shop")
    for wanted, projects in ((None, {None, "shop"}), (("alias",), {"alias"}), (("alias", "shop"), {"shop"})):
        directories = directories_of(str(tmp_path), wanted)
        assert {directory.project for directory in directories if directory.holds_logs} == projects
