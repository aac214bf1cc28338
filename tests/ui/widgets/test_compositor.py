"""Frames are those of Textual, but less is drawn for them."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual._compositor import ChopsUpdate, Compositor
from textual._context import visible_screen_stack
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tests.support.bases import log_of, write_log
from tests.support.cases import each_case
from tests.support.logs import BEGAN, Log
from tests.support.screens import Clock, Shown, shown
from zigtui.ui.live_screen import LiveScreen
from zigtui.ui.widgets.bar import Bar
from zigtui.ui.widgets.compositor import QuickCompositor
from zigtui.ui.widgets.drawing import Parts

CHANGED = """Textual has another {} than the one that zigtui.ui.widgets.compositor was written for. Compare its
textual/_compositor.py with that of the version before, and adapt QuickCompositor to it. Without QuickCompositor in
RepaintingScreen everything is drawn alike, but more slowly: tests/benchmarks/bench_keys.py shows by how much."""


@each_case("name", ["_dirty_regions", "_regions_to_spans", "_render_chops", "cuts", "visible_widgets"])
def test_textual_has_what_the_compositor_takes_from_it(name: str) -> None:
    assert name in dir(Compositor()), CHANGED.format(name)


@pytest.mark.parametrize("name", ["render_partial_update", "_render_chops"])
def test_textual_has_the_methods_that_the_compositor_replaces(name: str) -> None:
    replaced, own = (inspect.signature(getattr(kind, name)) for kind in (Compositor, QuickCompositor))
    assert list(replaced.parameters) == list(own.parameters), CHANGED.format(name)


def lines_of(screen: Shown, kind: type[Compositor], region: Region) -> list[Strip]:
    """The lines of a region, as a compositor of some kind draws them."""
    visible_screen_stack.set(screen.app._background_screens)
    pieces = kind._render_chops(screen.app.screen._compositor, region, lambda y: y in region.line_range)
    return [Strip.join(pieces[y].values()) for y in region.line_range]


@pytest.mark.parametrize("size", [(60, 20), (160, 48)], ids=str)
@pytest.mark.parametrize(
    "keys",
    [(), ("v",), ("slash", "a"), ("question_mark",), ("y",), ("enter", "T"), ("enter", "tab", "vertical_line", "i")],
    ids=str,
)
async def test_frames_are_those_of_textual(recorded: Path, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    async with shown(recorded, size=size) as screen:
        await screen.press(*keys)
        compositor = screen.app.screen._compositor
        assert type(compositor) is not Compositor
        for region in (compositor.size.region, Region(0, 3, size[0], 9)):
            assert lines_of(screen, type(compositor), region) == lines_of(screen, Compositor, region)


@pytest.mark.parametrize("keys", [(), ("T",), ("question_mark",), ("tab", "vertical_line")], ids=str)
async def test_what_changes_is_drawn_as_textual_does(recorded: Path, keys: tuple[str, ...]) -> None:
    async with shown(recorded, size=(160, 48), opened=log_of(recorded, "retry-then-success")) as screen:
        await screen.press(*keys)
        visible_screen_stack.set(screen.app._background_screens)
        compositor = screen.app.screen._compositor
        for regions in ({Region(0, 0, 160, 48)}, {Region(3, 2, 5, 1), Region(50, 2, 70, 9)}, {Region(0, 40, 300, 30)}):
            sent = []
            for kind in (type(compositor), Compositor):
                compositor._dirty_regions = {region.intersection(compositor.size.region) for region in regions}
                update = kind.render_partial_update(compositor)
                assert isinstance(update, ChopsUpdate)
                sent.append(update.render_segments(screen.app.console))
            assert sent[0] == sent[1]


def wide() -> Log:
    """A session with more steps than a screen has lines."""
    names = [f"step-{number}" for number in range(60)]
    log = Log().start(1).tier(0, *names)
    for name in names:
        log.step(name)
    return log


@contextmanager
def drawn_widgets() -> Iterator[set[Widget]]:
    """The widgets that are drawn within the block."""
    drawn: set[Widget] = set()
    render_lines = Widget.render_lines

    def render_and_note(widget: Widget, crop: Region) -> list[Strip]:
        drawn.add(widget)
        return render_lines(widget, crop)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Widget, "render_lines", render_and_note)
        yield drawn


async def test_a_row_that_changes_does_not_draw_what_is_beside_and_behind_it(recorded: Path) -> None:
    async with shown(recorded, size=(160, 48), opened=log_of(recorded, "retry-then-success")) as screen:
        compositor, tree = screen.app.screen._compositor, screen.tree
        region = Region(tree.region.x, tree.region.y + 2, tree.size.width, 1)
        with drawn_widgets() as drawn:
            compositor._dirty_regions = {region}
            assert compositor.render_partial_update() is not None
        assert drawn == {tree}


async def test_below_a_panel_only_lines_that_change_are_drawn(recorded: Path) -> None:
    opened = log_of(recorded, "retry-then-success")
    async with shown(recorded, size=(160, 48), opened=opened, draws_frames=True) as screen:
        header, tree, output = screen.app.screen.query_one("#header", Bar), screen.tree, screen.output
        await screen.press("question_mark")
        with drawn_widgets() as drawn:
            header.show(([("another name", "")], []))
            await screen.wait_until(lambda: {header, screen.app.screen} <= drawn)
        assert drawn.isdisjoint({tree, output})
        assert "another name" in screen.lines[0]


async def test_a_layout_does_not_draw_a_scroll_bar_that_looks_the_same(base: Path) -> None:
    path = write_log(base, wide(), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(160, 48), draws_frames=True) as screen:
        bar = screen.tree.vertical_scrollbar
        assert bar.region
        with drawn_widgets() as drawn:
            screen.app.screen.refresh(layout=True)
            await screen.press("down")
            assert screen.tree in drawn
            assert bar not in drawn
            await screen.press("end")
            await screen.wait_until(lambda: bar in drawn)


async def test_rows_are_drawn_once_for_all_changes_of_a_moment(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_log(base, wide(), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(160, 48), draws_frames=True) as screen:
        tree, live = screen.tree, screen.app.screen
        drawn: list[int] = []
        parts_at = tree.parts_at

        def noting(row: int, width: int) -> Parts:
            drawn.append(row)
            return parts_at(row, width)

        monkeypatch.setattr(tree, "parts_at", noting)
        assert isinstance(live, LiveScreen)
        live.show_changes()
        live.show_changes()
        await screen.wait_until(lambda: bool(drawn))
        assert len(drawn) == len(set(drawn))
