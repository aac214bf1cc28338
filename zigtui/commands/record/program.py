"""Record one program as a session of one step."""

import shutil
from pathlib import Path

from writer import SessionCoordinator, SessionError, SessionStatus, SessionWriter
from zigtui.commands.printing.writer_warnings import report_warnings
from zigtui.commands.program.ending_signals import ENDING_SIGNALS
from zigtui.commands.record.running import report_unrecorded, run_in_step, run_unrecorded
from zigtui.reader.text.safe_text import safe_plain
from zigtui.system.standard_streams import note

__all__ = ["record"]


def record(arguments: list[str], workflow: str | None, base: str | None) -> int:
    """Run a program and record it.

    Args:
        arguments: the program and its arguments.
        workflow: the name of the session; None for that of the program.
        base: the directory to record into; None for the default one.

    Returns:
        The exit code, or minus the number of the signal that killed it.
    """
    report_warnings()
    name = Path(arguments[0]).name or arguments[0] or "-"  # of a variable in a script that is not set
    path = shutil.which(arguments[0]) or arguments[0]
    try:
        writer = SessionWriter.create(workflow or name, path, tier_count=1, base=base)
    except SessionError as error:
        report_unrecorded(arguments[0], error)
        return run_unrecorded(arguments)
    # While the program runs, it gets the signals. Before and after, they end the session.
    with SessionCoordinator.start(writer, end_on=ENDING_SIGNALS) as session:
        try:
            session.share()
        except SessionError as error:
            note(f"zigtui: other programs cannot add steps to the session: {safe_plain(str(error))}")
        with session.tier([name]) as tier:
            code = run_in_step(tier.step(name, prompt=" ".join(arguments)), name, arguments)
        session.finish(SessionStatus.SUCCESS if code == 0 else SessionStatus.FAILURE)
        return code
