"""Attach: the entry point to sessions of other processes, which loads what they need only if it is called."""

from writer._common.errors import check_interpreter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from writer._session.attached import AttachedSession

__all__ = ["attach"]


def attach(address: str | None = None) -> "AttachedSession":
    """Add tiers and steps to a session that another process has shared.

    Args:
        address: What `SessionWriter.share` has returned there; by default the value of the environment variable
            ``ZIGTUI_SESSION``.

    Raises:
        SessionError: If no session is named, or it has ended.

    Example:
        >>> address = session.share()
        >>> with attach(address).step("upload") as step:
        ...     step.output("3 files")
    """
    check_interpreter()
    from writer._session.attached import attached

    return attached(address)
