"""The screen of all facts about a session, and about the row that was chosen in its tree."""

import math
from collections.abc import Hashable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.copying import Copyable, TextReader, plain_text
from zigtui.ui.live_screen import LiveScreen, ScreenContext
from zigtui.ui.output.chosen.chosen_run import find_run
from zigtui.ui.output.past_sessions import PastSessions
from zigtui.ui.output.patient_reader import NoAnswerError, PatientReader
from zigtui.ui.output.view.view import OutputView
from zigtui.ui.output.view.viewport import Spot
from zigtui.ui.session.fact_lines import FactLines
from zigtui.ui.widgets.bar import Bar
from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.drawing import one_line
from zigtui.wording.facts import Section, UsageByTier, pass_section, session_sections, step_sections, tier_section

__all__ = ["InfoScreen"]

_LABEL_WIDTH = 13  # cells
_TEXT_SHARE = 0.5
_CHILDREN_SECS = 5.0
"""How long the sessions inside this one are not searched for again: there may be very many sessions."""


class InfoScreen(LiveScreen):
    """Displays facts that scroll, can be selected with the mouse and copied. They stay up to date.

    Args:
        context: the context that the screens share.
        log: the session's log, which the screen below keeps up to date.
        key: the key of the row of the tree.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("escape,i", "go_back", "back"),
        Binding("tab", "next_fact(1)", "next fact"),
        Binding("shift+tab", "next_fact(-1)", "previous fact", show=False),
        Binding("y", "copy", "copy"),
    )

    def __init__(self, context: ScreenContext, log: SessionLog, key: Hashable) -> None:
        super().__init__(context)
        self._log = log
        self._key = key
        self._reader = PatientReader(self.report_change, context.settings.disk_patience_secs)
        self._past = PastSessions(log, self._reader.run)
        self._usage_by_tier = UsageByTier()
        self._lines = FactLines()
        self._children: list[SessionSnapshot] = []
        self._children_since = -math.inf
        self._generation = log.snapshot().generation
        self._basis: Hashable = None  # of the facts on the screen

    def compose_body(self) -> ComposeResult:
        """A title and the facts."""
        yield Bar(id="info-title")
        settings = replace(self.context.settings, widest_label=_LABEL_WIDTH, text_share=_TEXT_SHARE)
        yield OutputView(settings, id="info")

    def on_unmount(self) -> None:
        """Stop the thread that reads past passes."""
        self._reader.close()

    @property
    def _view(self) -> OutputView:
        return self.query_one(OutputView)

    def show_first(self) -> None:
        """Display the facts from the first one on."""
        super().show_first()
        self._view.show(self._lines, self._lines.headings, labels=True, label_width=_LABEL_WIDTH, follow=False)
        self._view.focus()

    def show(self, now: float) -> None:
        """Display the facts at ``now``."""
        snapshot = self._log.snapshot(now, self.context.settings.stall_secs)
        basis = snapshot.session, snapshot.state, snapshot.progress, int(now)
        if basis != self._basis and self._lines.replace(self._sections(snapshot)):
            self._view.lines_replaced(self._lines.headings)
        self._basis = basis
        self._show_title()

    def _show_title(self) -> None:
        line = self._view.current_line
        fact = None if line is None else self._lines.fact_at(line)
        right = [] if fact is None else [(f"y copies: {fact.label} ", "paint--muted")]
        self.query_one("#info-title", Bar).show(([("Info", "paint--strong")], right))

    def _sections(self, snapshot: SessionSnapshot) -> list[Section]:
        if snapshot.generation != self._generation:  # the row may be that of another run now
            self._key, self._generation = None, snapshot.generation
            self._past = PastSessions(self._log, self._reader.run)
        chosen: Sequence[Section] = ()
        with suppress(NoAnswerError):  # there is another frame when the disk has answered
            chosen = self._chosen_sections(snapshot)
        return [*chosen, *session_sections(snapshot, self._usage_by_tier, self._children_at(snapshot.now))]

    def _children_at(self, now: float) -> list[SessionSnapshot]:
        """The sessions that were begun inside steps of this one, as the catalog had them a few seconds ago at most."""
        if not 0 <= now - self._children_since < _CHILDREN_SECS:
            own = self._log.location.session_id
            self._children = [
                other for other in self.context.catalog.sessions() if other.session.parent_session_id == own
            ]
            self._children_since = now
        return self._children

    def _chosen_sections(self, snapshot: SessionSnapshot) -> Sequence[Section]:
        run = find_run(self._key, snapshot.session, self._past)
        if run is None or run.is_unreadable:
            return ()
        if run.run is not None:
            index, session = run.run.number - 1, snapshot.session
            past = self._past.with_pass(session, index) if index < len(session.past) else None
            return [pass_section(run.run, snapshot, past or session)]
        home = snapshot._replace(session=run.home)
        if run.step is not None:
            return step_sections(run.step, home, None if run.attempt is None else run.attempt.position)
        return () if run.tier is None else [tier_section(run.tier, home)]

    # Copying

    def copyables(self) -> Sequence[Copyable]:
        """The fact that was pointed at, the id, the path of the log, and all facts."""
        copyables: list[Copyable] = []
        line, selected = self._view.current_line, self._view.selection.reader()
        fact = None if line is None else self._lines.fact_at(line)
        if selected is not None:
            copyables.append(Copyable("y", "selection", selected))
        elif fact is not None:
            copyables.append(Copyable("y", one_line(fact.label), partial(plain_text, fact.text)))
        location = self._log.location
        return [
            *copyables,
            Copyable("i", "id", location.session_id),
            Copyable("p", "log path", location.path),
            Copyable("a", "all of it", self._lines.whole_text),
        ]

    def take_selection(self) -> TextReader | None:
        """The selected text, which is no longer selected afterwards; None if there is none."""
        text = self._view.selection.reader()
        self._view.select_nothing()
        return text

    @on(OutputView.Selected)
    def copy_selected(self) -> None:
        """Copy what was selected with the mouse. It stays selected."""
        self.copy(Copyable("", "selection", self._view.selection.reader() or ""))

    @on(OutputView.Pointed)
    def show_pointed(self) -> None:
        """Display which fact was pointed at."""
        self.call_later(self._show_title)

    # Actions of the keys

    def action_next_fact(self, direction: int) -> None:
        """Point at the next fact (1) or the previous one (-1)."""
        line = self._view.current_line
        if line is not None:
            self._view.go_to(Spot(self._lines.next_fact(line, direction)))
            self._show_title()
