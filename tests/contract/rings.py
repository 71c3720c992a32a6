"""Signers for tests: what the product signs with, over keys that are at hand."""

from reelwright.environment.secret import SigningKey
from reelwright.secrets.signer import RingSigner


def signing_with(ring: SigningKey) -> RingSigner:
    """Return a signer that has this ring and never another."""
    return RingSigner(lambda: ring, lambda: ring)
