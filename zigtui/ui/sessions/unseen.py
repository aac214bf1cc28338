"""The sessions that began, ended or were lost since the user last saw them, shared by all zigtui of a user."""

from collections import Counter
from collections.abc import Collection
from typing import Any, NamedTuple

from zigtui.reader.location import LogLocation
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.state.store import Content, StateStore

__all__ = ["NewCounts", "Unseen"]

_FILE = "seen"
_MAX_AHEAD_SECS = 60.0  # machines that share the file may differ by so much
_LEFT, _OPENED = "left", "opened"  # the fields of the file


class NewCounts(NamedTuple):
    """The numbers of new sessions.

    Attributes:
        total: all of them.
        failed: those that failed.
        lost: those that were lost.
    """

    total: int
    failed: int
    lost: int


class _News(NamedTuple):
    since: float
    state: SessionState


class Unseen:
    """Which sessions are new: they have changed since they were opened, and since the list was left.

    What the user has seen is kept as one time for all sessions and one for each session opened since, so its size does
    not depend on the number of sessions. At the very first start, nothing is new.

    Args:
        store: where it is kept; None to keep it only as long as the program runs.
        now: the current time, in seconds since the epoch.
    """

    def __init__(self, store: StateStore | None, now: float) -> None:
        self._store = store
        content = {} if store is None else store.load(_FILE)
        self._now = now
        self._left = _left(content, now)
        self._opened = _opened(content)
        self._shared: Content | None = None  # what another thread has read, for the next update
        self._news: dict[LogLocation, _News] = {}
        self._live: dict[LogLocation, bool] = {}  # those that are not over, and whether they were surely alive
        self._counts: NewCounts | None = NewCounts(0, 0, 0)  # None if they have changed since they were counted

    def is_new(self, location: LogLocation) -> bool:
        """Whether a session is new."""
        return location in self._news

    @property
    def counts(self) -> NewCounts:
        """The numbers of new sessions."""
        if self._counts is None:
            states = Counter(news.state for news in self._news.values())
            self._counts = NewCounts(len(self._news), states[SessionState.FAILED], states[SessionState.LOST])
        return self._counts

    @property
    def words(self) -> str:
        """The numbers of new sessions in words, such as ``3 new, 1 failed``; empty if there is none."""
        total, failed, lost = self.counts
        parts = [f"{total:,} new"] if total else []
        parts += [f"{number:,} {word}" for number, word in ((failed, "failed"), (lost, "lost")) if number]
        return ", ".join(parts)

    @property
    def locations(self) -> Collection[LogLocation]:
        """The new sessions."""
        return self._news.keys()

    def update(self, changed: Collection[SessionSnapshot], gone: Collection[LogLocation], now: float) -> None:
        """Apply changes of sessions, and what other zigtui have marked as seen.

        Args:
            changed: the sessions whose logs or states have changed.
            gone: the sessions whose logs have been removed.
            now: the current time.
        """
        self._now = now
        if changed or gone:
            self._counts = None
        for location in gone:
            self._news.pop(location, None)
            self._live.pop(location, None)
        for snapshot in changed:
            self._note(snapshot, now)
        shared, self._shared = self._shared, None
        if shared is not None:
            self._adopt(shared)

    def _note(self, snapshot: SessionSnapshot, now: float) -> None:
        location, since = snapshot.location, _changed_at(snapshot)
        if _is_over(snapshot):
            was_live, before = self._live.pop(location, None), self._news.get(location)
            if was_live or (was_live is not None and snapshot.vitals.status is not None):
                since = max(since, now)  # seen to end here, by whatever clock its writer has
            elif before is not None and before.state is snapshot.state:
                since = max(since, before.since)  # noted once more
        else:
            self._live[location] = self._live.get(location, False) or snapshot.is_certainly_live
        if since > self._seen_at(location):
            self._news[location] = _News(since, snapshot.state)
        else:
            self._news.pop(location, None)

    def _seen_at(self, location: LogLocation) -> float:
        return max(self._left, self._opened.get(location.path, self._left))

    def mark_seen(self, snapshot: SessionSnapshot, now: float) -> None:
        """Mark a session as seen: it was opened, or closed after it was open."""
        self._now = now
        seen = max(now, _changed_at(snapshot))  # the clock of its writer may be ahead
        self._opened[snapshot.location.path] = seen
        self._news.pop(snapshot.location, None)
        if _is_over(snapshot):
            self._live.pop(snapshot.location, None)  # the user has seen the end, so that it is no news when it is noted
        self._counts = None
        self._keep()

    def mark_seen_until(self, time: float) -> None:
        """Mark as seen what happened by then: the list was left for a session, and not displayed again."""
        self._left = max(self._left, time)
        self._keep()

    def mark_all_seen(self, now: float) -> None:
        """Mark all sessions as seen, as when the list is left."""
        self._now = now
        for location, news in self._news.items():
            if news.since > now:
                self._opened[location.path] = news.since
        self._left = max(self._left, now)
        self._news.clear()
        self._counts = None
        self._keep()

    def refresh(self) -> None:
        """Ask for what other zigtui have marked as seen. A later `update` applies it."""
        self._keep()

    def _keep(self) -> None:
        own, now = self._own(), self._now
        if self._store is None:
            self._shared = own
        else:
            self._store.update_later(_FILE, lambda content: self._share(_merged(content, own, now)))

    def _share(self, content: Content) -> Content:
        self._shared = content  # read by the thread of the screen
        return content

    def _own(self) -> Content:
        return {_LEFT: self._left, _OPENED: dict(self._opened)}

    def _adopt(self, shared: Content) -> None:
        merged = _merged(shared, self._own(), self._now)
        self._left, self._opened = _time(merged[_LEFT], self._left), _opened(merged)
        self._counts = None
        self._news = {where: news for where, news in self._news.items() if news.since > self._seen_at(where)}


def _is_over(snapshot: SessionSnapshot) -> bool:
    return snapshot.vitals.status is not None or snapshot.is_over


def _changed_at(snapshot: SessionSnapshot) -> float:
    """When a session ended, was lost or else began, by its writer's clock; 0 if that is not known."""
    vitals = snapshot.vitals
    if vitals.status is not None:
        time = vitals.last_event
    elif snapshot.is_over:
        time = snapshot.last_sign_of_life
    else:
        time = vitals.began
    return time or 0.0


def _merged(one: Content, other: Content, now: float) -> Content:
    """What has been seen by one or the other. A session opened before the list was left needs no time of its own."""
    left = max(_left(one, now, 0.0), _left(other, now, 0.0))
    opened = _opened(one)
    for path, time in _opened(other).items():
        opened[path] = max(time, opened.get(path, 0.0))
    return {**one, _LEFT: left, _OPENED: {path: time for path, time in opened.items() if time > left}}


def _opened(content: Content) -> dict[str, float]:
    opened = content.get(_OPENED)
    return {path: _time(time, 0.0) for path, time in opened.items()} if isinstance(opened, dict) else {}


def _left(content: Content, now: float, default: float | None = None) -> float:
    """When the list was left; ``now`` by default, and if the clock was ahead then: nothing would be new until it is."""
    left = _time(content.get(_LEFT), now if default is None else default)
    return left if left <= now + _MAX_AHEAD_SECS else now


def _time(value: Any, default: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < 1e12 else default
