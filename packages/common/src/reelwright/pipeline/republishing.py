"""Publishing what was made before on one more platform, by the manager that the step asks too."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Self

from pydantic import JsonValue

from reelwright.config.schema import Snapshot
from reelwright.environment.schema import EnvironmentName
from reelwright.errors import InvalidInput, ReelwrightError
from reelwright.pipeline.flagging import Asking, check_open, flagged
from reelwright.pipeline.packaging import package_of
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.ports import StepKey
from reelwright.pipeline.retelling import retell
from reelwright.production.schema import Cut, Production, Publication, Script
from reelwright.upload.manager import UploadManager
from reelwright.upload.schema import Package, PublicationPlan

__all__ = ["Republisher", "stored_package"]

_LOG = logging.getLogger(__name__)
_LEASE_SECONDS = 3600.0
"""For parts that are made for one invocation of a function; a command lives as long as it is waited for."""


class Republisher:
    """Publishes finished productions of a place, under the settings and flags of now."""

    def __init__(self, parts: Parts, snapshot: Snapshot) -> None:
        self._parts = parts
        self._snapshot = snapshot
        self._manager = UploadManager(
            parts.platforms,
            stopped=parts.platform_stopped,
            remotes=parts.remotes,
            settings=snapshot.settings.platforms,
        )

    @classmethod
    def for_environment(cls, name: EnvironmentName, snapshot: Snapshot, *, root: Path) -> Self:
        """Return what publishes the productions of this machine, or of a deployed environment from here."""
        if name == "local":
            from reelwright.pipeline.workbench import local_parts  # noqa: PLC0415 (loads engines)

            return cls(local_parts(root.resolve(), 1, name), snapshot)
        from reelwright.environment.aws import find_deployment  # noqa: PLC0415 (needs AWS)
        from reelwright.pipeline.cloudbench import cloud_parts  # noqa: PLC0415 (needs AWS)

        room = root.resolve() / "remote" / name
        return cls(cloud_parts(find_deployment(name), lease_seconds=_LEASE_SECONDS, room=room), snapshot)

    def preview(self, production_id: str, platform: str) -> PublicationPlan:
        """Return what the platform would be told; ProductionNotFound, PlanRefused, InvalidInput."""
        return self._manager.plan(stored_package(self._parts, self._load(production_id)), platform)

    def publish(
        self, production_id: str, platform: str, on_wait: Callable[[str, float], None]
    ) -> Publication:
        """Publish, and wait until the platform is done; ``on_wait`` is told why and for how many seconds.

        Whoever stops in between loses nothing: the next call goes on. What the step raises, it raises too.
        """
        production = self._load(production_id)
        self._check_open(production, platform)
        package = stored_package(self._parts, production)
        while True:
            outcome = self._manager.publish(package, platform)
            if isinstance(outcome, Publication):
                self._retell(production)
                return outcome
            on_wait(outcome.why, outcome.check_after_seconds)
            self._parts.clock.sleep(outcome.check_after_seconds)

    def tell(self, production_id: str) -> bool:
        """Write a completed production's report and record anew, with how its publications did; say whether.

        ProductionNotFound, and what the package's place refuses with.
        """
        return retell(self._parts, self._load(production_id))

    def close(self) -> None:
        """Let go of what is held."""
        for part in self._parts.closeables:
            part.close()

    def _retell(self, production: Production) -> None:
        """Note the publication in the account too, which is no reason to fail: it is published."""
        try:
            retell(self._parts, production)
        except (ReelwrightError, OSError) as error:
            _LOG.warning("The report of %s does not say where it is published: %s", production.id, error)

    def _check_open(self, production: Production, platform: str) -> None:
        """Ask the flags of now: what they said when the video was made may be long ago."""
        asking = Asking(production.id, production.environment, production.brief, self._parts.clock.now())
        told = flagged(self._parts.flags(self._snapshot.settings), asking, self._snapshot)
        check_open(told.answers, [platform], production.environment)

    def _load(self, production_id: str) -> Production:
        return self._parts.store.load(production_id)


def stored_package(parts: Parts, production: Production) -> Package:
    """Return the package of a production from what is stored; InvalidInput unless it has passed review.

    Results are found by the hashes that the record holds, so that an earlier version's are found too.
    """
    if production.step("review").status != "done":
        raise _not_made(production, "review")
    script = Script.model_validate(_output(parts, production, "write_script"))
    cut = Cut.model_validate(_output(parts, production, "assemble"))
    return package_of(parts.artifacts, production.id, script, cut, Path(production.output_dir).parent)


def _output(parts: Parts, production: Production, name: str) -> JsonValue:
    result = parts.store.result(StepKey(production.id, name, 0, production.step(name).input_hash))
    if result is None or not result.is_done:
        raise _not_made(production, name)
    return result.output


def _not_made(production: Production, step: str) -> InvalidInput:
    return InvalidInput(
        f"The production {production.id} is not made yet: its step {step} is not done.",
        next_step=f"reelwright productions resume {production.id}",
        context={"step": step, "production_id": production.id},
    )
