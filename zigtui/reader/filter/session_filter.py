"""Filters of sessions: their grammar, and which sessions pass."""

import glob
import math
import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from zigtui.reader.catalog.project import Project
from zigtui.reader.filter.directories import Directories
from zigtui.reader.filter.filter_error import FilterError, UnansweredError
from zigtui.reader.filter.raw_terms import RawTerm, Value, raw_terms
from zigtui.reader.filter.terms import COMPARISONS, AmountTerm, GlobTerm, Matcher, StateTerm, Term, TextTerm, TimeTerm
from zigtui.reader.late_answers import NoAnswerError
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.text.safe_text import safe_short
from zigtui.reader.user_input.typed_times import TypedTimeError, typed_duration, typed_time
from zigtui.similar import most_similar
from zigtui.word_list import enumerated

__all__ = [
    "KEYS",
    "NO_FILTER",
    "SessionFilter",
    "fault_of_state",
    "parse_filter",
    "state_named",
    "without_unfinished_key",
]

_STATES = {state.value: state for state in SessionState}
_DOUBT = "checking"
"""A word displayed in place of a live state as long as it is in doubt."""

KEYS = {
    "state": f"a state: {', '.join(_STATES)}",
    "workflow": "a name or a pattern, as in workflow:deploy*",
    "project": "a name, a pattern or a directory, as in project:shop and project:.",
    "machine": "the name of a machine or of a base directory, or a pattern, as in machine:web-07",
    "since": "a time, as in since:2h or since:yesterday",
    "until": "a time, as in until:2h or until:yesterday",
    "cost": ">, >=, < or <= and dollars, as in cost:>1",
    "duration": ">, >=, < or <= and a duration, as in duration:>5m",
    "error": "a text, as in error:timeout",
    "prompt": "a text, as in prompt:login",
    "id": "a part of an id, as in id:9c3f",
}
"""The keys that a term may have, each with the value that is expected."""

_DOLLARS = re.compile(r"\$?([0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
_DIRECTORIES = (".", "..", "~")  # besides those with a slash
_PATIENT = Directories()
_LAST_WORD = re.compile(r"(?<!\S)-?([A-Za-z]{2,})\Z")  # one letter leaves out few sessions
_MAX_QUOTED = 40  # characters of the filter in a message


class SessionFilter(NamedTuple):
    """A filter. Sessions pass that meet all its conditions.

    Attributes:
        terms: the conditions.
    """

    terms: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)

    def matcher(self, now: float, *, of_several_bases: bool = False) -> Matcher:
        """What the filter means at ``now``.

        Args:
            now: the current time, in seconds since the epoch. Ages such as ``since:2h`` are counted from it.
            of_several_bases: whether words are also found in the names of the base directories.
        """
        met = [term.matcher(now, of_several_bases=of_several_bases) for term in self.terms]
        if len(met) == 1:
            return met[0]
        return lambda snapshot: all(each(snapshot) for each in met)

    def narrows(self, other: "SessionFilter") -> bool:
        """Whether all sessions that pass this filter surely pass another one, for example without its last letter."""
        return all(any(_implies(term, wider) for term in self.terms) for wider in other.terms)

    @property
    def changes_with_time(self) -> bool:
        """Whether a session that is over may pass now and not later, or the reverse."""
        return any(term.changes_with_time for term in self.terms)

    @property
    def states(self) -> frozenset[SessionState]:
        """The states of sessions that may pass."""
        states = frozenset(SessionState)
        for term in self.terms:
            if isinstance(term, StateTerm):
                states &= term.passing
        return states

    @property
    def may_pass(self) -> bool:
        """Whether any session may pass: not if the states or the times exclude one another."""
        times = [term for term in self.terms if isinstance(term, TimeTerm) and not term.is_negated]
        since = max((term.time.moment for term in times if term.key == "since"), default=-math.inf)
        until = min((term.time.day_end or term.time.moment for term in times if term.key == "until"), default=math.inf)
        return bool(self.states) and since <= until

    @property
    def of_start(self) -> "SessionFilter":
        """The conditions for which the first line of a log and its modification time suffice."""
        return SessionFilter(tuple(term for term in self.terms if term.needs_only_start))

    @property
    def without_states(self) -> "SessionFilter":
        """The conditions that do not depend on the state, which may be in doubt."""
        return SessionFilter(tuple(term for term in self.terms if not isinstance(term, StateTerm)))


NO_FILTER = SessionFilter()
"""The filter that all sessions pass."""


def parse_filter(text: str, now: float, directories: Directories = _PATIENT) -> SessionFilter:
    r"""Interpret a filter as typed.

    A filter consists of terms, separated by white space. A session passes if it meets all of them:

    - a word, or several in double quotes: the workflow, the project, the id, the prompt, the error, or the name of one
      of several bases contains it. Case is ignored unless the word contains an upper-case letter;
    - ``state:failed,lost``: its state is one of these, or begins with one of these letters: ``state:f``, in any case;
    - ``workflow:deploy*,build``, ``project:shop`` and ``machine:web-*``: glob patterns for the whole name. A base
      directory that belongs to no machine of a fleet has its own name, or that of the home directory that has it;
    - ``project:.``, ``project:../web`` and ``project:~/src/shop``: the project of a directory, as of the option
      ``--project``. ``.``, ``..``, ``~`` and what has a slash in it are directories;
    - ``since:2h``, ``since:yesterday``, ``until:2026-11-01``: when it began. The whole day counts if only a day is
      given;
    - ``cost:>1`` in US dollars, and ``duration:>5m``, with one of the signs > >= < <=;
    - ``error:``, ``prompt:`` and ``id:``, for a word in these only.

    A hyphen before a term negates it. What is quoted has no special characters; ``\"`` stands for a quote in it.

    Args:
        text: the filter; an empty one has no terms.
        now: the current time, in seconds since the epoch.
        directories: asks the disk about directories; by default, it is waited for.

    Raises:
        FilterError: if the text is not a filter.
        UnansweredError: if the disk of a directory has not answered yet.
    """
    return SessionFilter(tuple(_term(raw, now, directories) for raw in raw_terms(text)))


def without_unfinished_key(text: str) -> str:
    """A filter that is being typed, without a last word that may become a key, such as ``stat`` or ``-proj``."""
    word = _LAST_WORD.search(text)
    is_unfinished = word is not None and any(key.startswith(word[1].lower()) for key in KEYS)
    return text[: word.start()] if word is not None and is_unfinished else text


def state_named(word: str) -> SessionState | None:
    """The state with a name, or whose name is the only one that begins so, in any case; None if there is none."""
    found = [name for name in _STATES if word and name.startswith(word.lower())]
    return _STATES[found[0]] if len(found) == 1 else None


def fault_of_state(word: str) -> str:
    """Why a word is not the name of a state, with the names that may be meant. It is safe to show."""
    typed = word.lower()
    begun = [name for name in _STATES if typed and name.startswith(typed)]
    if typed == _DOUBT:
        begun = [state.value for state in (SessionState.RUNNING, SessionState.STALLED, SessionState.IDLE)]
    similar = enumerated(begun, "or") if begun else most_similar(typed, _STATES)
    hint = f"did you mean {similar}?" if similar else f"the states are {enumerated(_STATES)}"
    return f"{_shown(word)!r} is no state; {hint}"


def _implies(term: Term, wider: Term) -> bool:
    if term == wider:
        return True
    if not (isinstance(term, TextTerm) and isinstance(wider, TextTerm)) or term.is_negated or wider.is_negated:
        return False
    return term.key == wider.key and wider.text in term.text


def _term(raw: RawTerm, now: float, directories: Directories) -> Term:
    key, negated = raw.key, raw.is_negated
    if key in KEYS and not any(value.text for value in raw.values):
        raise FilterError(f"{key}: needs {KEYS[key]}", raw.position)
    match key:
        case None:
            return TextTerm(None, negated, raw.values[0].text)
        case "error" | "prompt" | "id":
            wanted = ",".join(value.text for value in raw.values)
            return TextTerm(key, negated, wanted.lower() if key == "id" else wanted)
        case "state":
            return StateTerm(key, negated, frozenset(map(_state, raw.values)))
        case "workflow" | "project" | "machine":
            patterns = tuple(map(_pattern, raw.values))
            given = raw.values if key == "project" else ()
            projects = dict.fromkeys(project for value in given for project in _projects(value, directories))
            return GlobTerm(key, negated, patterns, tuple(projects), directories.real_path)
        case "since" | "until":
            value = _only_value(raw)
            try:
                return TimeTerm(key, negated, value.text, typed_time(value.text, now))
            except TypedTimeError as error:
                raise FilterError(_shown(error), value.position) from None
        case "cost" | "duration":
            value = _only_value(raw)
            sign = next((sign for sign in COMPARISONS if value.text.startswith(sign)), None)
            if sign is None:
                raise FilterError(f"expected {KEYS[key]}", value.position)
            amount = _dollars if key == "cost" else _seconds
            return AmountTerm(key, negated, sign, amount(value.text[len(sign) :], value.position + len(sign)))
    similar = most_similar(key, KEYS)
    hint = (
        f"did you mean {similar}:?"
        if similar
        else f'the keys are {enumerated(KEYS)}; write "{_shown(key)}:" for a text'
    )
    raise FilterError(f"{_shown(key)}: is no key; {hint}", raw.position)


def _state(value: Value) -> SessionState:
    state = state_named(value.text)
    if state is None:
        raise FilterError(fault_of_state(value.text), value.position)
    return state


def _pattern(value: Value) -> str:
    if not value.text:
        raise FilterError("expected a name beside the comma", value.position)
    return "".join(glob.escape(piece.text) if piece.is_quoted else piece.text for piece in value.pieces)


def _projects(value: Value, directories: Directories) -> list[Project]:
    """The projects of a directory; none if the value is a name or a pattern."""
    text = value.text
    if "/" not in text and text not in _DIRECTORIES:
        return []
    try:
        return directories.projects_of(text)
    except NoAnswerError:
        raise UnansweredError(f"the disk of {_shown(text)} does not answer", value.position) from None
    except OSError:
        raise FilterError("the working directory has been removed", value.position) from None
    except ValueError:
        raise FilterError("expected the path of a directory", value.position) from None


def _only_value(raw: RawTerm) -> Value:
    if len(raw.values) > 1:
        raise FilterError(f"{raw.key}: takes one value", raw.values[1].position)
    return raw.values[0]


def _dollars(text: str, position: int) -> Decimal:
    match = _DOLLARS.fullmatch(text)
    if match is None:
        raise FilterError(f"{_shown(text)!r} is not an amount in dollars; write 1 or 0.25", position)
    return Decimal(match[1])


def _seconds(text: str, position: int) -> Decimal:
    try:
        return Decimal(repr(typed_duration(text)))
    except (TypedTimeError, InvalidOperation) as error:
        raise FilterError(_shown(error), position) from None


def _shown(text: object) -> str:
    """A part of the filter, or a message that quotes it, safe and short."""
    return safe_short(str(text), 200 if isinstance(text, Exception) else _MAX_QUOTED)
