"""One hash for one set of settings, so that a production can say which it was made with."""

import json
from decimal import Decimal
from hashlib import sha256

from reelwright.environment.schema import Settings

__all__ = ["fingerprint"]


def fingerprint(settings: Settings) -> str:
    """Return the SHA-256 of the settings as canonical JSON, in 64 hexadecimal digits.

    Equal settings have equal fingerprints: keys are sorted, and "2.0" dollars are "2.00" dollars.
    """
    canonical = json.dumps(settings.model_dump(), default=_plain, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    raise TypeError(f"{type(value).__name__} has no canonical form in a fingerprint")
