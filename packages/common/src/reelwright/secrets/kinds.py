"""Which kind a secret is, by its name, and reading a text as that kind. Nothing here repeats a value."""

import hashlib
import json
import re
from typing import Any, Final

from pydantic import BaseModel, SecretStr, ValidationError

from reelwright.environment.secret import ApiKey, Kind, OAuthClient, SecretKind, SigningKey
from reelwright.observability.concealed import conceal
from reelwright.secrets.errors import SecretMalformed, SecretMissing, SecretNameInvalid

__all__ = ["AUDIT_KEY", "check_name", "kind_of", "missing", "parse", "serialise"]

AUDIT_KEY: Final = "signing/audit"
"""The secret whose keys sign the audit trail."""

_KINDS: Final[dict[str, type[SecretKind]]] = {
    "providers": ApiKey,
    "platforms": OAuthClient,
    "signing": SigningKey,
}
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*(?:/[a-z0-9][a-z0-9_-]*)*")
_NAME_CHARS: Final = 200
_FIRST: Final = "first"
_GENERATED_CHARS: Final = 48
"""Of 62 letters and digits: more than the 256 bits of a key."""


def check_name(name: str) -> str:
    """Return the name if a secret can have it; SecretNameInvalid otherwise."""
    if len(name) > _NAME_CHARS or not _NAME.fullmatch(name):
        raise SecretNameInvalid(
            "That is not the name of a secret.",
            next_step="Names are lower case with / between their parts, such as providers/runway.",
        )
    return name


def kind_of(name: str) -> type[SecretKind]:
    """Return the kind that the first part of the name stands for.

    SecretNameInvalid if it stands for none. Names are not repeated: people type values in their place.
    """
    first, _, rest = check_name(name).partition("/")
    if not rest or first not in _KINDS:
        known = ", ".join(f"{prefix}/…" for prefix in _KINDS)
        raise SecretNameInvalid(
            "Secrets are named by what they are for, and that is not such a name.",
            next_step=f"Names of secrets: {known}; the value comes from standard input.",
        )
    return _KINDS[first]


def parse(name: str, kind: type[Kind], text: SecretStr) -> Kind:
    """Return what the text of the named secret says; SecretMalformed if it is not of the kind.

    From here on, its secret parts are masked in the logs. An ApiKey may be bare text.
    """
    plain = text.get_secret_value().strip()
    document = _ring_of_one(_document(plain, kind), kind)
    if isinstance(document, dict):
        value, reason = _validated(document, kind)
        if value is not None:
            _conceal_all(value)
            return value
    else:
        reason = "it is not a JSON object"
    conceal(plain)
    raise SecretMalformed(
        f"The secret {name} is not of the kind {kind.__name__}: {reason}.",
        next_step=f"Store it again with: reelwright secrets set {name}    It looks like {_example(kind)}",
        context={"secret": name, "kind": kind.__name__},
    )


def serialise(value: SecretKind) -> SecretStr:
    """Return the kind as the JSON text that stores keep."""
    return SecretStr(json.dumps(_revealed(value.model_dump())))


def missing(name: str, reason: str) -> SecretMissing:
    """Return the error for a secret without a value."""
    step = "reelwright secrets rotate" if name.startswith("signing/") else "reelwright secrets set"
    return SecretMissing(
        f"The secret {name} {reason}.",
        next_step=f"Give it a value with: {step} {name}",
        context={"secret": name},
    )


def _document(plain: str, kind: type[SecretKind]) -> Any:
    if kind is ApiKey and not plain.startswith("{"):
        return {"api_key": plain}
    try:
        return json.loads(plain)
    except (ValueError, RecursionError):
        return None


def _ring_of_one(document: Any, kind: type[SecretKind]) -> Any:
    """Return the ring that a generated secret stands for: one key, called ``first``.

    Secrets Manager can generate a text at the top of a JSON object and nothing deeper, from an alphabet of
    its own; the key is the hash of that text.
    """
    if kind is not SigningKey or not isinstance(document, dict) or document.keys() != {_FIRST}:
        return document
    generated = document[_FIRST]
    if not isinstance(generated, str) or len(generated) < _GENERATED_CHARS:
        return document
    conceal(generated)
    return {"current": _FIRST, "keys": {_FIRST: hashlib.sha256(generated.encode()).hexdigest()}}


def _validated(document: dict[str, Any], kind: type[Kind]) -> tuple[Kind | None, str]:
    """Return the value, or what is wrong with it without what was in it."""
    try:
        return kind.model_validate(document), ""
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False, include_context=False)
    lines = (f"{_place(problem['loc'], kind)}{problem['msg']}" for problem in problems)
    return None, "; ".join(dict.fromkeys(lines))


def _place(loc: tuple[int | str, ...], kind: type[SecretKind]) -> str:
    """Return the field of a problem; what the text itself calls its fields is not repeated."""
    first = str(loc[0]) if loc else ""
    return f"{first}: " if first in kind.model_fields else ""


def _conceal_all(value: Any) -> None:
    match value:
        case SecretStr():
            conceal(value.get_secret_value())
        case BaseModel():
            _conceal_all([getattr(value, name) for name in type(value).model_fields])
        case dict():
            _conceal_all([*value.values()])
        case list():
            for each in value:
                _conceal_all(each)


def _revealed(value: Any) -> Any:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case dict():
            return {name: _revealed(each) for name, each in value.items()}
    return value


def _example(kind: type[SecretKind]) -> str:
    fields = ", ".join(f'"{name}": …' for name in kind.model_fields)
    return f"{{{fields}}}" + (" or the bare key." if kind is ApiKey else ".")
