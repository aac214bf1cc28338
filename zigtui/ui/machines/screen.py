"""The screen of all machines whose sessions are mirrored."""

from collections.abc import Callable, Hashable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from zigtui.ui.live_screen import LiveScreen, ScreenContext
from zigtui.ui.machines.columns import MachineRow
from zigtui.ui.machines.list import MachineList, MachineTitles
from zigtui.ui.machines.session_counts import SessionCounts
from zigtui.ui.widgets.bar import Bar, BarTexts
from zigtui.ui.widgets.bindings import in_order
from zigtui.wording.dates import clock_time
from zigtui.wording.machines import by_urgency, fleet_concern, machine_count
from zigtui.wording.text_fit import SEPARATOR

__all__ = ["MachinesScreen"]


class MachinesScreen(LiveScreen):
    """A row for each machine: whether it gives signs of life, its sessions, and how far it is behind.

    Args:
        context: the context that the screens share.
        choose: called with the name of the machine that the user chooses, after the screen has been closed.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(Binding("escape,M", "go_back", "back"))

    def __init__(self, context: ScreenContext, choose: Callable[[str], object]) -> None:
        super().__init__(context)
        self._choose = choose
        self._counts = SessionCounts()
        self._changes = context.catalog.changes()

    def compose_body(self) -> ComposeResult:
        """The bar, the titles and the list."""
        machines = MachineList(self._open, id="machines")
        yield Bar(id="machines-top")
        yield MachineTitles(machines.columns, id="machine-titles")
        yield machines

    def show(self, now: float) -> None:
        """Display the machines as they are at ``now``."""
        self._counts.update(*self._changes.take())
        catalog = self.context.catalog
        statuses, live = catalog.machine_statuses(), self._counts.live(now)
        number = machine_count(statuses, with_removed=True)
        left: BarTexts = [("Machines", "paint--strong"), (f"  {number}", "paint--muted")]
        if concern := fleet_concern(statuses, catalog.offline_since, now):
            left = [*left, (SEPARATOR, "paint--muted"), (concern, "paint--stalled")]
        self.query_one(Bar).show((left, [(f"{clock_time(now)} ", "paint--muted")]))
        self.query_one(MachineList).show(
            [MachineRow(status, live[status.name], self._counts.total(status.name)) for status in by_urgency(statuses)]
        )
        self.query_one(MachineTitles).show()

    def _open(self, key: Hashable) -> None:
        if isinstance(key, str) and self.is_active:
            self.app.pop_screen()
            self._choose(key)
