"""orjson, imported so that an interrupt in the middle does no harm.

Its import runs those of Python modules from native code. An interrupt (Ctrl-C) there ends the process by a segmentation
fault, without any handling: so they are imported before.
"""

import dataclasses  # noqa: F401
import enum  # noqa: F401
import json  # noqa: F401
import uuid  # noqa: F401

import orjson

__all__ = ["orjson"]
