"""The keys of a session's screen that open its output in a pager or an editor."""

from collections.abc import Callable
from functools import partial
from typing import IO

from textual.app import SuspendNotSupported

from zigtui.reader.error_reasons import end_of_process, reason_of
from zigtui.reader.text.safe_text import safe_plain
from zigtui.system.coloured_line import coloured_line
from zigtui.system.colours import colours_of
from zigtui.ui.copying import CopyError
from zigtui.ui.output.chosen.whole_output import WholeOutput
from zigtui.ui.output.lines.file_references import FileReference, references_in
from zigtui.ui.outside.foreground import run_in_foreground
from zigtui.ui.outside.private_file import PrivateFile, file_name_of
from zigtui.ui.outside.programs import Program, ProgramError, editor, pager
from zigtui.ui.session.saving_screen import SavingScreen

__all__ = ["OutsideScreen"]

_PATIENCE_SECS = 0.1  # before a note reports that the output is being read
_PROGRAM_ACTIONS = ("page_output", "edit")


class OutsideScreen(SavingScreen):
    """A screen with an `OutputPane`, whose output can be paged and edited too.

    A subclass binds keys to the actions.
    """

    _has_program = False  # whether another program has the terminal

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable other programs if the user is elsewhere, and the note about that if not."""
        if action == "tell_of_no_programs":
            return self.context.is_remote
        return not (action in _PROGRAM_ACTIONS and self.context.is_remote)

    def action_tell_of_no_programs(self) -> None:
        """Tell a user who is elsewhere what there is in place of a pager and an editor."""
        self.show_note("A browser has no pager and no editor: > downloads the output")

    def action_page_output(self) -> None:
        """Open the output in the user's pager, from the current line on."""
        write = partial(
            WholeOutput.write, self.pane.excerpts.whole_output(), text_of=partial(coloured_line, colours_of=colours_of)
        )
        self._open_output(pager, write)

    def action_edit(self) -> None:
        """Open the file that the current line or error names in the user's editor, or else the output at this line."""
        references = references_in(self.pane.excerpts.text_pointed_at(), self.current_snapshot().session.cwd)
        if references:
            self.start_thread(partial(self._edit_file, references), "find a file", "the file could not be opened")
        else:
            self._edit_output()

    def _edit_file(self, references: list[FileReference]) -> None:
        """Open the first file that exists. Runs on a thread, since its disk may hang."""
        found = next((reference for reference in references if reference.is_file()), None)
        if found is None:
            self.call_later(self._edit_output)
            return
        try:
            program = editor(found.path, found.line)
        except ProgramError as error:
            self._note.set(safe_plain(str(error)))
        else:
            self.call_later(self._run, program)

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
        name = f"{file_name_of(self.pane.excerpts.whole_output().name)}.txt"

        def prepare() -> None:
            try:
                file = PrivateFile(name)
            except OSError as error:
                self._note.set(f"No temporary file could be created: {reason_of(error)}")
                return
            try:
                program = command(file.path, line + 1)
                with file.open() as opened:
                    write(opened)
            except ProgramError as error:
                file.remove()
                self._note.set(safe_plain(str(error)))
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
                    exit_code = await run_in_foreground(program.words)
                    note = f"{program.name} {end_of_process(exit_code)}" if exit_code else ""
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
