"""A process that can open hardly any files."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["few_descriptors"]


@contextmanager
def few_descriptors(count: int) -> Iterator[None]:
    """Let this process open no more than ``count`` files while the block runs."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = [os.open(os.devnull, os.O_RDONLY)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (opened[0] + 20, limits[1]))
    try:
        with suppress(OSError):
            while True:
                opened.append(os.open(os.devnull, os.O_RDONLY))
        for _ in range(count):
            os.close(opened.pop())
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        for descriptor in opened:
            os.close(descriptor)
