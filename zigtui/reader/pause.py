"""Pause the current thread as `writer` does: even where the clocks of the process are replaced."""

from writer._common.pause import pause

__all__ = ["pause"]
