"""What the screen of a session offers to copy."""

from collections.abc import Callable
from functools import partial

from zigtui.reader.session.model.session import Session
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.copying import Copyable, plain_text
from zigtui.ui.output.pane import OutputPane
from zigtui.ui.session.failures import FailureTarget

__all__ = ["copyables_of"]


def copyables_of(
    pane: OutputPane, snapshot: SessionSnapshot, command: Callable[[], str], failure: FailureTarget | None
) -> list[Copyable]:
    """The texts that can be copied now.

    Args:
        pane: the output on the screen.
        snapshot: the session.
        command: returns the command that opens this location.
        failure: the failure that the user last went to.
    """
    copyables: list[Copyable] = []
    line = pane.excerpts.line()
    if (selected := pane.excerpts.selection()) is not None:
        copyables.append(Copyable("y", "selection", selected))
    elif line is not None:
        copyables.append(Copyable("y", "line", partial(plain_text, line.text)))  # it may be long
    if match := pane.excerpts.match():
        copyables.append(Copyable("m", "match", match))
    error = pane.excerpts.error or _error_of(snapshot.session, failure)
    if error.strip():
        copyables.append(Copyable("e", "error", partial(plain_text, error)))  # it may be long
    location = snapshot.location
    return [
        *copyables,
        Copyable("o", "output", pane.excerpts.whole_output().text),
        Copyable("i", "id", location.session_id),
        Copyable("p", "log path", location.path),
        Copyable("c", "command", command()),
    ]


def _error_of(session: Session, failure: FailureTarget | None) -> str:
    """The error of a failure; without one, the error that failed the session, or else the last one."""
    match failure:
        case FailureTarget(("step", int(serial)), int(position)) if (step := session.step(serial)) is not None:
            if position < len(step.attempts):
                return step.attempts[position].error
    if session.last_error:
        return session.last_error
    return session.attempt_of(session.failures[-1])[1].error if session.failures else ""
