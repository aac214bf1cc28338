"""The error for a word of the command line that could mean several things, or nothing."""

import click

__all__ = ["CandidatesError"]


class CandidatesError(click.UsageError):
    """A word means nothing, or too many things.

    Attributes:
        candidates: what may have been meant, one line each, safe to print.
    """

    def __init__(self, message: str, candidates: list[str]) -> None:
        super().__init__(message)
        self.candidates = candidates
