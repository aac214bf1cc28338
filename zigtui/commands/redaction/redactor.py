"""The redactor, which exports apply to the texts of a session."""

import getpass
import os
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache

from zigtui.commands.redaction.by_format.encoded import encoded_rule
from zigtui.commands.redaction.by_format.persons import PERSONS, home_of, person_rules
from zigtui.commands.redaction.by_format.private_keys import LONGEST_KEY_LINES, PrivateKeys
from zigtui.commands.redaction.by_format.random_runs import RUN_RULES
from zigtui.commands.redaction.by_format.tokens import TOKEN_RULES
from zigtui.commands.redaction.by_name.assignments import ASSIGNMENT_RULE
from zigtui.commands.redaction.by_name.calls import CALL_RULES
from zigtui.commands.redaction.by_name.fallbacks import FALLBACK_RULES
from zigtui.commands.redaction.by_name.headers import HEADER_RULES
from zigtui.commands.redaction.by_name.neighbours import NEIGHBOUR_RULES
from zigtui.commands.redaction.by_name.next_line import PROMPT_RULE, NextLine
from zigtui.commands.redaction.by_name.pairs import PAIR_RULES
from zigtui.commands.redaction.by_name.tables import Table
from zigtui.commands.redaction.by_position.accounts import ACCOUNT_RULES
from zigtui.commands.redaction.by_position.commands import COMMAND_RULES
from zigtui.commands.redaction.by_position.configurations import CONFIGURATION_RULES
from zigtui.commands.redaction.by_position.options import OPTION_RULES
from zigtui.commands.redaction.by_position.protocols import PROTOCOL_RULES
from zigtui.commands.redaction.by_position.sentences import SENTENCE_RULES
from zigtui.commands.redaction.by_position.shell import SHELL_RULES
from zigtui.commands.redaction.by_position.sql import SQL_RULES
from zigtui.commands.redaction.by_position.stores import STORE_RULES
from zigtui.commands.redaction.by_position.urls import URL_RULES
from zigtui.commands.redaction.disguise import View, decoded, hidden_parts, is_escaped, is_plain, plain
from zigtui.commands.redaction.pieces import pieces_of, spans_of_pieces
from zigtui.commands.redaction.prefilter import Piece, Prefilter
from zigtui.commands.redaction.rules import FILLER, Rule, Span, masked, spans_of
from zigtui.reader.text.safe_text import safe_spans

__all__ = ["SECRET_RULES", "Redactor", "is_independent"]

_SEVERAL_WORDS = re.compile(r"(?!.*  )[^|,;]*[A-Za-z0-9] [A-Za-z0-9][^|,;]*")  # without the delimiters of tables
_MOST_PASSES = 4  # a mask may let a rule find a secret next to it
_MOST_REMEMBERED = 2_000  # lines
_LONGEST_REMEMBERED = 500  # characters of a line

_PLAIN_RULES: tuple[Rule, ...] = (
    *TOKEN_RULES,
    *URL_RULES,
    *HEADER_RULES,
    ASSIGNMENT_RULE,
    *PAIR_RULES,
    *SQL_RULES,
    *ACCOUNT_RULES,
    *CONFIGURATION_RULES,
    *SHELL_RULES,
    *COMMAND_RULES,
    *OPTION_RULES,
    *PROTOCOL_RULES,
    *STORE_RULES,
    *SENTENCE_RULES,
    *CALL_RULES,
    *NEIGHBOUR_RULES,
    *FALLBACK_RULES,
    *RUN_RULES,
    PROMPT_RULE,
)
_OPENING = frozenset((ASSIGNMENT_RULE, PROMPT_RULE))  # the rules of lines that may affect the next ones


@cache
def _plain_prefilter() -> Prefilter:
    return Prefilter(_PLAIN_RULES)


def _plain_spans(text: str) -> list[Span]:
    return spans_of(_plain_prefilter().matching(text), text)


SECRET_RULES = (*_PLAIN_RULES, encoded_rule(_plain_spans))
"""All rules for secrets, in order of precedence: the first rule that finds a secret determines its kind."""


class Redactor:
    """Masks secrets, e-mail addresses, home directories and user names.

    Args:
        paths: paths that may contain home directories.
        reader_home: the home directory of the current user.
        reader_name: the name of the current user.
    """

    def __init__(self, paths: Iterable[str], reader_home: str | None = None, reader_name: str | None = None) -> None:
        found = [home for path in paths if (home := home_of(path)) is not None]
        homes, names = {home for home, _ in found}, {name for _, name in found}
        if reader_home is not None and len(reader_home) > 1:
            homes.add(reader_home)
        if reader_name:
            names.add(reader_name)
        self._prefilter = _prefilter(frozenset(homes), frozenset(names))
        self._known: dict[str, str] = {}

    @property
    def lookback(self) -> int:
        """The number of earlier lines of a stream that may decide whether a line is part of a secret."""
        return LONGEST_KEY_LINES

    @classmethod
    def of_here(cls, paths: Iterable[str]) -> "Redactor":
        """A redactor that knows the current user and the users in these paths."""
        try:
            name = getpass.getuser()
        except (KeyError, OSError):  # the user ID has no name, as in some containers
            name = None
        return cls(paths, os.path.expanduser("~"), name)  # noqa: PTH111  # a missing home directory is not an error

    def text(self, text: str) -> str:
        """Redact a single text, such as a name, a path, a prompt or an error. It may have several lines."""
        return self.stream()(text)

    def value(self, value: object) -> object:
        """Redact every string in a JSON value, except for keys."""
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.value(item) for item in value]
            case dict():
                return {key: self.value(item) for key, item in value.items()}
        return value

    def stream(self) -> Callable[[str], str]:
        """Return a function that redacts the lines of one stream in order. Earlier lines affect later ones."""
        return PrivateKeys(_Lines(self._prefilter, self._known))


def is_independent(line: str) -> bool:
    """Whether a line ends all tables and blocks, so that the lines before it do not affect it or the lines after it.

    Only a private key may continue after such a line.
    """
    return line.isascii() and line.isprintable() and _SEVERAL_WORDS.fullmatch(line) is not None


@lru_cache(maxsize=16)
def _prefilter(homes: frozenset[str], names: frozenset[str]) -> Prefilter:
    """The prefilter for these users. It is cached, because it remembers what it has selected."""
    return Prefilter([*SECRET_RULES, *person_rules(homes, names)])


def _may_have_changed(text: str, piece: Piece) -> bool:
    """Whether a piece needs another pass: it has a mask, or may have personal data, which is masked last."""
    return piece.rule.name in PERSONS or FILLER in text[piece.start : piece.end]


class _Lines:
    """Redacts the lines of one stream that are outside of private keys.

    Args:
        prefilter: selects the rules for a line.
        known: the results for earlier lines, which streams share. Lines that affect or depend on others are not in it.
    """

    def __init__(self, prefilter: Prefilter, known: dict[str, str]) -> None:
        self._prefilter = prefilter
        self._words = prefilter.words
        self._known = known
        self._table = Table()
        self._next_line = NextLine()
        self._is_open = False  # whether an earlier line affects the next one

    def __call__(self, text: str) -> str:
        if self._is_open:
            return self._redacted(text)
        if is_plain(text) and self._words.is_dull(text):
            return text
        redacted = self._known.get(text)
        if redacted is None:
            redacted = self._redacted(text)
            if not self._is_open and len(text) <= _LONGEST_REMEMBERED:
                if len(self._known) >= _MOST_REMEMBERED:
                    self._known.clear()
                self._known[text] = redacted
        return redacted

    def _redacted(self, text: str) -> str:
        view = plain(text)
        pieces = pieces_of(view.text, self._prefilter)
        if not (pieces or self._is_open or view.replaced or is_escaped(text)):
            return text
        has_keyword = not _OPENING.isdisjoint([piece.rule for piece in pieces])  # faster than `any`
        spans: list[Span] = []
        if has_keyword or self._is_open:
            spans += [view.original(span) for span in self._table.spans(view.text, has_keyword=has_keyword)]
            spans += [view.original(span) for span in self._next_line.spans(view.text, has_keyword=has_keyword)]
            self._is_open = self._table.is_open or self._next_line.is_open
        spans += self._found(text, view, pieces)
        for _ in range(_MOST_PASSES):
            if not spans:
                break
            text = masked(text, spans)
            view = plain(text)
            pieces = [piece for piece in pieces_of(view.text, self._prefilter) if _may_have_changed(view.text, piece)]
            spans = self._found(text, view, pieces)
        return self._overwritten(text) if "\r" in text else text

    def _found(self, text: str, view: View, pieces: Sequence[Piece]) -> list[Span]:
        """The spans of secrets in a text, also of escaped and hidden ones; those of personal data if there are none."""
        undisguised = decoded(view)
        views = [(view, pieces)]
        if undisguised is not view:
            views.append((undisguised, pieces_of(undisguised.text, self._prefilter)))
        views += [(part, pieces_of(part.text, self._prefilter)) for part in hidden_parts(text)]
        secrets: list[Span] = []
        persons: list[Span] = []
        for seen, seen_pieces in views:
            for rule, span in spans_of_pieces(seen.text, seen_pieces):
                (persons if rule.name in PERSONS else secrets).append(seen.original(span))
        return secrets or persons

    def _overwritten(self, text: str) -> str:
        """The text, or its masked form on a terminal if carriage returns assemble a secret there."""
        shown = "".join(span.text for span in safe_spans(text))
        view = plain(shown)
        spans = self._found("", view, pieces_of(view.text, self._prefilter))
        return masked(shown, spans) if spans else text
