"""Sessions as metrics of Prometheus."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, SummaryMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.text.safe_text import safe_plain
from zigtui.reader.times import seconds

__all__ = ["registry_of"]

_CHECKING = "checking"
"""The state of a session that seems to be live, but may be lost: an alert on lost sessions must not count it yet."""

_STATES = (*map(str, SessionState), _CHECKING)
"""All states, since Prometheus notices an increase only in a series that was there before."""

_NAME_CHARS = 120  # of a workflow; each name has about 20 time series of its own
_MOST_WORKFLOWS = 500  # of a machine: names come from logs, and too many of them would overload Prometheus
_OTHERS = "(others)"


def registry_of(sessions: Callable[[], Iterable[SessionSnapshot]]) -> CollectorRegistry:
    """A registry that computes the metrics whenever they are asked for.

    Args:
        sessions: returns all sessions as they are now.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Sessions(sessions))
    return registry


class _Sessions(Collector):
    def __init__(self, sessions: Callable[[], Iterable[SessionSnapshot]]) -> None:
        self._sessions = sessions

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of the current sessions."""
        found: dict[tuple[str, str], list[SessionSnapshot]] = defaultdict(list)
        for snapshot in self._sessions():
            name = safe_plain(snapshot.session.workflow_name[:_NAME_CHARS])
            found[name, snapshot.location.machine or ""].append(snapshot)
        by_workflow: dict[tuple[str, str], _Workflow] = {}
        names: Counter[str] = Counter()  # by machine
        for (name, machine), snapshots in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
            names[machine] += 1
            key = (name if names[machine] <= _MOST_WORKFLOWS else _OTHERS), machine
            workflow = by_workflow.setdefault(key, _Workflow())
            for snapshot in snapshots:
                workflow.add(snapshot)
        yield from _metrics(by_workflow)


class _Workflow:
    """The sums of the sessions of one workflow."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(_STATES, 0)
        self.begins: dict[str, float] = {}
        self.durations: dict[str, tuple[int, float]] = {}
        self.oldest_secs: float | None = None
        self.silent_secs: float | None = None
        self.failed_steps = self.passes = self.failed_passes = 0
        self.input_tokens = self.output_tokens = 0
        self.cost_usd = Decimal(0)

    def add(self, snapshot: SessionSnapshot) -> None:
        """Count a session."""
        session = snapshot.session
        state = _CHECKING if snapshot.is_doubtful else str(snapshot.state)
        self.counts[state] += 1
        began = seconds(session.started_at)
        if began is not None:
            self.begins[state] = max(began, self.begins.get(state, began))
        elapsed_secs = None if snapshot.elapsed_ms is None else snapshot.elapsed_ms / 1000
        if state != _CHECKING and snapshot.state.is_live:
            self.oldest_secs = max(elapsed_secs or 0.0, self.oldest_secs or 0.0)
            self.silent_secs = max(snapshot.longest_silence_secs, self.silent_secs or 0.0)
        elif snapshot.state.is_over and elapsed_secs is not None:
            number, total = self.durations.get(state, (0, 0.0))
            self.durations[state] = number + 1, total + elapsed_secs
        self.failed_steps += snapshot.failed_steps
        self.passes += snapshot.passes.total
        self.failed_passes += snapshot.passes.failed
        self.input_tokens += session.usage.input_tokens or 0
        self.output_tokens += session.usage.output_tokens or 0
        self.cost_usd += session.usage.cost_usd or 0


def _metrics(by_workflow: dict[tuple[str, str], _Workflow]) -> Iterator[Metric]:
    """Yield the metrics, by workflow; if there are mirrored sessions, by workflow and machine."""
    are_mirrored = any(machine for _, machine in by_workflow)
    labels = ["workflow", "machine"] if are_mirrored else ["workflow"]
    sessions = GaugeMetricFamily("zigtui_sessions", "Sessions.", labels=[*labels, "state"])
    begins = GaugeMetricFamily(
        "zigtui_newest_session_start_timestamp_seconds",
        "When the newest session in this state began, in seconds since the epoch.",
        labels=[*labels, "state"],
    )
    durations = SummaryMetricFamily(
        "zigtui_session_duration_seconds", "How long the sessions took that are over.", labels=[*labels, "state"]
    )
    oldest = GaugeMetricFamily(
        "zigtui_live_session_oldest_seconds", "How long the oldest live session has been running.", labels=labels
    )
    silent = GaugeMetricFamily(
        "zigtui_live_session_silence_seconds",
        "The longest time without activity of a live session, or of one of its steps under way.",
        labels=labels,
    )
    failed_steps = GaugeMetricFamily("zigtui_failed_steps", "Step runs that failed for good.", labels=labels)
    passes = GaugeMetricFamily("zigtui_passes", "Passes that have begun.", labels=labels)
    failed_passes = GaugeMetricFamily("zigtui_failed_passes", "Passes that failed.", labels=labels)
    tokens = GaugeMetricFamily("zigtui_tokens", "Tokens that steps printed.", labels=[*labels, "direction"])
    cost = GaugeMetricFamily("zigtui_cost_dollars", "The cost that steps printed.", labels=labels)
    for key, workflow in sorted(by_workflow.items()):
        own = key if are_mirrored else key[:1]
        for state, number in workflow.counts.items():
            sessions.add_metric([*own, state], number)
        for state, began in sorted(workflow.begins.items()):
            begins.add_metric([*own, state], began)
        for state, (number, total) in sorted(workflow.durations.items()):
            durations.add_metric([*own, state], count_value=number, sum_value=total)
        if workflow.oldest_secs is not None and workflow.silent_secs is not None:
            oldest.add_metric(own, workflow.oldest_secs)
            silent.add_metric(own, workflow.silent_secs)
        failed_steps.add_metric(own, workflow.failed_steps)
        passes.add_metric(own, workflow.passes)
        failed_passes.add_metric(own, workflow.failed_passes)
        tokens.add_metric([*own, "input"], workflow.input_tokens)
        tokens.add_metric([*own, "output"], workflow.output_tokens)
        cost.add_metric(own, float(workflow.cost_usd))
    yield from (
        sessions, begins, durations, oldest, silent, failed_steps, passes, failed_passes, tokens, cost
    )  # fmt: skip
