"""A screen in a browser: what it must not do, whatever the user's settings are."""

import re
from dataclasses import replace
from typing import Any

from tests.support.cases import each_case
from tests.support.processes import ROOT
from zigtui.settings import Settings
from zigtui.settings.declared import DECLARED
from zigtui.settings.kinds import Command
from zigtui.state.choices import Choice, Choices
from zigtui.ui.terminal.browser import BrowserTerminal, settings_for_browser

JUDGED = {
    "clipboard.py",  # runs the user's program, unless the user is elsewhere
    "notifications/channels.py",  # runs the user's program, which a browser's settings do not have
    "outside/foreground.py",  # called by the next one only
    "session/outside_screen.py",  # whose actions are disabled if the user is elsewhere
    "session/saving_screen.py",  # downloads instead; runs ``zigtui export`` with output to a file without a name
    "app_bases/palette_app.py",  # downloads instead
}
"""The modules of the screens that run programs or write files that last."""

_RUNS_OR_WRITES = re.compile(r"\bsubprocess\b|posix_spawn|run_in_foreground|replaced_file|save_screenshot|write_text")


def test_no_setting_has_a_program_in_a_browser() -> None:
    commands: dict[str, Any] = {each.attribute: ("sh",) for each in DECLARED.values() if isinstance(each.kind, Command)}
    assert commands
    served = settings_for_browser(replace(Settings(), **commands))
    assert all(getattr(served, name) == () for name in commands)


def test_what_runs_programs_or_writes_files_is_known() -> None:
    """A module that is new here must do nothing of that if `ScreenContext.is_remote`."""
    screens = ROOT / "zigtui" / "ui"
    found = {
        str(path.relative_to(screens))
        for path in screens.rglob("*.py")
        if _RUNS_OR_WRITES.search(path.read_text(encoding="utf-8"))
    }
    assert found == JUDGED


def test_the_session_is_reported_once_when_it_changes() -> None:
    terminal = BrowserTerminal((80, 24))
    facts: list[dict[str, object]] = []
    terminal.begin(facts.append)
    for session in (None, "one", "one", "two", None):
        terminal.show_session(session)
    assert [fact["name"] for fact in facts] == ["one", "two", None]


def test_the_place_in_the_list_is_reported_when_it_changes_if_it_has_room_in_an_address() -> None:
    terminal = BrowserTerminal((80, 24))
    facts: list[dict[str, object]] = []
    terminal.begin(facts.append)
    for text, chosen in (("", ""), ("", ""), ("shop", "web-07/1"), ("x" * 10_000, "1"), ("shop", "web-07/1")):
        terminal.keep_list(text, chosen)
    assert [(fact["filter"], fact["chosen"]) for fact in facts] == [("", ""), ("shop", "web-07/1")]


def test_what_is_chosen_is_reported_and_chosen_again() -> None:
    terminal = BrowserTerminal((80, 24))
    facts: list[dict[str, object]] = []
    terminal.begin(facts.append)
    choices = Choices(Settings(), terminal.choice_store)
    choices.sort.choose("cost")
    choices.theme.choose("nord")
    choices.wraps.choose(not choices.wraps.value)
    choices.wraps.choose(not choices.wraps.value)
    assert len(facts) == 4
    text = str(facts[-1]["choices"])
    again = Choices(Settings(), BrowserTerminal((80, 24), text).choice_store)
    assert (again.sort.value, again.theme.value, again.wraps.is_default) == ("cost", "nord", True)


@each_case(
    "text",
    [
        "",
        "[",
        "null",
        "[]",
        "[" * 2000,
        '{"a":' * 400,
        "\ud800",
        '{"sort": 7, "theme": [], "wrap": {"value": "x", "instead_of": true}}',
        '{"theme": {"value": "../../etc/passwd", "instead_of": "textual-dark"}}',
        '{"sort": {"value": {"a": NaN}, "instead_of": "newest"}, "tree": {"value": null, "instead_of": "always"}}',
        '{"sort": {"value": "cost", "instead_of": "newest"}, "x": "' + "x" * 3000 + '"}',
    ],
)
def test_unfit_choices_of_a_page_are_the_defaults(text: str) -> None:
    choices = Choices(Settings(), BrowserTerminal((80, 24), text).choice_store)
    assert all(choice.is_default for choice in vars(choices).values() if isinstance(choice, Choice))


def test_it_ends_only_once_the_server_is_gone() -> None:
    terminal = BrowserTerminal((80, 24))
    assert terminal.exit_code_if_gone() is None
    with terminal.held_signals():  # at whose end the deadline is cancelled
        terminal.server_gone()
        assert terminal.exit_code_if_gone() == 129
