"""The words for the end of a program, in messages."""

import signal
import sys

from writer._common.text import as_texts, preview

TYPE_CHECKING = False
if TYPE_CHECKING:
    from writer._common.text import Arguments

__all__ = ["command_name", "outcome"]


def command_name(argv: "Arguments") -> str:
    """Name a command in an error message, without its arguments, which may be long or have secrets."""
    return f"command {preview(as_texts(argv, 'argv')[0])!r}"


def outcome(exit_code: int) -> str:
    """Describe how a process ended, as the end of a sentence: "failed with exit code 1", "was killed by SIGKILL"."""
    if exit_code >= 0 or sys.platform == "win32":
        return f"failed with exit code {exit_code}"
    try:
        return f"was killed by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"was killed by signal {-exit_code}"
