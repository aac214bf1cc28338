"""Where the listed sessions are from: base directories, and machines of a fleet."""

from zigtui.reader.text.safe_text import safe_plain, safe_short
from zigtui.ui.live_screen import ScreenContext
from zigtui.ui.widgets.bar import BarTexts
from zigtui.wording.machines import fleet_concern, machine_count
from zigtui.wording.short_names import tilde
from zigtui.wording.text_fit import SEPARATOR

__all__ = ["Sources"]

_LONGEST_NAME = 40  # characters


class Sources:
    """The sources of the sessions in a catalog. Machines may join while the list is displayed.

    Args:
        context: the context that the screens share.

    Attributes:
        has_machines: whether there is any machine, as of the last call of `texts`.
    """

    def __init__(self, context: ScreenContext) -> None:
        self.has_machines = False
        self._catalog = context.catalog
        self._feed = context.feed
        self._home = context.home_directory
        self._machines = self._concern = ""
        self._updated_at: int | None = None

    def are_several_bases(self) -> bool:
        """Whether there is more than one base directory."""
        return len(self._catalog.bases) > 1

    @property
    def own_bases(self) -> list[str]:
        """The base directories that are not those of other machines."""
        return [base.base for base in self._catalog.bases if base.mirrored is None]

    @property
    def names(self) -> str:
        """The base directories in words, safe to show. A fleet has its name in place of the bases of its machines."""
        directories = self.own_bases + (self._catalog.roots if self._feed is None else [])
        fleets = [] if self._feed is None else [safe_short(self._feed.name, _LONGEST_NAME)]
        return ", ".join([*(safe_plain(tilde(name, self._home)) for name in directories), *fleets])

    def texts(self, now: float, *, is_narrow: bool) -> BarTexts:
        """The directories, the number of machines, and what is wrong with these, for a bar.

        What is wrong comes first where there is little room.

        Args:
            now: the current time, in seconds since the epoch. The machines are brought up to date each second.
            is_narrow: whether there is little room.
        """
        if int(now) != self._updated_at:
            self._updated_at = int(now)
            statuses = self._catalog.machine_statuses()
            self.has_machines = bool(statuses)
            self._machines = machine_count(statuses) if statuses else ""
            self._concern = fleet_concern(statuses, self._catalog.offline_since, now)
        names, machines, concern = self.names, self._machines, self._concern
        if is_narrow and concern:
            return [(f"  {concern}", "paint--stalled"), (f"  {names}", "paint--muted")]
        texts = [(f"  {names}", "paint--muted")]
        if machines:
            texts.append((f"  {machines}", "paint--muted"))
        if concern:
            texts += [(SEPARATOR if machines else "  ", "paint--muted"), (concern, "paint--stalled")]
        return texts
