"""The process of one screen in a browser. `zigtui.commands.serve.command` has its command line."""

import sys
from collections.abc import Sequence
from contextlib import suppress

from zigtui.commands.reading.observation_file import ObservationFile
from zigtui.commands.serve.request import ScreenRequest
from zigtui.debug_log import record_warnings, report_defect
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.scan.locations import location_of_file
from zigtui.reader.machines import WriteHint
from zigtui.reader.session.observations import Observations
from zigtui.settings.file import read_settings
from zigtui.settings.location import settings_path
from zigtui.ui.run import limit_exit_time, run_app
from zigtui.ui.sessions.list_start import ListStart
from zigtui.ui.terminal.browser import BrowserTerminal, settings_for_browser
from zigtui.web.page_start import PageStart

__all__ = ["main"]

_MOST_BYTES = 4 * 1024**3
"""The memory that a process may use, apart from files. The list takes 70 MB, a log of 700 MB takes 90 MB."""


class _ServedFleet:
    """The fleet that the server mirrors, and whose problems it prints; see `zigtui.ui.feed.Feed`."""

    notices: Sequence[str] = ()
    refusal: str | None = None

    def __init__(self, name: str) -> None:
        self.name = name

    def pass_hints(self, hint: WriteHint) -> None:
        """Do nothing: what the server writes is found as what other processes write."""


def main() -> None:
    """Run the screen until it is closed, or the server is gone. What is chosen on it is kept by its page alone."""
    request, start = ScreenRequest.parse(sys.argv[1])
    record_warnings(request.log_file)
    _limit_memory()
    try:
        sys.exit(_run(request, start))
    except Exception as error:
        sys.exit(report_defect(error, request.log_file))


def _run(request: ScreenRequest, page: PageStart) -> int:
    settings = settings_for_browser(read_settings(settings_path()).settings)
    opened = None if page.path is None else location_of_file(page.path)
    bases = list(dict.fromkeys([*request.bases, *([] if opened is None else [opened.base])]))
    observations = Observations(ObservationFile().load)  # which are only read: a page writes no file
    catalog = Catalog(bases, stall_secs=settings.stall_secs, observations=observations)
    feed = None if request.fleet is None else _ServedFleet(request.fleet)
    filter_text = request.filter or settings.filter if page.filter is None else page.filter
    start = ListStart(filter_text, chosen=page.chosen)
    terminal = BrowserTerminal(page.size, page.choices)
    exit_code = run_app(catalog, terminal, opened=opened, start=start, settings=settings, feed=feed)
    limit_exit_time(exit_code)
    return exit_code


def _limit_memory() -> None:
    """Let a screen fail before it takes the memory of all others, where the system can limit it."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MOST_BYTES, _MOST_BYTES))


if __name__ == "__main__":
    main()
