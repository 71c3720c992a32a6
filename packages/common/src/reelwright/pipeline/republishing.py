"""Publishing what was made before on one more platform, by the manager that the step asks too."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from reelwright.environment.schema import EnvironmentName, Settings
from reelwright.errors import InvalidInput
from reelwright.flags.answers import FlagAnswers
from reelwright.pipeline.flagging import check_open
from reelwright.pipeline.loading import keys_of, produced_by
from reelwright.pipeline.packaging import package_of
from reelwright.pipeline.parts import Parts
from reelwright.production.schema import Cut, Production, Publication, Script
from reelwright.upload.manager import UploadManager
from reelwright.upload.schema import Package, PublicationPlan

__all__ = ["Republisher", "stored_package"]

_LEASE_SECONDS = 3600.0
"""For parts that are made for one invocation of a function; a command lives as long as it is waited for."""


class Republisher:
    """Publishes finished productions of a place, under the settings of now."""

    def __init__(self, parts: Parts, settings: Settings) -> None:
        self._parts = parts
        self._manager = UploadManager(
            parts.platforms,
            stopped=parts.platform_stopped,
            remotes=parts.remotes,
            settings=settings.platforms,
        )

    @classmethod
    def for_environment(cls, name: EnvironmentName, settings: Settings, *, root: Path) -> Self:
        """Return what publishes the productions of this machine, or of a deployed environment from here."""
        if name == "local":
            from reelwright.pipeline.workbench import local_parts  # noqa: PLC0415 (loads engines)

            return cls(local_parts(root.resolve(), 1, name), settings)
        from reelwright.environment.aws import find_deployment  # noqa: PLC0415 (needs AWS)
        from reelwright.pipeline.cloudbench import cloud_parts  # noqa: PLC0415 (needs AWS)

        room = root.resolve() / "remote" / name
        return cls(cloud_parts(find_deployment(name), lease_seconds=_LEASE_SECONDS, room=room), settings)

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
        pinned = self._parts.store.pinned(production_id)
        check_open(FlagAnswers.pinned_in(pinned.documents), [platform], production.environment)
        package = stored_package(self._parts, production)
        while True:
            outcome = self._manager.publish(package, platform)
            if isinstance(outcome, Publication):
                return outcome
            on_wait(outcome.why, outcome.check_after_seconds)
            self._parts.clock.sleep(outcome.check_after_seconds)

    def close(self) -> None:
        """Let go of what is held."""
        for part in self._parts.closeables:
            part.close()

    def _load(self, production_id: str) -> Production:
        return self._parts.store.load(production_id)


def stored_package(parts: Parts, production: Production) -> Package:
    """Return the package of a production from what is stored; InvalidInput unless it has passed review."""
    values: dict[str, Any] = {"brief": production.brief}
    for step in parts.steps:
        if step.name == "publish":
            break
        results = [parts.store.result(key) for key in keys_of(step, values, production)]
        finished = [result for result in results if result is not None and result.is_done]
        if len(finished) < len(results):
            raise InvalidInput(
                f"The production {production.id} is not made yet: its step {step.name} is not done.",
                next_step=f"reelwright productions resume {production.id}",
                context={"step": step.name, "production_id": production.id},
            )
        values[step.produces] = produced_by(step, finished)
    script, cut = Script.model_validate(values["script"]), Cut.model_validate(values["cut"])
    return package_of(parts.artifacts, production.id, script, cut, Path(production.output_dir).parent)
