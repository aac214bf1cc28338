"""``zigtui config``: the file with the user's settings."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import click

from zigtui.commands.printing.terminal import write
from zigtui.exit_codes import ExitCode
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.text.safe_text import safe_plain
from zigtui.settings.declared import DECLARED
from zigtui.settings.faults import SettingsError
from zigtui.settings.file import read_settings
from zigtui.settings.location import settings_path
from zigtui.system.standard_streams import note

__all__ = ["command"]

_WIDEST = 60  # wider settings push their sources aside


@click.command(
    "config", short_help="Create, check and show your settings.", epilog=f"The settings: {', '.join(DECLARED)}."
)
@click.argument("action", type=click.Choice(["init", "path", "check", "show"]))
def command(action: str) -> None:
    """Create, check and show the file with your settings. Only you change it.

    \b
    zigtui config init        create it, with a comment on each setting
    zigtui config path        print its path
    zigtui config check       report all faults in it
    zigtui config show        print the settings in use, and where each is from
    """
    path = settings_path()
    if path is None:
        raise click.ClickException("there is no home directory: set XDG_CONFIG_HOME")
    {"init": _create, "path": _print_path, "check": _check, "show": _show}[action](path)


def _print_path(path: Path) -> None:
    write(f"{path}\n")  # as it is, for other programs


def _create(path: Path) -> None:
    """Create the file, with all settings commented out. A file that exists is left as it is."""
    from zigtui.settings.template import template

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            try:
                file.write(template())
                file.flush()
            except BaseException:
                with suppress(OSError):
                    path.unlink()
                raise
    except FileExistsError as error:
        if not os.path.lexists(path):
            raise click.ClickException(f"{path.parent} is not a directory") from error
        raise click.ClickException(f"{path} exists already, and is left as it is") from error
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {reason_of(error)}") from error
    write(f"{safe_plain(str(path))}\n")


def _check(path: Path) -> None:
    """Print one line for each fault in the file, and exit with 2 if there are any."""
    try:
        read_settings(path)
    except SettingsError as error:
        write("".join(f"{safe_plain(line)}\n" for line in error.lines))
        sys.exit(ExitCode.USAGE)
    if not os.path.lexists(path):
        note(f"zigtui: there is no {path}: the defaults apply; zigtui config init creates it")


def _show(path: Path) -> None:
    """Print each setting in use, and whether it is from the file, was chosen on the screen, or is the default."""
    from zigtui.state.choices import Choices
    from zigtui.state.store import StateStore

    try:
        settings, lines = read_settings(path)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    choices = Choices(settings, StateStore())
    rows = []
    for key, declared in DECLARED.items():
        value = getattr(settings, declared.attribute)
        source = f"line {lines[key]}" if key in lines else "default"
        choice = choices.of_setting(key)
        if choice is not None and not choice.is_default:
            value, source = choice.value, "chosen on the screen"
        rows.append((f"{key} = {declared.kind.written(value)}", source))
    width = max(len(setting) for setting, _ in rows if len(setting) <= _WIDEST)
    write(f"# {safe_plain(str(path))}\n")
    write("".join(safe_plain(f"{setting:<{width}}  # {source}") + "\n" for setting, source in rows))
