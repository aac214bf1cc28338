"""A process that can open hardly any files."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["few_descriptors"]


@contextmanager
def few_descriptors(count: int) -> Iterator[None]:
    """Let this process open no more than ``count`` files while the block runs."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(count + 1)]  # the lowest that are free
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(opened) + 1, limits[1]))
    try:
        for _ in range(count):
            os.close(opened.pop())
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        for descriptor in opened:
            os.close(descriptor)
