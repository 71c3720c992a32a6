"""Keeping secrets out of whatever is written down.

Two nets: texts that are known to be secret are masked wherever they appear, whole or cut off, plain or
encoded; and what stands under a name that looks secret is masked unseen.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any

from pydantic import BaseModel, SecretBytes, SecretStr

from reelwright.observability.concealed import MASK, longest, mask

__all__ = ["redact", "scrub"]

_TEXT_CHARS = 65_536
_DEPTH = 12
_ITEMS = 1000

_SECRET_WORDS = {
    "apikey",
    "authorization",
    "cookie",
    "credential",
    "credentials",
    "passphrase",
    "passwd",
    "password",
    "secret",
    "signature",
    "token",
}
_SECRET_PAIRS = {
    ("access", "key"),
    ("api", "key"),
    ("private", "key"),
    ("secret", "binary"),
    ("secret", "key"),
    ("secret", "string"),
    ("signing", "key"),
}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_REFERENCE = re.compile(r"secret://[a-z0-9_/#-]+")
_USER_INFO = re.compile(r"(?<=://)[^\s/:@]{0,100}:[^\s/@]{1,400}@")
_HEADERS = re.compile(
    r"\b((?:bearer|basic)\s+|(?:x-api-key|authorization|set-cookie|cookie)[\"']?\s*[:=]\s*[\"']?"
    r"(?:bearer\s+|basic\s+)?)[\w.~+/=:%-]{8,}",
    re.IGNORECASE,
)
_QUERY = re.compile(
    r"([?&;](?:[\w.-]{0,40}(?:token|secret|password|signature|api_?key)|key|sig)=)[^\s&\"'<>;]{4,}",
    re.IGNORECASE,
)
_ANSWERED = re.compile(r"(Secret(?:String|Binary)\W{1,16})\w.*")
"""What Secrets Manager is told and answers, as its client writes it when all is logged."""
_ISSUED = re.compile(r"\b(?:sk-[\w-]{16,}|(?:AKIA|ASIA)[A-Z0-9]{16}|eyJ[\w-]{10,}\.eyJ[\w-]{4,}\.[\w-]{4,})")


def scrub(text: str, *, limit: int | None = _TEXT_CHARS) -> str:
    """Return the text, at most ``limit`` characters of it, with known and apparent secrets masked.

    For errors and logs. The cost is one search of the text for each form of each known secret.
    """
    kept = mask(text if limit is None else text[: limit + longest()])
    kept = _USER_INFO.sub(f"{MASK}@", kept)
    for telltale in (_ANSWERED, _HEADERS, _QUERY):
        kept = telltale.sub(rf"\g<1>{MASK}", kept)
    return _ISSUED.sub(MASK, kept)[:limit]


def redact(value: Any) -> Any:
    """Return plain data for the value, made of what JSON knows, without secrets.

    Deep, long and circular values are cut off.
    """
    return _redact(value, _DEPTH)


def _redact(value: Any, depth: int) -> Any:
    redacted: Any = "…"
    match value:
        case None | bool() | int() | float():
            redacted = value
        case str():
            redacted = scrub(value)
        case SecretStr() | SecretBytes() | bytes() | bytearray() | memoryview():
            redacted = MASK
        case _ if depth > 0:
            redacted = _redact_many(value, depth)
    return redacted


def _redact_many(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        items = islice(value.items(), _ITEMS)
        return {scrub(_text_of(key)): _under(_text_of(key), each, depth) for key, each in items}
    if isinstance(value, list | tuple | AbstractSet):
        return [_redact(each, depth - 1) for each in islice(value, _ITEMS)]
    return _redact_object(value, depth)


def _redact_object(value: Any, depth: int) -> Any:
    if isinstance(value, BaseModel):
        return _redact({name: getattr(value, name) for name in type(value).model_fields}, depth)
    if is_dataclass(value) and not isinstance(value, type):
        return _redact({each.name: getattr(value, each.name) for each in fields(value)}, depth)
    return scrub(_text_of(value))


def _under(key: str, value: Any, depth: int) -> Any:
    """Return what may be shown of a value under a name: nothing, if the name is one of a secret."""
    if not _looks_secret(key) or value is None or isinstance(value, bool):
        return _redact(value, depth - 1)
    if isinstance(value, Mapping):
        return _redact(value, depth - 1)
    text = _text_of(value)
    return text if _REFERENCE.fullmatch(text) else MASK


def _looks_secret(key: str) -> bool:
    words = [word.lower() for word in _WORDS.findall(key)]
    return words[-1:] != [] and (words[-1] in _SECRET_WORDS or tuple(words[-2:]) in _SECRET_PAIRS)


def _text_of(value: Any) -> str:
    try:
        return str(value)
    except Exception:  # noqa: BLE001 (a value that cannot be written must not stop what is being said)
        return f"<{type(value).__name__}>"
