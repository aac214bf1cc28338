"""DER, the binary form of certificates, as far as `certificates` needs it."""

from datetime import datetime

__all__ = [
    "bit_string",
    "boolean",
    "explicit",
    "implicit",
    "integer",
    "object_identifier",
    "octet_string",
    "sequence",
    "set_of",
    "time",
    "utf8_string",
]


def _tagged(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def boolean(value: bool) -> bytes:
    """A truth value."""
    return _tagged(0x01, b"\xff" if value else b"\x00")


def integer(value: int) -> bytes:
    """A number of 0 or more."""
    return _tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def bit_string(content: bytes, unused_bits: int = 0) -> bytes:
    """Bits, of which the last ``unused_bits`` do not count."""
    return _tagged(0x03, bytes([unused_bits]) + content)


def octet_string(content: bytes) -> bytes:
    """Bytes."""
    return _tagged(0x04, content)


def object_identifier(dotted: str) -> bytes:
    """An identifier such as ``2.5.4.3``."""
    first, second, *rest = map(int, dotted.split("."))
    content = bytearray()
    for number in (40 * first + second, *rest):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return _tagged(0x06, bytes(content))


def utf8_string(text: str) -> bytes:
    """Text."""
    return _tagged(0x0C, text.encode())


def time(moment: datetime) -> bytes:
    """A time in UTC, to the second, in the form that certificates need for its year."""
    if moment.year < 2050:
        return _tagged(0x17, f"{moment:%y%m%d%H%M%SZ}".encode())
    return _tagged(0x18, f"{moment:%Y%m%d%H%M%SZ}".encode())


def sequence(*items: bytes) -> bytes:
    """Items in an order that counts."""
    return _tagged(0x30, b"".join(items))


def set_of(*items: bytes) -> bytes:
    """Items in no order."""
    return _tagged(0x31, b"".join(sorted(items)))


def implicit(number: int, content: bytes) -> bytes:
    """A value whose type follows from its number in a structure; ``content`` is the value without a tag."""
    return _tagged(0x80 | number, content)


def explicit(number: int, item: bytes) -> bytes:
    """An item with its number in a structure."""
    return _tagged(0xA0 | number, item)
