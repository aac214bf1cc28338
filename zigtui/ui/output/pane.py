"""The output with its title, and with what is searched for in it or asked."""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from time import monotonic

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from zigtui.reader.jump_target import PlaceError, line_of
from zigtui.reader.lines.log_end import RecentEvents
from zigtui.reader.safe_text import cell_width
from zigtui.reader.search.query import Query, QueryError
from zigtui.reader.search.search import Search
from zigtui.reader.session.model import SessionState
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.times import seconds
from zigtui.settings import Settings
from zigtui.ui.messages import DataChanged
from zigtui.ui.output.bars import note_bar, search_bar, view_note
from zigtui.ui.output.chosen import ChosenOutput, longest_name
from zigtui.ui.output.patient_reader import NoAnswerError, PatientReader
from zigtui.ui.output.search import OutputSearch
from zigtui.ui.output.view import OutputView
from zigtui.ui.widgets.bar import Bar
from zigtui.ui.widgets.prompt import Prompt
from zigtui.wording.trees import ALL_OUTPUT

__all__ = ["OutputPane"]

_TOLD_SECS = 0.1  # how often a search tells that it gets on
_NOTE_SECS = 6.0
_NO_ANSWER = "the disk does not answer"
_HINTS = {"/": "text, or /pattern/", ":": "14:03  +5m  -90s  1200  50%"}


class OutputPane(Vertical):
    """Shows the output of what is chosen, and goes to lines of it.

    Args:
        log: the session's log.
    """

    def __init__(self, log: SessionLog, settings: Settings, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._log = log
        self._generation = log.generation
        self._reader = PatientReader(self._tell)
        with log.lock:
            self._chosen = ChosenOutput(log, ALL_OUTPUT, self._reader.run)
        self._was_complete = False  # at the last look
        self._recent: RecentEvents | None = None  # shown as all output until the log has been read
        self._search = OutputSearch()
        self._awaited: tuple[str, int] | None = None  # a place to go to once it is known; and the user's moves before
        self._note = ""
        self._note_ends = 0.0

    def compose(self) -> ComposeResult:
        """The title, the output, what was found, the prompt; the last two only while there is need of them."""
        yield Bar(id="output-title")
        yield OutputView(id="output")
        yield Bar(id="found")
        yield Prompt(id="prompt")

    def on_unmount(self) -> None:
        """Nobody wants to know any more."""
        self._search.end()
        self._reader.close()

    def _tell(self) -> None:
        """There may be something else to show; from any thread."""
        with suppress(RuntimeError):  # the program has ended meanwhile
            self.post_message(DataChanged())

    @property
    def chosen(self) -> Hashable:
        """The key of the row of the tree whose output is shown."""
        return self._chosen.key

    @property
    def is_following(self) -> bool:
        """Whether the end is kept in sight."""
        return self._view.follow

    @property
    def _view(self) -> OutputView:
        return self.query_one(OutputView)

    # What is shown

    def choose(self, key: Hashable, *, follow: bool = True) -> None:
        """Show the output that another row of the tree stands for."""
        self._recent = self._awaited = None
        with self._log.lock:
            self._chosen = chosen = ChosenOutput(self._log, key, self._reader.run)
            name_width = longest_name(self._log.session)
        # Outside of the lock: lines are read from the disk to be shown.
        self._view.show(chosen.lines, labels=chosen.has_labels, label_width=name_width, follow=follow)
        query = self._search.query
        if query is not None:
            self._search.end()
            with self._patience():
                self._search.begin(query, chosen.search(query, self._view.top_line))

    def renew(self) -> None:
        """Take the lines anew if the log was begun anew: they are others, though the tree may look the same."""
        if self._log.generation != self._generation or self._chosen.is_outdated():
            self._generation = self._log.generation
            self.choose(self._chosen.key)

    def show_changes(self, state: SessionState) -> None:
        """Show what is there now, of a session in this state."""
        log, view = self._log, self._view
        with log.lock:
            is_complete, self._was_complete = self._was_complete, log.is_complete
            dividers, name_width = self._chosen.dividers(), longest_name(log.session)
        with self._patience():
            self._show_recent(name_width)
        view.lines_added(dividers, name_width, are_new=is_complete)
        with self._patience():
            self._go_on()
        with log.lock:
            note = view_note(following=view.follow, new_lines=view.new_lines, live=state.is_live)
            title = self._chosen.title(log.session, state, note)
        self.query_one("#output-title", Bar).show(*title)
        if view.is_waiting:
            self.say(_NO_ANSWER)
        self._show_found()

    def _show_recent(self, name_width: int) -> None:
        """Show the end of a large log at once; all of it when it has been read, without moving what is looked at."""
        recent = self._log.recent if self.chosen == ALL_OUTPUT else None
        if recent is not None and self._view.follow and recent is not self._recent:
            self._recent = recent
            self._view.show(recent, labels=True, label_width=max(name_width, _longest_label(recent)))
        elif recent is None and self._recent is not None:
            lines = self._chosen.lines
            if self._view.follow:
                self._view.show(lines, labels=True, label_width=name_width)
            else:
                behind = self._reader.run(partial(self._log.lines_behind, self._recent))
                self._view.put_before(lines, len(lines) - len(self._recent) - behind)
            self._recent = None

    @on(OutputView.StartWanted)
    def show_whole(self) -> None:
        """Show all lines by their numbers, though the log is still being read, and its end was shown by itself."""
        if self._recent is not None:
            self.choose(ALL_OUTPUT, follow=False)

    def say(self, note: str) -> None:
        """Have a note stand below the output for a while."""
        self._note, self._note_ends = note, monotonic() + _NOTE_SECS
        self._show_found()

    def _show_found(self) -> None:
        """Have matches stand out, and tell below the output how the search goes."""
        search, lines = self._search, self._chosen.lines
        current = None
        if search.current is not None and self._recent is None:
            with suppress(NoAnswerError):
                current = lines.number_at(search.current)
        self._view.show_matches(search.query.spans if search.query is not None else None, current)
        bar = None
        if self._note and monotonic() < self._note_ends:
            bar = note_bar(self._note)
        elif self._awaited is not None:
            bar = note_bar(f"to {self._awaited[0]} as soon as that is read: {self._log.progress:.0%}")
        elif search.query is not None:
            bar = search_bar(search.query.text, search.words(self._log.progress))
        self.set_class(bar is not None, "-found")
        if bar is not None:
            self.query_one("#found", Bar).show(bar)

    # Asking

    def ask(self, sign: str) -> None:
        """Ask what to search for (``/``), or where to go (``:``)."""
        self.say("")
        self.query_one(Prompt).open(sign, _HINTS[sign])

    @property
    def is_busy(self) -> bool:
        """Whether something is asked, searched or waited for."""
        return self.query_one(Prompt).is_open or self._search.query is not None or self._awaited is not None

    def end(self) -> None:
        """End what is asked; or else what is searched or waited for."""
        prompt = self.query_one(Prompt)
        if prompt.is_open:
            prompt.close()
            self.screen.set_focus(self._view)
        else:
            self._search.end()
            self._awaited = None
        self.say("")

    @on(Prompt.Entered)
    def take_answer(self, event: Prompt.Entered) -> None:
        """Search, or go somewhere; what cannot be is said, and the prompt stays."""
        try:
            if event.text and event.sign == "/":
                self._begin_search(Query(event.text))
            elif event.text:
                self._go_to_place(event.text)
        except (QueryError, PlaceError) as error:
            self.say(str(error))
        except NoAnswerError:
            self.say(_NO_ANSWER)
        else:
            self.query_one(Prompt).close()
            self.screen.set_focus(self._view)
            self.post_message(DataChanged())

    # Going to a line

    def go_to_divider(self, number: int) -> None:
        """Show a failed attempt of the step that is chosen."""
        self._view.go_to_divider(number)

    def _go_to_place(self, place: str) -> None:
        log = self._log
        with log.lock:
            session, is_complete = log.session, log.is_complete
            started, ended = seconds(session.started_at), seconds(session.ended_at or session.last_event_at)
        line = line_of(place, self._chosen.lines, started=started, ended=ended, is_complete=is_complete)
        self._awaited = (place, self._view.moves) if line is None else None
        if line is not None:
            self.show_whole()
            self._view.go_to_line(line, to_top=True)
            self.say(f"line {line + 1:,}")

    def _begin_search(self, query: Query) -> None:
        line = 0 if self._recent is not None else self._view.top_line
        self._search.begin(query, self._chosen.search(query, line))
        self._search.want(self._chosen.lines.offset_of(line) or 0, forward=True, moves=self._view.moves)
        self.say("")

    def go_to_match(self, direction: int) -> None:
        """Go to the next match, or the one before: seen from the one gone to last, or else from what is in sight."""
        search, view = self._search, self._view
        if search.query is None:
            self.say("nothing is searched for yet: / asks")
            return
        with self._patience():
            search.want(self._origin(direction), forward=direction > 0, moves=view.moves)
            self._arrive()  # at once, for the next key goes on from there
            self.say("")
            self.post_message(DataChanged())

    def _origin(self, direction: int) -> int:
        """From where in the file the next match is looked for."""
        search, view, lines = self._search, self._view, self._chosen.lines
        offset = search.current
        number = lines.number_at(offset) if offset is not None else None
        if offset is None or (number is not None and self._recent is None and not view.is_in_sight(number)):
            return lines.offset_of(0 if self._recent is not None else view.top_line) or 0
        return offset + 1 if direction > 0 else offset

    def _go_on(self) -> None:
        """Search on where lines have been added, and go where the user wanted once it is known where that is."""
        search, log, view = self._search, self._log, self._view
        if self._awaited is not None:
            place, moves = self._awaited
            self._awaited = None
            try:
                if moves == view.moves:
                    self._go_to_place(place)
            except PlaceError as error:
                self.say(str(error))
        search.limit(self._chosen.end())
        to_run = search.to_run(log.bytes_read - log.torn_bytes)
        if to_run is not None:  # not as a worker of Textual: the program's end would wait for a disk that hangs
            threading.Thread(target=self._run, args=(to_run,), name="search", daemon=True).start()
        self._arrive()

    def _arrive(self) -> None:
        """Go to the match that is wanted, if it is known where that is."""
        line = self._search.arrive(self._chosen.lines.number_at, self._view.moves)
        if line is not None:
            self.show_whole()
            self._view.go_to_line(line)

    def _run(self, search: Search) -> None:
        next_telling, had_hits = 0.0, False

        def tell() -> None:
            nonlocal next_telling, had_hits
            if monotonic() >= next_telling or (len(search) and not had_hits):
                next_telling, had_hits = monotonic() + _TOLD_SECS, len(search) > 0
                self._tell()

        search.run(tell)
        self._search.has_run(search)
        self._tell()

    @contextmanager
    def _patience(self) -> Iterator[None]:
        """What is done in the block is given up, and that is said, when the disk does not answer."""
        try:
            yield
        except NoAnswerError:
            self.say(_NO_ANSWER)


def _longest_label(recent: RecentEvents) -> int:
    return max((cell_width(line.step_name) for line in recent.lines), default=0)
