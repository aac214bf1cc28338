"""Pause the current thread as `writer` does: also where the clocks of the process are replaced."""

from writer._common.pause import pause

__all__ = ["pause"]
