"""A plugin of pytest that records the tests as a session: a tier for each file, a step for each test.

Use it with ``pytest -p writer.pytest_plugin``, or by ``pytest_plugins = ["writer.pytest_plugin"]`` in a
``conftest.py``. It works with pytest-xdist too. If the session cannot be recorded, the tests run all the same.

The package does not import this module, and does not depend on pytest.
"""

from collections.abc import Iterable

import pytest

from writer._common.errors import StepFailedError
from writer._common.events import OutputStream, SessionStatus
from writer._session.coordinator import SessionCoordinator
from writer._session.session_writer import SessionWriter
from writer._steps.step import Step
from writer._steps.tier import Tier

__all__ = ["pytest_collection"]

_SECTIONS = {"stdout": OutputStream.STDOUT, "stderr": OutputStream.STDERR, "log": OutputStream.STDERR}


@pytest.hookimpl(tryfirst=True)  # pytest-xdist collects in other processes, and lets no further hook do so
def pytest_collection(session: pytest.Session) -> None:
    """Record the run, but not in each of the processes that pytest-xdist starts for it."""
    config = session.config
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.pluginmanager.register(_Recorder(config), "writer-recorder")


class _Recorder:
    """Follows the run by the hooks that pytest calls in the process that reports."""

    def __init__(self, config: pytest.Config) -> None:
        arguments = " ".join(config.invocation_params.args)
        writer = SessionWriter.create("pytest", str(config.rootpath), arguments or None, on_error="warn")
        self._session = SessionCoordinator.start(writer)
        self._names: dict[str, list[str]] = {}
        self._tier: tuple[str, Tier] | None = None
        self._steps: dict[str, Step] = {}
        self._failures: dict[str, StepFailedError] = {}
        self._skipped: dict[str, str] = {}
        self._error: BaseException | str | None = None  # of no test

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._error = self._error or f"{report.nodeid}: {_reason(report)}"

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self._error = self._error or excinfo.value

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self._error = self._error or excinfo.value

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            file, name = _split(item.nodeid)
            self._names.setdefault(file, []).append(name)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        file, name = _split(nodeid)
        tier_file, tier = self._tier_of(file, name)
        # A test of another file may have the same name, which would be a further attempt of the same step.
        self._steps[nodeid] = step = tier.step(name if file == tier_file else nodeid)
        step.__enter__()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        step = self._steps.get(report.nodeid)
        if step is None:
            return
        if report.when == "teardown" or not report.passed:  # the last report has the output of all phases
            self._record_output(step, report.sections)
        if report.failed:
            step.output(report.longreprtext, OutputStream.STDERR)
            self._failures.setdefault(report.nodeid, StepFailedError(_reason(report)))
        elif hasattr(report, "wasxfail") and report.skipped:
            step.output(f"failed as expected: {_reason(report)}")
        elif report.skipped:
            self._skipped[report.nodeid] = _reason(report)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        step, failure = self._steps.pop(nodeid, None), self._failures.pop(nodeid, None)
        reason = self._skipped.pop(nodeid, None)
        if step is None:
            return
        if reason is not None and failure is None:
            step.skip(reason)
        step.__exit__(None if failure is None else type(failure), failure, None)

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        has_succeeded = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
        if has_succeeded:
            self._session.finish()
        else:
            self._session.finish(SessionStatus.FAILURE, self._error or f"pytest ended with exit code {exitstatus:d}")

    def _tier_of(self, file: str, name: str) -> tuple[str, Tier]:
        # Tests of another file that run at the same time, in another process, join the tier.
        if self._tier is None or (self._tier[0] != file and not self._steps):
            if self._tier is not None:
                self._tier[1].__exit__(None, None, None)
            names = list(dict.fromkeys(self._names.get(file, [name])))
            self._tier = file, self._session.tier(names).__enter__()
        return self._tier

    def _record_output(self, step: Step, sections: Iterable[tuple[str, str]]) -> None:
        for title, text in sections:
            stream = next((stream for word, stream in _SECTIONS.items() if word in title), None)
            if stream is not None and text:
                step.output(text, stream)


def _split(nodeid: str) -> tuple[str, str]:
    """Return the file and the name of a test."""
    file, _, name = nodeid.partition("::")
    return file, name or file


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        return str(crash.message)
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[-1]).removeprefix("Skipped: ")
    return str(getattr(report, "wasxfail", "")) or report.longreprtext.strip().rpartition("\n")[2].removeprefix("E   ")
