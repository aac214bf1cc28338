"""The signs of states, and that the screen, plain text and the reports agree on them."""

import re
from importlib.resources import files

import click
import pytest
from rich.cells import cell_len
from textual.theme import BUILTIN_THEMES

from tests.support.cases import each_case
from zigtui.commands.export.formats.html.fragments import state_html
from zigtui.commands.printing import terminal
from zigtui.reader.session.model.session import SessionState, StepState, TierState
from zigtui.ui.widgets.painted import PaintedScreen, paint_of_state
from zigtui.wording.signs import CHECKING
from zigtui.wording.states import STATE_SIGNS, Severity, State, sign_of

STATES: list[State] = [*SessionState, *TierState, *StepState]
HUES = {
    Severity.OK: "green",
    Severity.ACTIVE: "blue",
    Severity.WARNING: "yellow",
    Severity.ERROR: "red",
    Severity.CRITICAL: "red",
    Severity.MUTED: "grey",
}


def test_the_table_has_all_states_and_no_others() -> None:
    assert {state.value for state in STATES} == STATE_SIGNS.keys()


def test_every_state_has_a_glyph_of_one_cell_and_a_plain_word() -> None:
    assert {cell_len(sign.glyph) for sign in [*STATE_SIGNS.values(), CHECKING]} == {1}
    assert {sign.word for sign in STATE_SIGNS.values() if not sign.word.isalpha()} == {"not run"}


def test_different_states_have_different_glyphs_and_words() -> None:
    signs = [*STATE_SIGNS.values(), CHECKING]
    assert len({sign.glyph for sign in signs}) == len({sign.word for sign in signs}) == len(signs)


def hue_of(red: int, green: int, blue: int) -> str:
    """The name of a colour, as far as severities differ by it."""
    largest, smallest = max(red, green, blue), min(red, green, blue)
    if largest - smallest < 45:
        return "grey"
    if blue == largest:
        return "blue"
    if green == largest:
        return "green"
    return "yellow" if green - blue > (red - blue) // 2 else "red"


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "has_colours", lambda: True)


@each_case("state", STATES, ids=lambda state: f"{type(state).__name__}-{state.value}")
def test_plain_text_has_the_colour_of_the_severity(on_terminal: None, state: State) -> None:
    severity = sign_of(state).severity
    painted = terminal.painted("x", severity)
    colour = {"green": "green", "blue": "cyan", "yellow": "yellow", "red": "red"}.get(HUES[severity])
    assert painted == (click.style("x", fg=colour) if colour else click.style("x", dim=True))


@each_case("state", STATES, ids=lambda state: f"{type(state).__name__}-{state.value}")
def test_the_page_has_the_sign_the_word_and_the_colour_of_the_severity(state: State) -> None:
    sign = sign_of(state)
    assert state_html(state) == (
        f'<span class="state {sign.severity}"><i aria-hidden="true">{sign.glyph}</i>{sign.word}</span>'
    )
    page = (files("zigtui.commands.export.formats.html") / "page.html").read_text(encoding="utf-8")
    for kind in ("state", "bar"):
        rules = re.findall(rf"[^\n]*\.{kind}\.{sign.severity}\b[^\n]*", page)
        rules += re.findall(rf"\n\.{kind} {{[^\n]*", page)  # the rule for muted states
        rule = rules[0]
        variable = re.findall(r"(?:color|fill): var\((--\w+)\)", rule)[0]
        for value in re.findall(rf"{variable}: #(\w+);", page):  # on a light and on a dark background
            assert hue_of(*bytes.fromhex(value)) == HUES[sign.severity]


@each_case("state", STATES, ids=lambda state: f"{type(state).__name__}-{state.value}")
def test_the_screen_has_the_colour_of_the_severity(state: State) -> None:
    stylesheet = (files("zigtui.ui") / "zigtui.tcss").read_text(encoding="utf-8")
    name = paint_of_state(state)
    assert name in PaintedScreen.COMPONENT_CLASSES
    (colour,) = re.findall(rf"\.{name} {{ color: \$([\w-]+)", stylesheet)
    hues = {"success": "green", "primary": "blue", "warning": "yellow", "error": "red", "foreground": "grey"}
    assert hues[colour.removeprefix("text-")] == HUES[sign_of(state).severity]


@each_case("state", STATES, ids=lambda state: f"{type(state).__name__}-{state.value}")
def test_the_screen_has_it_in_the_terminals_own_colours_too(state: State) -> None:
    stylesheet = (files("zigtui.ui") / "zigtui.tcss").read_text(encoding="utf-8")
    theme = BUILTIN_THEMES["ansi-dark"].to_color_system().generate()
    name = paint_of_state(state)
    colours = re.findall(rf"\.{name} {{ color: (\S+?)[;\s]", stylesheet)
    colour = theme[colours[-1].removeprefix("$")] if colours[-1].startswith("$") else colours[-1]
    hues = {"ansi_green": "green", "ansi_cyan": "blue", "ansi_yellow": "yellow", "ansi_red": "red"}
    assert hues.get(colour, "grey") == HUES[sign_of(state).severity]
