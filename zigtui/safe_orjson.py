"""orjson, imported as `writer` does: so that an interrupt in the middle raises, rather than ends the process."""

from writer._common.safe_orjson import orjson

__all__ = ["orjson"]
