"""Fixtures for the tests of the screens: ``~`` is a directory of the test."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import _wait
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from tests.support.bases import recorded_base
from tests.support.waiting import DEADLINE_SECS
from zigtui.ui.app_bases.stylesheet import QuickStylesheet

MOST_PASSES = 500
"""How often all that is ready to run is run, lest a task that never rests is waited for."""


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot waits in steps of 20 ms until the process is idle, twice for each key; here in shorter ones."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.0025)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.00025)


@pytest.fixture(autouse=True)
def nothing_left_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot takes a process for idle that gets no processor. Here it waits for all that is ready to run."""

    async def wait_for_idle(*secs: float) -> None:
        await _wait.wait_for_idle(*secs)
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
        for _ in range(MOST_PASSES):
            if not ready:
                break
            await asyncio.sleep(0)

    for module in ("app", "pilot"):
        monkeypatch.setattr(f"textual.{module}.wait_for_idle", wait_for_idle)


@pytest.fixture(autouse=True)
def patient_clicks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second click of two counts as such, however much later a busy machine makes it."""
    monkeypatch.setattr("textual.app.App.CLICK_CHAIN_TIME_THRESHOLD", DEADLINE_SECS)


@pytest.fixture(autouse=True, scope="session")
def stylesheets_parsed_once() -> Iterator[None]:
    """Textual parses the stylesheets of all widgets for each app; here once for each set of colours."""
    parsed: dict[object, list[RuleSet]] = {}
    parse = Stylesheet._parse_rules

    def parse_once(self: Stylesheet, css: str, **options: Any) -> list[RuleSet]:
        key = (css, tuple(options.items()), tuple(self._variables.items()))
        if key not in parsed:
            parsed[key] = parse(self, css, **options)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def rules_matched_once() -> Iterator[None]:
    """Each app matches the rules for its kinds of widgets; here all with the same rules share the results."""
    matched: dict[tuple[int, ...], tuple[dict[Any, Any], dict[Any, Any]]] = {}
    forget = QuickStylesheet._forget

    def share(self: QuickStylesheet) -> None:
        forget(self)
        rules = tuple(map(id, self.rules))  # which are never freed: see `stylesheets_parsed_once`
        self._dependences, self._results = matched.setdefault(rules, ({}, {}))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuickStylesheet, "_forget", share)
        yield


@pytest.fixture(autouse=True)
def home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home directory is the test's own directory."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def base(home_directory: Path) -> Path:
    """The base ``~/.zig``, which does not exist yet."""
    return home_directory / ".zig"


@pytest.fixture
def recorded(base: Path) -> Path:
    """The base ``~/.zig`` with the recorded sessions."""
    return recorded_base(base)
