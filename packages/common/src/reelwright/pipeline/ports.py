"""What a runner needs of a place for productions."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from reelwright.config.schema import Pinned
from reelwright.cost.schema import ChargeLine
from reelwright.pipeline.declaration import Pending
from reelwright.pipeline.events import ProgressListener, ignore_progress
from reelwright.production.schema import Brief, Decision, Production, Script

__all__ = ["Claim", "Maker", "ProductionStore", "StepKey", "StepResult"]


@dataclass(frozen=True, slots=True)
class StepKey:
    """Names one run of one step: the same input gives the same key, another input another."""

    production_id: str
    step: str
    index: int
    """The item of a step that fans out; 0 otherwise."""
    input_hash: str

    def __str__(self) -> str:
        """Return the key as one line, for use as an idempotency key."""
        return f"{self.production_id}/{self.step}/{self.index}/{self.input_hash[:16]}"


class StepResult(BaseModel):
    """What a step returned, as it is stored. Exactly one of ``output`` and ``pending`` is set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    output: JsonValue = None
    pending: Pending | None = None
    decisions: tuple[Decision, ...] = ()
    charges: tuple[ChargeLine, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = Field(default=0.0, ge=0)
    attempts: int = Field(default=1, ge=0)

    @property
    def is_done(self) -> bool:
        """Whether the step has finished."""
        return self.pending is None


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to advance one production. A later claim has a higher ``fence``."""

    production_id: str
    fence: int


class ProductionStore(Protocol):
    """Productions, the configuration each pins and the results of their steps, all durable on return."""

    def create(self, production: Production, pinned: Pinned) -> None:
        """Store a new production with the configuration it pins; ProductionExists if there is one."""
        ...

    def load(self, production_id: str) -> Production:
        """Return the record; ProductionNotFound if there is none."""
        ...

    def pinned(self, production_id: str) -> Pinned:
        """Return the configuration that the production pinned; ProductionNotFound."""
        ...

    def recent(self, limit: int | None = None) -> tuple[Production, ...]:
        """Return all productions, or so many of them, newest first."""
        ...

    def claim(self, production_id: str) -> AbstractContextManager[Claim]:
        """Hold the right to advance a production; ProductionBusy while another holds it.

        It ends with the context, or with the process.
        """
        ...

    def save(self, production: Production, claim: Claim) -> None:
        """Replace the record; ClaimLost if a later claim was given meanwhile."""
        ...

    def result(self, key: StepKey) -> StepResult | None:
        """Return what is stored for the key."""
        ...

    def put_result(self, key: StepKey, result: StepResult) -> StepResult:
        """Store a result and return the one that counts.

        The first finished result of a key stays for ever: a second one is dropped and the first
        returned. A pending result is replaced by whatever comes next.
        """
        ...


class Maker(Protocol):
    """Makes productions, on this machine or elsewhere: the face that Studio and RemoteStudio share."""

    def make(
        self,
        brief: Brief,
        *,
        seed: int | None = None,
        settings: Mapping[str, JsonValue] | None = None,
        production_id: str | None = None,
        on_progress: ProgressListener = ignore_progress,
    ) -> Production:
        """Make a video of the brief and return its record.

        ``settings`` is a partial tree for this production only; ``production_id`` is a new one if not given.
        """
        ...

    def translate(
        self,
        original: str,
        language: str,
        *,
        script: Script | None = None,
        settings: Mapping[str, JsonValue] | None = None,
        production_id: str | None = None,
        on_progress: ProgressListener = ignore_progress,
    ) -> Production:
        """Make the video of a finished production again in another language, and return its record.

        ``script`` is its script in that language, if somebody has it. InvalidInput for an original that is
        not finished, or is in that language; TranslationUnavailable.
        """
        ...

    def check_brief(self, brief: Brief, settings: Mapping[str, JsonValue] | None = None) -> None:
        """Raise InvalidInput for what can be known here to be impossible; nothing is stored."""
        ...

    def resume(self, production_id: str, *, on_progress: ProgressListener = ignore_progress) -> Production:
        """Go on with a production that was interrupted or failed, with the configuration it pinned."""
        ...

    def productions(self, limit: int | None = None) -> tuple[Production, ...]:
        """Return all productions of this place, or so many of them, newest first."""
        ...

    def production(self, production_id: str) -> Production:
        """Return one production; ProductionNotFound."""
        ...

    def package_dir(self, production: Production) -> Path:
        """Return the folder of this machine that holds, or will hold, the finished package."""
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...
