"""The line of keys at the bottom, and the panel of all keys."""

import string
from pathlib import Path

import pytest
from textual.keys import _character_to_key

from tests.support.bases import log_of, write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import SIZES, Clock, shown
from zigtui.ui.keys_screen import KeysScreen
from zigtui.ui.session.screen import SessionScreen
from zigtui.ui.sessions.screen import SessionsScreen
from zigtui.ui.terminal.control import NoTerminal
from zigtui.ui.widgets.key_bar import KeyBar


async def test_the_keys_are_displayed_and_all_of_them_after_a_question_mark(recorded: Path) -> None:
    async with shown(recorded, size=(120, 40), opened=log_of(recorded, "retry-then-success")) as screen:
        for key in ("/ search", "e failure", "| pin", "esc back", "? keys", "q quit", "^p palette"):
            assert key in screen.lines[-1]
        await screen.press("question_mark")
        assert isinstance(screen.app.screen, KeysScreen)
        for keys in ("⏎ read", "end G last", "N previous match", "w wrap", "? keys", "^z suspend", "^p palette"):
            assert keys in " ".join(screen.text.split())
        assert "Focus" not in screen.text  # nor anything else that is Textual's
        await screen.press("question_mark")
        assert isinstance(screen.app.screen, SessionScreen)
        await screen.press("slash")
        assert "search" not in screen.lines[-1]
        assert "esc end" in screen.lines[-1]


async def test_the_line_of_keys_tells_what_a_switch_would_do(recorded: Path) -> None:
    async with shown(recorded, size=(120, 40), opened=log_of(recorded, "retry-then-success")) as screen:
        for key, before, after in (("f", "", "f follow"), ("vertical_line", "| pin ", "| unpin ")):
            for displayed, other in ((before, after), (after, before), (before, after)):
                assert displayed in screen.lines[-1]
                assert not other or other not in screen.lines[-1]
                await screen.press(key)
            await screen.press(key)


async def test_the_line_of_keys_has_failure_only_if_there_is_one(base: Path) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", "one")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(120, 60)) as screen:
        assert "e failure" not in screen.lines[-1]
        await screen.press("question_mark")
        panel = " ".join(screen.text.split())
        assert " e failure" in panel
        assert " E previous failure" in panel
        await screen.press("escape", "e")
        assert screen.found == "no failure"
        append(path, Log().fails("a").data, BEGAN)
        await screen.changed()
        await screen.wait_until(lambda: "e failure" in screen.lines[-1])
        await screen.press("e")
        assert "failure 1 of 1" in screen.title


async def test_the_line_of_keys_tells_how_to_end_a_prompt_and_to_get_what_was_typed_before(recorded: Path) -> None:
    async with shown(recorded) as screen:
        await screen.press("slash")
        assert screen.lines[-1].split() == ["⏎", "done", "esc", "end", "filter", "^p", "palette"]
        await screen.press("e", "enter", "slash")
        assert "↑ earlier  ⏎ done  esc end filter" in screen.lines[-1]
        await screen.press("up")
        assert screen.prompt == "e"


async def test_escape_ends_a_search_before_it_goes_back_and_the_line_of_keys_shows_it(recorded: Path) -> None:
    async with shown(recorded, opened=log_of(recorded, "retry-then-success")) as screen:
        await screen.answer("/", "attempt")
        assert "esc end" in screen.lines[-1]
        await screen.press("escape")
        assert "esc back" in screen.lines[-1]
        await screen.press("escape")
        assert isinstance(screen.app.screen, SessionsScreen)


async def test_the_list_displays_its_keys_too(recorded: Path) -> None:
    async with shown(recorded) as screen:
        keys = "⏎ open  / filter  s sort  v preview  y copy  ? keys  q quit"
        assert screen.lines[-1].split() == [*keys.split(), "^p", "palette"]
        await screen.press("question_mark")
        assert "⏎ open" in " ".join(screen.text.split())
        assert "wrap" not in screen.text


@pytest.mark.parametrize(
    ("keys", "rows"),
    [
        ([], ["esc end what was begun last", "end G to the end", "home g to the start"]),
        (["tab"], ["esc end what was begun last", "space fold the attempts", "← h fold, or go up"]),
        (["T"], ["space fold", "← h earlier", "end G last"]),
    ],
    ids=["output", "tree", "timeline"],
)
async def test_each_action_has_a_row_of_its_own(recorded: Path, keys: list[str], rows: list[str]) -> None:
    async with shown(recorded, size=(120, 60), opened=log_of(recorded, "retry-then-success")) as screen:
        await screen.answer("/", "attempt")
        await screen.press(*keys, "question_mark")
        seen = [" ".join(part.split()) for part in screen.text.split("│")]
        assert [row for row in rows if row not in seen] == [], seen


class RemoteTerminal(NoTerminal):
    """A terminal whose user is elsewhere."""

    is_remote = True


@pytest.mark.parametrize(
    ("terminal", "description"),
    [(NoTerminal(), "copy selection, or quit"), (RemoteTerminal(), "copy selection")],
    ids=["local", "remote"],
)
async def test_what_ctrl_c_does_is_displayed(recorded: Path, terminal: NoTerminal, description: str) -> None:
    async with shown(recorded, size=(120, 50), terminal=terminal) as screen:
        await screen.press("question_mark")
        (line,) = [line for line in screen.lines if "^c " in line]
        assert description in line
        assert ("or quit" in line) == ("or quit" in description)
        await screen.press("escape", "ctrl+c")
        assert screen.app._exit != terminal.is_remote


@pytest.mark.parametrize("key", ["o", "O"])
async def test_a_key_for_a_program_names_the_one_that_works_for_a_user_elsewhere(recorded: Path, key: str) -> None:
    opened = log_of(recorded, "retry-then-success")
    async with shown(recorded, size=(120, 60), terminal=RemoteTerminal(), opened=opened) as screen:
        await screen.press("question_mark")
        assert "$PAGER" not in screen.text
        assert "$EDITOR" not in screen.text
        await screen.press("escape", key)
        assert "> downloads the output" in screen.text


KEYS_OF_A_SESSION = ["↑ k", "home g", "pgdn ^f", "⏎", "tab", "esc", *"/nNeE:fwt?", "^z", "^p"]


async def test_every_key_can_be_seen_at_any_size(recorded: Path) -> None:
    async with shown(recorded, opened=log_of(recorded, "retry-then-success")) as screen:
        for size in [(20, 5), (48, 20), (66, 20), (70, 20), (73, 20), (80, 24), (120, 40)]:
            await screen.resize(*size)
            await screen.press("question_mark")
            seen, before = screen.text, ""
            while before != screen.text:  # until its end
                before = screen.text
                await screen.press("j")
                seen += screen.text
            assert [keys for keys in KEYS_OF_A_SESSION if f" {keys} " not in seen] == [], size
            assert "go to a time or a line" in seen or size[0] <= 40
            await screen.press("q")
            assert isinstance(screen.app.screen, SessionScreen)


async def test_long_descriptions_are_wrapped_where_there_is_little_room(recorded: Path) -> None:
    async with shown(recorded, size=(34, 70), opened=log_of(recorded, "retry-then-success")) as screen:
        await screen.press("question_mark")
        assert "go to a time or a line" in " ".join(screen.text.replace("│", " ").split())


async def test_the_screen_below_the_keys_goes_on(base: Path) -> None:
    path = write_log(base, Log().start().tier(0, "a").step("a").says("a", "one"), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        output = screen.output
        await screen.press("question_mark")
        append(path, Log().says("a", "two").data, BEGAN)
        screen.app.catalog.read_all()
        await screen.wait_until(lambda: "two" in output.render_line(3).text)
        assert isinstance(screen.app.screen, KeysScreen)


@pytest.mark.parametrize("size", SIZES)
async def test_where_room_is_short_whole_keys_are_left_out_and_the_last_two_stay(
    recorded: Path, size: tuple[int, int]
) -> None:
    async with shown(recorded, size=size, opened=log_of(recorded, "retry-then-success")) as screen:
        told = [key.strip() for key in screen.lines[-1].split("  ") if key and key.strip() != "^p palette"]
        others = ["⏎ read", "tab pane", "esc back", "/ search", "e failure", "y copy", "| pin"]
        kept = len(told) - 2
        assert told == [*others[:kept], "? keys", "q quit"]
        assert kept == len(others) or len("  ".join(["", *told, others[kept]])) > size[0] - 1


async def test_a_click_on_a_key_presses_it(recorded: Path) -> None:
    async with shown(recorded, opened=log_of(recorded, "retry-then-success")) as screen:
        before = screen.lines
        await screen.pilot.click(KeyBar, offset=(0, 0))  # beside the keys
        assert screen.lines == before
        await screen.pilot.click(KeyBar, offset=(screen.lines[-1].index("back"), 0))
        await screen.wait_until(lambda: isinstance(screen.app.screen, SessionsScreen))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 30), (200, 50)], ids=str)
async def test_a_click_in_the_panel_of_keys_presses_the_key(recorded: Path, size: tuple[int, int]) -> None:
    async def click(text: str) -> None:
        """Open the panel, and click on a description in it."""
        await screen.press("question_mark")
        await screen.wait_for("Keys ─")
        panel = screen.app.screen
        for _ in range(len(screen.lines)):
            if any(text in line for line in screen.lines):
                break
            panel.query_one("#keys").scroll_relative(y=2, animate=False)
            await screen.pilot.pause()
        y, line = next((y, line) for y, line in enumerate(screen.lines) if text in line)
        await screen.pilot.click(offset=(line.index(text), y))

    async with shown(recorded, opened=log_of(recorded, "retry-then-success"), size=size) as screen:
        await click("  quit")
        assert isinstance(screen.app.screen, KeysScreen)  # a stray click does not end the program
        await screen.press("escape")
        await click("  timeline")
        await screen.wait_until(lambda: not isinstance(screen.app.screen, KeysScreen))
        await screen.wait_for("the end")
        await click("  info")
        await screen.wait_for("cwd")


async def test_the_panel_of_keys_can_be_closed_before_it_is_displayed(base: Path) -> None:
    async with shown(base) as screen:
        screen.app.action_toggle_keys()
        panel = screen.app.screen
        assert isinstance(panel, KeysScreen)
        screen.app.action_toggle_keys()
        panel.action_scroll(1)  # a key that was pressed in between
        await screen.press("question_mark")
        await screen.wait_for("Keys ─")


@pytest.mark.parametrize("opened", [False, True], ids=["list", "session"])
async def test_no_character_fails(base: Path, opened: bool) -> None:
    path = write_log(base, Log().start().tier(0, "a").step("a").says("a", "hello").done("a").end(), "1")
    async with shown(base, opened=path if opened else None) as screen:
        for character in string.punctuation + string.digits + string.ascii_letters.replace("q", ""):
            screen.app.simulate_key(_character_to_key(character))  # Textual calls any method `key_at` for an at sign
            await screen.press("escape")
        assert screen.app.failure is None


async def test_the_mouse_selects_no_text(base: Path) -> None:
    async with shown(base) as screen:
        await screen.press("question_mark")
        await screen.wait_for("Keys ─")
        rows = screen.app.screen.query_one("#keys")
        await screen.pilot.mouse_down(rows, offset=(1, 1))
        await rows.remove()  # as a notice disappears below the pointer
        await screen.pilot.hover(offset=(40, 10))
        await screen.pilot.mouse_up(offset=(40, 10))
        assert not screen.app.screen.selections
