"""The keys of a session's screen that save its output and export the session. In a browser they download both."""

import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import IO, BinaryIO

from zigtui.reader.error_reasons import end_of_process, reason_of
from zigtui.reader.location import LogLocation, is_log_or_index
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.text.safe_text import safe_plain
from zigtui.system.lifeline import lifeline
from zigtui.system.replaced_file import replaced_file
from zigtui.ui.copying import CopyError
from zigtui.ui.live_screen import LiveScreen
from zigtui.ui.output.chosen.whole_output import WholeOutput
from zigtui.ui.output.pane import OutputPane
from zigtui.ui.outside.delivery import deliver, unnamed_file
from zigtui.ui.outside.private_file import file_name_of
from zigtui.ui.widgets.menu import Menu, MenuItem
from zigtui.wording.short_names import short_id

__all__ = ["EXPORT_FORMATS", "SavingScreen"]

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


class SavingScreen(LiveScreen):
    """A screen with an `OutputPane`, whose output can be saved, and whose session exported.

    A subclass binds keys to the actions.
    """

    _is_exporting = False
    _asked_for = ""  # the suggested name of the output that is to be saved
    _unsaved = ("", "")  # that of the one that was not saved, and the path typed for it: to be corrected next time

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

    def current_snapshot(self) -> SessionSnapshot:
        """The session as it is now."""
        raise NotImplementedError

    def _file_stem(self) -> str:
        """The beginning of the names of files, which distinguishes those of several sessions."""
        workflow = self.current_snapshot().session.workflow_name or "session"
        return f"{file_name_of(workflow)}-{file_name_of(short_id(self.location.session_id))}"

    # Saving

    def action_ask_where_to_save(self) -> None:
        """Ask for the name of a file for the output, or download it."""
        output = self.pane.excerpts.whole_output()
        name = f"{self._file_stem()}-{file_name_of(output.name)}.txt"
        if self.context.is_remote:
            self.start_thread(partial(self._download, output, name), "download", "the output could not be downloaded")
        else:
            self.reveal_output()
            unsaved, typed = self._unsaved
            self.pane.ask(">", typed if name == unsaved else name)
            self._asked_for = name

    def _download(self, output: WholeOutput, name: str) -> None:
        """Write the output to a file without a name, and give it to the browser."""
        try:
            file = TextIOWrapper(unnamed_file(), encoding="utf-8", errors="replace")
            output.write(file)
            file.flush()
        except (CopyError, OSError) as error:
            self._note.set(f"Not downloaded: {_reason_of(error)}")
        else:
            self.call_later(self._deliver, file.detach(), name)

    def _deliver(self, file: BinaryIO, name: str) -> None:
        file.seek(0)
        deliver(self.app, file, name)
        self.show_note(f"Downloading {name}")

    def on_output_pane_save_wanted(self, message: OutputPane.SaveWanted) -> None:
        """Save the output, once the user has agreed to replace an older file."""
        self._unsaved = self._asked_for, message.path
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
                self._note.set(f"Not saved: {_reason_of(error)}: {shown}")
            else:
                self._unsaved = "", ""
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
        if self._is_exporting:
            self.show_note("The session is being exported already")
            return
        name, extension = EXPORT_FORMATS[key]
        self.show_note(f"Exporting as {name}…")
        self._is_exporting = True
        export = partial(self._run_export, name, self._file_stem(), extension)
        self.start_thread(export, "export", "the session could not be exported")

    def _run_export(self, name: str, stem: str, extension: str) -> None:
        try:
            if self.context.is_remote:
                self._download_export(name, f"{stem}.{extension}")
            else:
                self._save_export(name, stem, extension)
        finally:
            self._is_exporting = False

    def _save_export(self, name: str, stem: str, extension: str) -> None:
        try:
            path = _unused(Path.cwd(), stem, extension)
        except OSError:
            self._note.set(f"The session was not exported: {_NO_DIRECTORY}")
            return
        if self._has_exported("zigtui", ["--format", name, "-o", str(path)], subprocess.DEVNULL, subprocess.DEVNULL):
            self._note.set(f"Exported as {safe_plain(str(path))}")

    def _download_export(self, name: str, file_name: str) -> None:
        file = unnamed_file()
        with lifeline() as stdin:  # without this process, there is none to which the report could go
            is_exported = self._has_exported("zigtui.child_process", ["--format", name], stdin, file)
        if is_exported:
            self.call_later(self._deliver, file, file_name)
        else:
            file.close()

    def _has_exported(self, module: str, options: Sequence[str], stdin: int, stdout: int | IO[bytes]) -> bool:
        """Run ``zigtui export`` on the session, as a module, with a note if it fails."""
        command = [sys.executable, "-P", "-m", module, "export", self.location.path, *options]
        try:
            done = subprocess.run(
                command,
                stdin=stdin,
                stdout=stdout,
                stderr=subprocess.PIPE,
                timeout=_EXPORT_SECS,
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            self._note.set(f"The session was not exported: it took more than {_EXPORT_SECS / 60:.0f} minutes")
            return False
        except OSError as error:
            self._note.set(f"The session was not exported: {reason_of(error)}")
            return False
        if done.returncode:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
            reason = lines[-1] if lines else f"zigtui export {end_of_process(done.returncode)}"
            self._note.set(f"The session was not exported: {safe_plain(reason).removeprefix('zigtui: ')}")
        return not done.returncode


def _reason_of(error: Exception) -> str:
    return str(error) if isinstance(error, CopyError) else reason_of(error)


def _fault_of_target(path: Path) -> str:
    """Why a file must not be written at a path; empty if it may be, or if writing it reports the reason."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return "a link that leads nowhere" if os.path.islink(path) else ""  # noqa: PTH114  # no path fails
    if stat.S_ISDIR(mode):
        return "Is a directory"
    if not stat.S_ISREG(mode):
        return "not a regular file"
    return "a file that runners write" if is_log_or_index(os.path.realpath(path)) else ""


def _unused(directory: Path, stem: str, extension: str) -> Path:
    """A path in a directory at which there is no file yet."""
    number = 1
    while os.path.lexists(
        path := directory / (f"{stem}.{extension}" if number == 1 else f"{stem}-{number}.{extension}")
    ):
        number += 1
    return path
