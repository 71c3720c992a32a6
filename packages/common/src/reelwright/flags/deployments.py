"""A deployment of flags, as productions see it: the old document, the new one, and who gets which.

AppConfig counts sessions when it deploys gradually, and boto3 cannot read the rules of flags that it
serves. So the documents themselves are kept, and each production takes the new one when the hash of its id
falls under the percentage that the deployment has reached; from a deployment that was rolled back it
takes the old one.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["DeploymentPhase", "FlagState", "FlagVersion", "document_for", "in_force", "share_of"]

DeploymentPhase = Literal[
    "VALIDATING", "DEPLOYING", "BAKING", "COMPLETE", "ROLLING_BACK", "ROLLED_BACK", "REVERTED"
]
"""AppConfig's own states, in the order in which one deployment can pass through them."""

_PHASES: tuple[DeploymentPhase, ...] = (
    "VALIDATING",
    "DEPLOYING",
    "BAKING",
    "COMPLETE",
    "ROLLING_BACK",
    "ROLLED_BACK",
    "REVERTED",
)
_TAKEN_BACK: Iterable[DeploymentPhase] = ("ROLLING_BACK", "ROLLED_BACK", "REVERTED")
_FOR_ALL: Iterable[DeploymentPhase] = ("BAKING", "COMPLETE")


class FlagVersion(BaseModel):
    """One version of a flag document. The document is AppConfig's JSON, not looked into here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    document: dict[str, Any]


class FlagState(BaseModel):
    """The newest deployment of a profile. ``old`` is what was in force before, None if nothing was."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: str
    number: Annotated[int, Field(ge=1)]
    """Of the deployment: counts the deployments of its AppConfig environment."""
    phase: DeploymentPhase
    percentage: Annotated[float, Field(ge=0, le=100)]
    old: FlagVersion | None
    new: FlagVersion

    @property
    def progress(self) -> int:
        """Rises with the deployment's number, then with its phase, then with its percentage."""
        return (self.number * 10 + _PHASES.index(self.phase)) * 100_000 + round(self.percentage * 100)


def in_force(profile: str, version: FlagVersion) -> FlagState:
    """Return the state of a profile of which a version is in force for everybody, and nothing was before."""
    return FlagState(profile=profile, number=1, phase="COMPLETE", percentage=100.0, old=None, new=version)


def document_for(production_id: str, state: FlagState) -> FlagVersion | None:
    """Return the version that a production takes; None if there is none.

    Where nothing was before, everybody takes the new one; where it was taken back, nobody.
    """
    if state.phase in _TAKEN_BACK:
        return state.old
    if state.old is None or state.phase in _FOR_ALL:
        return state.new
    return state.new if share_of(production_id) < state.percentage else state.old


def share_of(production_id: str) -> float:
    """Return where an id stands between 0 and 100, evenly spread and always the same.

    A growing percentage thus only ever adds productions.
    """
    return int.from_bytes(sha256(production_id.encode("utf-8", "surrogatepass")).digest()[:6]) / 2**48 * 100
