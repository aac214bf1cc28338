"""The environment variables by which the programs of a step find out where they run."""

from writer._common.text import valid_unicode

__all__ = ["SESSION_ID", "SHARED_SESSION", "STEP", "step_environment"]

SESSION_ID = "ZIG_SESSION_ID"
"""The id of the session."""

STEP = "ZIG_STEP"
"""The name of the step."""

SHARED_SESSION = "ZIGTUI_SESSION"
"""Where other processes can add to the session: the path of a socket. Only if the session is shared."""


def step_environment(session_id: str, step: str, address: str = "") -> dict[str, str]:
    """Return the environment variables of the programs of a step.

    Args:
        session_id: The id of the session.
        step: The name of the step.
        address: Where to add to the session, or an empty string.
    """
    variables = {SESSION_ID: session_id, STEP: step} | ({SHARED_SESSION: address} if address else {})
    return {name: valid_unicode(value).replace("\0", "") for name, value in variables.items()}
