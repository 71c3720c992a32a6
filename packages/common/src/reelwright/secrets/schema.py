"""What is known of a secret besides its value."""

from datetime import datetime
from typing import Literal, NoReturn, SupportsIndex

from pydantic import BaseModel, ConfigDict, SecretStr

__all__ = ["SecretDescription", "SecretFinding", "SecretHealth", "SecretVersion", "Stage"]

Stage = Literal["AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SecretVersion(_Frozen):
    """One version of a secret, as text; usually JSON. Not pickled: that would hold the text in plain."""

    model_config = ConfigDict(hide_input_in_errors=True)

    name: str
    version: str
    text: SecretStr
    created_at: datetime | None = None

    def __reduce_ex__(self, _: SupportsIndex) -> NoReturn:
        raise TypeError("a version of a secret is not pickled; pass its reference on")


class SecretDescription(_Frozen):
    """A secret without its value. ``stages`` maps each version to the stages that it carries."""

    name: str
    """Without the environment's prefix, such as ``providers/runway``."""
    has_value: bool
    version: str | None = None
    """The one that carries AWSCURRENT."""
    stages: dict[str, tuple[str, ...]] = {}
    created_at: datetime | None = None
    changed_at: datetime | None = None
    rotated_at: datetime | None = None
    next_rotation_at: datetime | None = None
    rotates: bool = False
    pending_since: datetime | None = None
    """When AWSPENDING was put on a version that is not current; None when there is none."""


class SecretFinding(_Frozen):
    """One thing that should be looked at."""

    code: Literal[
        "missing", "no_value", "malformed", "too_old", "rotation_overdue", "pending_stuck", "unreadable"
    ]
    message: str
    next_step: str


class SecretHealth(_Frozen):
    """The state of one secret. Healthy when there is no finding."""

    name: str
    kind: str
    description: SecretDescription | None
    age_days: float | None
    findings: tuple[SecretFinding, ...] = ()
