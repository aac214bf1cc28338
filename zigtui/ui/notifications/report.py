"""The words and the facts of a report."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.text.safe_text import safe_short
from zigtui.ui.notifications.session_watch import Transition
from zigtui.wording.amounts import count
from zigtui.wording.durations import duration, largest_unit
from zigtui.wording.session_row import failure, project, title
from zigtui.wording.signs import session_sign
from zigtui.wording.states import sign_of

__all__ = ["Report"]

_LONGEST_NAME = 60  # characters
_LONGEST_ERROR = 200
_WORST_FIRST = (SessionState.FAILED, SessionState.LOST, SessionState.STALLED, SessionState.SUCCEEDED)


class Report(NamedTuple):
    """What has happened to one session or several.

    Attributes:
        transitions: what has happened, in this order; at least one.
    """

    transitions: Sequence[Transition]

    @property
    def state(self) -> SessionState:
        """The state of the session; of several, the worst one."""
        states = {transition.state for transition in self.transitions}
        return next(state for state in _WORST_FIRST if state in states)

    @property
    def text(self) -> str:
        """The report in one line that is safe to show: ``✘ deploy (shop) failed after 2m14s: build: exit code 2``."""
        if len(self.transitions) == 1:
            return _text_of(self.transitions[0])
        return f"{sign_of(self.state).glyph} {_counts(self.transitions)}"

    def facts(self) -> Mapping[str, str]:
        """Environment variables for the user's program. Those of a single session are empty for several."""
        facts = dict.fromkeys(("WORKFLOW", "PROJECT", "SESSION", "ERROR", "LOG"), "")
        if len(self.transitions) == 1:
            snapshot = self.transitions[0].snapshot
            facts |= {
                "WORKFLOW": title(snapshot),
                "PROJECT": project(snapshot, of_several_bases=False),
                "SESSION": snapshot.location.session_id,
                "ERROR": failure(snapshot),
                "LOG": snapshot.location.path,
            }
        facts |= {"SUMMARY": self.text, "STATE": self.state.value, "COUNT": str(len(self.transitions))}
        return {f"ZIGTUI_{name}": value.replace("\0", "") for name, value in facts.items()}


def _text_of(transition: Transition) -> str:
    snapshot, state = transition.snapshot, transition.state
    sign = session_sign(snapshot)
    name = f"{safe_short(title(snapshot), _LONGEST_NAME)} ({safe_short(_project(snapshot), _LONGEST_NAME)})"
    if state is SessionState.STALLED:
        return f"{sign.glyph} {name} {sign.word}: quiet for {largest_unit(snapshot.longest_silence_secs)}"
    ended = f"{sign.glyph} {name} {sign.word} after {duration(snapshot.elapsed_ms)}"
    error = safe_short(failure(snapshot), _LONGEST_ERROR)
    return f"{ended}: {error}" if error else ended


def _project(snapshot: SessionSnapshot) -> str:
    return project(snapshot, of_several_bases=False)


def _counts(transitions: Sequence[Transition]) -> str:
    states = Counter(transition.state for transition in transitions)
    stalled = states.pop(SessionState.STALLED, 0)
    ended = states.total()
    if not ended:
        return f"{count(stalled, 'session')} stalled"
    parts = [f"{count(ended, 'session')} ended"]
    parts += [f"{number:,} {state.value}" for state in _WORST_FIRST[:2] if (number := states[state])]
    return ", ".join([*parts, *([f"{stalled:,} stalled"] if stalled else [])])
