"""The nkeys of users: key pairs with which they prove to the server who they are."""

import os

__all__ = ["new_seed", "public_key_of"]


def new_seed() -> str:
    """The seed of a new user's key. It is a secret."""
    import nkeys

    return bytes(nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)).decode()


def public_key_of(seed: str) -> str:
    """The public key that belongs to a seed, which is all that the server needs to know."""
    import nkeys

    return bytes(nkeys.from_seed(bytearray(seed.encode())).public_key).decode().rstrip("=")
