"""The terminal of a process whose screen is displayed in a browser, by a server that has started the process."""

from dataclasses import replace
from typing import TYPE_CHECKING

from zigtui.exit_codes import ended_by_signal
from zigtui.settings import Settings
from zigtui.ui.terminal.control import SystemTerminal
from zigtui.ui.terminal.page_choices import PageChoices
from zigtui.ui.terminal.status import Progress, TerminalStatus

if TYPE_CHECKING:
    from textual.driver import Driver

    from zigtui.ui.terminal.browser_driver import Report

__all__ = ["BrowserTerminal", "settings_for_browser"]

_SIGHUP = 1
_END_SECS = 3.0
_LONGEST_FILTER = 500  # characters; a page sends it in an address
_LONGEST_COPY = 4_000_000  # bytes; xterm.js drops a control sequence of 10 MB, and base64 adds a third


def settings_for_browser(settings: Settings) -> Settings:
    """The settings without what only concerns the machine of the server: its programs, its files and its desktop.

    The terminal is known, and copies longer texts than others.
    """
    return replace(
        settings,
        longest_copy=_LONGEST_COPY,
        copy_command=(),
        links="off",
        progress="off",
        notify_desktop="off",
        notify_command=(),
        rings_bell=False,
    )


class BrowserTerminal(SystemTerminal):
    """A terminal in a browser. It may do nothing but display the screen, and send keys and the mouse.

    Args:
        size: columns and lines at the start.
        choices: what was chosen before on the screen of the page, as the page keeps it; empty for nothing.
    """

    can_suspend = False
    is_remote = True

    def __init__(self, size: tuple[int, int], choices: str = "") -> None:
        super().__init__()
        self.size = size
        self.status = _PageStatus(self._report)
        self.choice_store = PageChoices(choices, self._keep_choices)
        self._driver_report: Report | None = None
        self._session: str | None = None
        self._list: tuple[str, str] | None = None
        self._is_gone = False

    @property
    def driver_class(self) -> "type[Driver]":
        """The driver that exchanges packets with the server."""
        from zigtui.ui.terminal.browser_driver import BrowserDriver

        class Driver(BrowserDriver):
            terminal = self

        return Driver

    def begin(self, report: "Report") -> None:
        """Take the function that sends facts to the server. The driver calls this when it starts."""
        self._driver_report = report

    def server_gone(self) -> None:
        """End the process soon, even if it is blocked: its screen is no longer seen. Called by any thread."""
        self._is_gone = True
        self.end_within(_END_SECS, ended_by_signal(_SIGHUP))

    def exit_code_if_gone(self) -> int | None:
        """The exit code for SIGHUP once the server has closed standard input, or has ended."""
        return ended_by_signal(_SIGHUP) if self._is_gone else None

    def show_session(self, name: str | None) -> None:
        """Let the address of the page be that of the session, for reloading and sharing."""
        if name != self._session:
            self._session = name
            self._report({"type": "session", "name": name})

    def keep_list(self, filter_text: str, chosen: str) -> None:
        """Let the page begin with this filter and this session when it connects again."""
        if len(filter_text) <= _LONGEST_FILTER and (filter_text, chosen) != self._list:
            self._list = filter_text, chosen
            self._report({"type": "list", "filter": filter_text, "chosen": chosen})

    def _keep_choices(self, choices: str) -> None:
        self._report({"type": "choices", "choices": choices})

    def _report(self, fact: dict[str, object]) -> None:
        if self._driver_report is not None:
            self._driver_report(fact)


class _PageStatus(TerminalStatus):
    """The title of the page."""

    def __init__(self, report: "Report") -> None:
        super().__init__(None)
        self._send = report

    def show(self, title: str, progress: Progress | None) -> str:
        """Show a title. There is no sequence to write."""
        if title != self._title:
            self._title = title
            self._send({"type": "title", "title": title})
        return ""
