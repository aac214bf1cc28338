"""Carry out what the notifier decides, and keep the title and the progress of the terminal up to date."""

from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial

from zigtui.reader.location import LogLocation
from zigtui.reader.threads import start_thread
from zigtui.settings import Settings
from zigtui.ui.notifications.channels import desktop_sequence, run_program, start_program
from zigtui.ui.notifications.news import News
from zigtui.ui.notifications.notifier import Notifier
from zigtui.ui.notifications.report import Report
from zigtui.ui.terminal.status import TerminalStatus
from zigtui.ui.terminal.summary import progress_of, title_of

__all__ = ["Announcer"]

_BELL = "\x07"
_START_SECS = 1.0  # the longest wait for the disk of the program as the screen ends


class Announcer:
    """Reports on the screen and beyond.

    Args:
        notifier: decides what is reported.
        news: the reports on the screen.
        settings: the user's settings.
        status: the title and the progress of the terminal.
        write: writes to the terminal.
    """

    def __init__(
        self,
        notifier: Notifier,
        news: News,
        settings: Settings,
        status: TerminalStatus,
        write: Callable[[str], object],
    ) -> None:
        self._notifier = notifier
        self._news = news
        self._settings = settings
        self._status = status
        self._write = write

    def update(self, now: float, displayed: LogLocation | None, in_sight: Collection[LogLocation]) -> None:
        """Report what is due. Call this about once a second.

        Args:
            now: the time in seconds since the epoch.
            displayed: the session that is displayed; None for the list.
            in_sight: the sessions whose rows in the list are displayed.
        """
        inside, outside = self._notifier.update(now, displayed, in_sight)
        if inside is not None:
            self._news.add(inside.text)
        if outside is not None:
            self._report_outside(outside)
        self._news.update(is_present=self._notifier.attention.is_present)
        live, failed = self._notifier.live, self._notifier.watch.unseen_failures
        changed = self._status.show(title_of(len(live), failed), progress_of(live, displayed, failed))
        if changed:
            self._write(changed)

    def end(self) -> None:
        """Leave what is held back to the user's program. The user, who ends the screen, needs no bell for it."""
        report = self._notifier.rest()
        if report is not None and self._settings.notify_command:
            starting = start_thread(partial(self._start_program, report), "notify at the end")
            starting.join(_START_SECS)

    def _start_program(self, report: Report) -> None:
        with suppress(OSError):  # which nothing can display any more
            start_program(self._settings.notify_command, report)

    def toggle_armed(self, location: LogLocation | None) -> str:
        """Report the end of a session, or no longer, and return the words for that."""
        if location is None or not self._notifier.watch.is_live(location):
            return "Only the end of a live session can be reported"
        is_armed = self._notifier.toggle(location)
        return f"♪ The end of this session {'will' if is_armed else 'will not'} be reported"

    def _report_outside(self, report: Report) -> None:
        settings = self._settings
        bell = _BELL if settings.rings_bell else ""
        sequences = bell + desktop_sequence(report.text, settings.notify_desktop)
        if sequences:
            self._write(sequences)
        if settings.notify_command:
            run_program(settings.notify_command, report, self._news.add)
