"""One hash for one set of settings, so that a production can say which it was made with."""

import json
from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

from reelwright.environment.schema import Settings

__all__ = ["fingerprint"]


def fingerprint(settings: Settings, documents: Mapping[str, Any] | None = None) -> str:
    """Return the SHA-256 of the settings as canonical JSON, in 64 hexadecimal digits.

    Equal settings have equal fingerprints: keys are sorted, and "2.0" dollars are "2.00" dollars.
    Documents that go with them, if there are any, are part of it.
    """
    content: Any = settings.model_dump()
    if documents:
        content = {"settings": content, "documents": dict(documents)}
    canonical = json.dumps(content, default=_plain, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    raise TypeError(f"{type(value).__name__} has no canonical form in a fingerprint")
