"""The keys of a session's screen that take its output outside: to a pager, an editor, a file or a report."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO

from textual.app import SuspendNotSupported

from zigtui.coloured_line import coloured_line
from zigtui.colours import colours_of
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.location import LogLocation
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.text.safe_text import safe_plain
from zigtui.replaced_file import is_of_runners, replaced_file
from zigtui.ui.copying import CopyError
from zigtui.ui.live_screen import LiveScreen
from zigtui.ui.output.chosen.whole_output import WholeOutput
from zigtui.ui.output.lines.file_references import FileReference, references_in
from zigtui.ui.output.pane import OutputPane
from zigtui.ui.outside.foreground import run_in_foreground
from zigtui.ui.outside.private_file import PrivateFile, file_name_of
from zigtui.ui.outside.programs import Program, ProgramError, editor, pager
from zigtui.ui.widgets.menu import Menu, MenuItem
from zigtui.wording.short_names import short_id

__all__ = ["EXPORT_FORMATS", "OutsideScreen"]

_PATIENCE_SECS = 0.1  # before a note reports that the output is being read
_EXPORT_SECS = 600.0
_NO_DIRECTORY = "the working directory has been removed"

EXPORT_FORMATS = {
    "h": ("html", "html"),
    "m": ("md", "md"),
    "t": ("text", "txt"),
    "j": ("json", "json"),
    "o": ("otlp", "jsonl"),
}
"""The keys for the formats of ``zigtui export``, with the name and the file extension of each."""


class OutsideScreen(LiveScreen):
    """A screen with an `OutputPane`, whose output can be paged, edited and saved, and whose session exported.

    A subclass binds keys to the actions.
    """

    _has_program = False  # whether another program has the terminal

    @property
    def pane(self) -> OutputPane:
        """The output that is meant, of those on the screen."""
        raise NotImplementedError

    def reveal_output(self) -> None:
        """Display the output if something else takes its room, so that what a key does to it is seen."""
        raise NotImplementedError

    @property
    def location(self) -> LogLocation:
        """The location of the session's log."""
        raise NotImplementedError

    def present_snapshot(self) -> SessionSnapshot:
        """The session as it is now."""
        raise NotImplementedError

    # Pager and editor

    def action_page_output(self) -> None:
        """Open the output in the user's pager, from the current line on."""
        write = partial(
            WholeOutput.write, self.pane.excerpts.whole_output(), text_of=partial(coloured_line, colours_of=colours_of)
        )
        self._open_output(pager, write)

    def action_edit(self) -> None:
        """Open the file that the current line names in the user's editor, or else the output at this line."""
        line = self.pane.excerpts.line()
        references = [] if line is None else references_in(line.text, self.present_snapshot().session.cwd)
        if references:
            self.start_thread(partial(self._edit_file, references), "find a file", "the file could not be opened")
        else:
            self._edit_output()

    def _edit_file(self, references: list[FileReference]) -> None:
        """Open the first file that exists. Runs on a thread, since its disk may hang."""
        for reference in references:
            if reference.is_file():
                self.call_later(self._start_editor, reference)
                return
        self.call_later(self._edit_output)

    def _start_editor(self, reference: FileReference) -> None:
        try:
            program = editor(reference.path, reference.line)
        except ProgramError as error:
            self.show_note(safe_plain(str(error)))
        else:
            self._run(program)

    def _edit_output(self) -> None:
        self._open_output(
            partial(editor, is_recorded=True), partial(WholeOutput.write, self.pane.excerpts.whole_output())
        )

    def _open_output(self, command: Callable[[str, int], Program], write: Callable[[IO[str]], None]) -> None:
        """Open the output in a program.

        Args:
            command: returns the program for a path and a line.
            write: writes the output to a file.
        """
        line = self.pane.excerpts.line_number or 0
        try:
            file = PrivateFile(f"{file_name_of(self.pane.excerpts.whole_output().name)}.txt")
        except OSError as error:
            self.show_note(f"No temporary file could be created: {reason_of(error)}")
            return
        try:
            program = command(file.path, line + 1)
        except ProgramError as error:
            file.remove()
            self.show_note(safe_plain(str(error)))
            return

        def prepare() -> None:
            try:
                with file.open() as opened:
                    write(opened)
            except (CopyError, OSError) as error:
                file.remove()
                reason = str(error) if isinstance(error, CopyError) else reason_of(error)
                self._note.set(f"The output was not opened: {reason}")
            else:
                self.call_later(self._run, program, file)

        thread = self.start_thread(prepare, "write the output", "the output could not be opened")
        thread.join(_PATIENCE_SECS)
        if thread.is_alive():
            self.show_note("Reading the output…")

    def _run(self, program: Program, file: PrivateFile | None = None) -> None:
        """Run a program in the terminal, and remove its file when the program no longer needs it."""
        if self._has_program or self.app.screen is not self:
            if file is not None:
                file.remove()
            return
        self._has_program = True
        self.run_worker(self._run_in_terminal(program, file), "program")

    async def _run_in_terminal(self, program: Program, file: PrivateFile | None) -> None:
        note = ""
        try:
            with self.app.suspend():
                try:
                    note = _end_of(program, await run_in_foreground(program.words))
                except OSError as error:
                    note = f"{program.name} cannot be run: {reason_of(error)}"
        except SuspendNotSupported:
            note = "No other program can be run here"
        finally:
            self._has_program = False
            if file is not None and not program.may_return_at_once:
                file.remove()
        self.show_note(safe_plain(note))
        self.show_changes()

    # Saving

    def action_ask_where_to_save(self) -> None:
        """Ask for the name of a file for the output."""
        self.reveal_output()
        self.pane.ask(">", f"{file_name_of(self.pane.excerpts.whole_output().name)}.txt")

    def on_output_pane_save_wanted(self, message: OutputPane.SaveWanted) -> None:
        """Save the output, once the user has agreed to replace an older file."""
        self.start_thread(
            partial(self._examine_target, message.path), "examine a path", "the output could not be saved"
        )

    def _examine_target(self, typed: str) -> None:
        """Find out what is at a path. Runs on a thread, since its disk may hang."""
        try:
            # Unlike `Path.expanduser`, this raises nothing for an unknown user.
            path = Path(os.path.abspath(os.path.expanduser(typed)))  # noqa: PTH100, PTH111
        except OSError:
            self._note.set(f"Not saved: {_NO_DIRECTORY}")
            return
        fault = _fault_of_target(path)
        if fault:
            self._note.set(f"Not saved: {fault}: {safe_plain(str(path))}")
        elif os.path.lexists(path):
            self.call_later(self._ask_whether_to_replace, path)
        else:
            self.call_later(self._save, path)

    def _ask_whether_to_replace(self, path: Path) -> None:
        if self.app.screen is not self:
            return  # the user has gone on
        question = Menu("replace it?", [MenuItem("y", "yes")], f"{safe_plain(str(path))} exists")
        self.app.push_screen(question, lambda key: self._save(path) if key == "y" else None)

    def _save(self, path: Path) -> None:
        output, shown = self.pane.excerpts.whole_output(), safe_plain(str(path))

        def save() -> None:
            try:
                with replaced_file(path) as file:
                    output.write(file)
            except (CopyError, OSError) as error:
                reason = str(error) if isinstance(error, CopyError) else reason_of(error)
                self._note.set(f"Not saved: {reason}: {shown}")
            else:
                self._note.set(f"Saved as {shown}")

        self.start_thread(save, "save the output", "the output could not be saved")

    # Exporting

    def action_ask_how_to_export(self) -> None:
        """Ask for the format of a report of the session."""
        items = [MenuItem(key, name) for key, (name, _) in EXPORT_FORMATS.items()]
        self.app.push_screen(Menu("export as", items), self._export)

    def _export(self, key: str | None) -> None:
        if key is None:
            return
        name, extension = EXPORT_FORMATS[key]
        workflow = self.present_snapshot().session.workflow_name or "session"
        stem = file_name_of(f"{file_name_of(workflow)}-{short_id(self.location.session_id)}")
        self.show_note(f"Exporting as {name}…")
        export = partial(self._run_export, name, stem, extension)
        self.start_thread(export, "export", "the session could not be exported")

    def _run_export(self, name: str, stem: str, extension: str) -> None:
        try:
            path = _unused(Path.cwd(), stem, extension)
        except OSError:
            self._note.set(f"The session was not exported: {_NO_DIRECTORY}")
            return
        command = [sys.executable, "-P", "-m", "zigtui", "export", self.location.path]
        command += ["--format", name, "-o", str(path)]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=_EXPORT_SECS,
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            self._note.set(f"The session was not exported: it took more than {_EXPORT_SECS / 60:.0f} minutes")
            return
        except OSError as error:
            self._note.set(f"The session was not exported: {reason_of(error)}")
            return
        if done.returncode:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or [f"exit code {done.returncode}"]
            self._note.set(f"The session was not exported: {safe_plain(lines[-1]).removeprefix('zigtui: ')}")
        else:
            self._note.set(f"Exported as {safe_plain(str(path))}")


def _end_of(program: Program, exit_code: int) -> str:
    """A note about the end of a program; empty if it ended as expected."""
    if exit_code == 0:
        return ""
    return f"{program.name} ended " + (f"with exit code {exit_code}" if exit_code > 0 else f"by signal {-exit_code}")


def _fault_of_target(path: Path) -> str:
    """Why a file must not be written at a path; empty if it may be, or if writing it reports the reason."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return "a link that leads nowhere" if os.path.islink(path) else ""  # noqa: PTH114  # no path fails
    if stat.S_ISDIR(mode):
        return "a directory"
    if not stat.S_ISREG(mode):
        return "not a regular file"
    return "a file that runners write" if is_of_runners(path.resolve()) else ""


def _unused(directory: Path, stem: str, extension: str) -> Path:
    """A path in a directory at which there is no file yet."""
    number = 1
    while os.path.lexists(
        path := directory / (f"{stem}.{extension}" if number == 1 else f"{stem}-{number}.{extension}")
    ):
        number += 1
    return path
