"""The preview of the chosen session: where it stands, what it displays, and when it reads a log."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import NOW, Clock, Shown, shown
from tests.support.waiting import DEADLINE_SECS
from zigtui.settings import Settings
from zigtui.state.store import StateStore
from zigtui.ui.session.preview import SessionPreview
from zigtui.ui.sessions.preview_pane import PreviewPane

BESIDE, BELOW = Settings(preview="beside"), Settings(preview="below")


def preview_text(screen: Shown) -> str:
    """What the preview pane displays."""
    pane = screen.app.screen.query_one(PreviewPane)
    region = pane.region
    return "\n".join(line[region.x : region.right] for line in screen.lines[region.y : region.bottom])


def shows(preview: SessionPreview, path: Path) -> bool:
    """Whether it is the preview of the session with that log."""
    return preview.location.path == str(path.resolve())


async def preview_of(screen: Shown, path: Path) -> SessionPreview:
    """The preview of a session, once it is there."""
    await screen.wait_until(lambda: [one for one in screen.app.screen.query(SessionPreview) if one.is_mounted])
    await screen.wait_until(lambda: len(screen.app.screen.query(SessionPreview)) == 1)
    preview = screen.app.screen.query_one(SessionPreview)
    assert shows(preview, path)
    await screen.changed()
    return preview


@pytest.mark.parametrize("settings", [BESIDE, BELOW], ids=["beside", "below"])
@pytest.mark.parametrize("size", [(160, 40), (80, 24), (60, 20)])
async def test_steps_and_the_last_lines_are_displayed_live(
    base: Path, settings: Settings, size: tuple[int, int]
) -> None:
    log = Log().start(1).tier(0, "lint", "types").step("lint").says("lint", "first line", "second line")
    path = write_log(base, log, session_id(1), modified=BEGAN + 10)
    async with shown(base, clock=Clock(BEGAN + 12), settings=settings, size=size) as screen:
        await preview_of(screen, path)
        await screen.wait_until(lambda: "second line" in preview_text(screen))
        assert "lint" in preview_text(screen)
        append(path, Log().says("lint", "a third line").data, modified=BEGAN + 11)
        await screen.changed()
        await screen.wait_until(lambda: "a third line" in preview_text(screen))
        assert screen.app.screen.focused is screen.sessions


async def test_a_failed_session_shows_the_step_that_failed_and_its_error_in_full(base: Path) -> None:
    log = Log().start(1).tier(0, "build").step("build").says("build", "compiling")
    log.event("step_failed", step_name="build", exit_code=2, attempt=1, error="first\nsecond\nlast of the error")
    path = write_log(base, log.end("failure"), session_id(1), modified=NOW)
    async with shown(base, settings=BELOW, size=(120, 40)) as screen:
        await preview_of(screen, path)
        await screen.wait_until(lambda: "last of the error" in preview_text(screen))
        assert "second" in preview_text(screen)


@pytest.mark.parametrize("settings", [BESIDE, BELOW], ids=["beside", "below"])
async def test_a_stalled_session_shows_its_stuck_step_and_the_last_lines_of_all(base: Path, settings: Settings) -> None:
    names = [f"service-{number}" for number in range(14)]
    log = Log().start(1).tier(0, *names)
    for name in names:
        log.step(name).says(name, f"begun {name}")
    log.wait(60)
    for name in names[:-1]:
        log.says(name, f"news of {name}")
    path = write_log(base, log, session_id(1), modified=BEGAN + log.second)
    settings = replace(settings, stall_secs=50.0)
    async with shown(base, clock=Clock(BEGAN + log.second), settings=settings, size=(160, 30)) as screen:
        await preview_of(screen, path)
        await screen.wait_until(lambda: "◐ stalled" in preview_text(screen))
        await screen.wait_until(lambda: "news of service-12" in preview_text(screen))
        for text in ("the latest news", "the very latest"):
            append(path, log.says("service-3", text).lines[-1] + b"\n", modified=BEGAN + log.second)
            await screen.changed()
            await screen.wait_until(lambda text=text: text in preview_text(screen))  # type: ignore[misc]
        assert "◐ service-13" in preview_text(screen)  # to which the tree scrolls in the frame after it has its size


async def test_v_shows_it_beside_and_below_and_hides_it_and_that_is_kept(base: Path, tmp_path: Path) -> None:
    path = write_log(base, Log().start(1).tier(0, "a").end(), session_id(1), modified=NOW)
    store = StateStore(tmp_path / "state")
    async with shown(base, size=(160, 40), store=store) as screen:
        pane = screen.app.screen.query_one(PreviewPane)
        assert not pane.display
        await screen.press("v")
        await preview_of(screen, path)
        assert pane.region.x > 40
        await screen.press("v")
        await screen.wait_until(lambda: pane.region.x == 0 and pane.region.y > 10)
        await screen.press("v")
        assert not pane.display
        await screen.press("v", "v")
    store.close(5.0)
    async with shown(base, size=(160, 40), store=StateStore(tmp_path / "state")) as screen:
        await screen.wait_until(lambda: screen.app.screen.query_one(PreviewPane).display)


async def test_below_140_columns_there_is_none_beside(base: Path) -> None:
    write_log(base, Log().start(1).end(), session_id(1), modified=NOW)
    async with shown(base, size=(139, 30)) as screen:
        await screen.press("v")
        pane = screen.app.screen.query_one(PreviewPane)
        await screen.wait_until(lambda: pane.display and pane.region.width == 139)
        await screen.press("v")
        assert not pane.display


async def test_v_has_an_effect_each_time_where_there_is_no_room_beside(base: Path, tmp_path: Path) -> None:
    write_log(base, Log().start(1).end(), session_id(1), modified=NOW)
    stores = [StateStore(tmp_path / "state") for _ in range(3)]
    for width, store, keys in ((160, stores[0], "v"), (100, stores[1], "vvv"), (160, stores[2], "")):
        async with shown(base, size=(width, 30), store=store) as screen:
            pane = screen.app.screen.query_one(PreviewPane)
            for key in keys:
                was_there = pane.display
                await screen.press(key)
                assert pane.display is not was_there
            if store is stores[2]:
                assert not pane.display  # as it was left
        store.close(5.0)
    async with shown(base, settings=BELOW, size=(100, 30)) as screen:
        await screen.press("v")
        assert not screen.app.screen.query_one(PreviewPane).display


async def test_a_log_is_opened_only_when_the_cursor_rests_and_closed_afterwards(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigtui.ui.sessions.preview_pane._REST_SECS", DEADLINE_SECS)
    paths = [
        write_log(base, Log().start(1).tier(0, "a").end(), session_id(number), modified=NOW) for number in range(1, 9)
    ]
    async with shown(base, settings=BELOW, size=(120, 40)) as screen:
        catalog = screen.app.catalog
        opened: list[str] = []
        open_log = catalog.open
        catalog.open = lambda location: opened.append(location.path) or open_log(location)  # type: ignore[method-assign, func-returns-value]
        await screen.press(*["j"] * 6)
        assert opened == []
        monkeypatch.setattr("zigtui.ui.sessions.preview_pane._REST_SECS", 0.01)
        await screen.press("j")
        last = screen.sessions.location
        assert last is not None
        await screen.wait_until(lambda: opened == [last.path])
        assert len(paths) == 8
        await preview_of(screen, Path(last.path))
        await screen.press("v")
        await screen.wait_until(lambda: not screen.app.screen.query(SessionPreview))


async def test_a_preview_stays_until_the_next_one_has_content(base: Path) -> None:
    log = Log().start(1).tier(0, "a").step("a").says("a", "some output").done("a").end()
    for number in (1, 2):
        write_log(base, log, session_id(number), modified=NOW, workflow=f"flow-{number}")
    async with shown(base, settings=BELOW, size=(120, 40)) as screen:
        await screen.wait_until(lambda: "≡ All output" in preview_text(screen))
        await screen.press("j")
        seen = [preview_text(screen)]
        while session_id(2)[:8] not in seen[-1] and len(seen) < 500:
            await screen.changed()
            seen.append(preview_text(screen))
        ids = session_id(1)[:8], session_id(2)[:8]
        assert ids[1] in seen[-1]
        assert all("≡ All output" in text and any(each in text for each in ids) for text in seen)


async def test_an_empty_list_has_an_empty_preview(base: Path) -> None:
    path = write_log(base, Log().start(1).end(), session_id(1), modified=NOW)
    async with shown(base, settings=BELOW, size=(120, 40)) as screen:
        await preview_of(screen, path)
        await screen.press("slash", *"nothing", "enter")
        await screen.wait_until(lambda: not screen.app.screen.query(SessionPreview))
        await screen.press("escape")
        await preview_of(screen, path)
