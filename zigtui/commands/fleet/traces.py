"""``zigtui ship --otlp``: send traces to a receiver of OpenTelemetry."""

import os
import socket
import time
from contextlib import ExitStack

import click

from zigtui.commands.options.project_option import projects_named
from zigtui.commands.program.ending_signals import exits_on_signals
from zigtui.commands.program.extras import needs_extra
from zigtui.otlp.environment import captures_content
from zigtui.otlp.ship.endpoint import EndpointError, endpoint_of, is_encrypted_or_local, shown_endpoint
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.scan.locations import list_all
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.redacted.session_paths import session_paths
from zigtui.redacted.text_redactor import TextRedactor, Verbatim
from zigtui.state.directory import state_directory
from zigtui.state.process_lock import LockedError, process_lock
from zigtui.system.standard_streams import note

__all__ = ["ship_traces"]

_NICE = 10


def ship_traces(
    url: str,
    bases: list[str],
    *,
    since_secs: float,
    project: str | None,
    redact: bool,
    insecure: bool,
    stall_secs: float,
) -> None:
    """Send the traces of sessions as they end, until a signal ends the program.

    Args:
        url: the receiver; empty for the one that the environment names.
        bases: the base directories.
        since_secs: sessions that had ended before are left out, in seconds before now.
        project: the value of ``--project``.
        redact: whether to mask secrets.
        insecure: whether a connection to another machine may be unencrypted.
        stall_secs: see `Catalog`.

    Raises:
        click.ClickException: if the URL, a setting or the state directory cannot be used, or another process sends to
            the same URL.
    """
    with needs_extra():
        from zigtui.otlp.ship.notes import SentNotes, notes_path
        from zigtui.otlp.ship.receiver import OtlpReceiver, SettingsError
        from zigtui.otlp.ship.trace_shipper import TraceShipper
    try:
        endpoint = endpoint_of(url)
        receiver = OtlpReceiver(endpoint)
    except (EndpointError, SettingsError) as error:
        raise click.ClickException(str(error)) from error
    for warning in receiver.warnings:
        note(f"zigtui: {warning}")
    shown = shown_endpoint(endpoint)
    if not (insecure or is_encrypted_or_local(endpoint)):
        raise click.ClickException(f"{shown} is not encrypted; if that is meant, add --insecure")
    projects = None if project is None else projects_named(project, list_all(bases))
    path = notes_path(state_directory(), endpoint)
    with ExitStack() as stack:
        try:
            stack.enter_context(process_lock(path.with_suffix(".lock")))
            notes = SentNotes(path)
        except LockedError:
            raise click.ClickException(f"another zigtui ship sends traces to {shown}") from None
        except OSError as error:
            raise click.ClickException(f"{path} cannot be used: {reason_of(error)}") from error
        stack.callback(notes.close)
        os.nice(_NICE)
        shipper = TraceShipper(
            Catalog(bases, projects=projects, stall_secs=stall_secs),
            receiver,
            notes,
            lambda text: note(f"zigtui: {text}"),
            since=time.time() - since_secs,
            redactor_of=_redactor_of if redact else _verbatim,
            with_prompts=captures_content(),
            host=socket.gethostname(),
        )
        note(f"zigtui: sending the traces of sessions that end to {shown}")
        with exits_on_signals():
            shipper.run()


def _redactor_of(snapshot: SessionSnapshot) -> TextRedactor:
    from zigtui.commands.redaction import Redactor  # slow to import

    return Redactor.of_here(session_paths(snapshot))


def _verbatim(snapshot: SessionSnapshot) -> TextRedactor:
    return Verbatim()
