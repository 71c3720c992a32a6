"""Where the prompts of a place are kept: among its documents, with the code's own as the last resort."""

import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from reelwright.clock import Clock, SystemClock
from reelwright.config.local import LocalPlace
from reelwright.content.prompting import OUTPUTS
from reelwright.environment.deployment import Deployment
from reelwright.environment.prompting import PromptSettings
from reelwright.environment.schema import EnvironmentName, Settings
from reelwright.observability.emf import EmfMetrics
from reelwright.pipeline.prompting import PromptsFor
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.manager import PromptTemplateManager
from reelwright.prompts.remembering import FilePromptMemory
from reelwright.prompts.stored import StoredPrompts

__all__ = ["cloud_prompts", "local_prompts"]

_MEMORY = "prompts-last-known-good.json"
_PLACES = 4


def local_prompts(root: Path, environment: EnvironmentName, clock: Clock, rng: Random) -> PromptsFor:
    """Return those of an environment on this machine: among its documents, in a folder."""
    place = LocalPlace(environment, root, clock)
    store = StoredPrompts(place.documents(), clock=clock, rng=rng)
    memory = FilePromptMemory(place.folder / _MEMORY)
    library = PromptLibrary()
    return _Prompts(
        lambda settings: PromptTemplateManager(
            store, library, clock=clock, rng=rng, settings=settings, memory=memory, outputs=OUTPUTS
        )
    )


def cloud_prompts(deployment: Deployment, s3: Any, dynamodb: Any, clock: Clock, rng: Random) -> PromptsFor:
    """Return those of a deployed environment: among its documents, in the bucket of its configuration.

    What was read last stays with the process, and in the control table, for the case that the bucket is away.
    """
    if not isinstance(clock, SystemClock):
        return _in_bucket(deployment, s3, dynamodb, clock, rng)
    return _of_this_process(deployment, s3, dynamodb)


class _Prompts:
    """The prompts of a place, by what settings have to say of them: for the same ones it is the same."""

    def __init__(self, manager: Callable[[PromptSettings], PromptTemplateManager]) -> None:
        self._manager = lru_cache(maxsize=_PLACES)(
            lambda settings: manager(PromptSettings.model_validate_json(settings))
        )

    def __call__(self, settings: Settings) -> PromptTemplateManager:
        """Return the prompts as these settings have them."""
        return self._manager(settings.prompts.model_dump_json())


@lru_cache(maxsize=_PLACES)
def _of_this_process(deployment: Deployment, s3: Any, dynamodb: Any) -> PromptsFor:
    return _in_bucket(deployment, s3, dynamodb, SystemClock(), Random())


def _in_bucket(deployment: Deployment, s3: Any, dynamodb: Any, clock: Clock, rng: Random) -> PromptsFor:
    from reelwright.prompts.aws import DynamoPromptMemory  # noqa: PLC0415 (loads botocore, on AWS only)
    from reelwright.storage.aws import S3Documents  # noqa: PLC0415 (likewise)

    documents = S3Documents(s3, deployment.config_bucket, clock=clock, rng=rng)
    # A function that begins no productions is not told of the bucket.
    store = StoredPrompts(documents, clock=clock, rng=rng) if deployment.config_bucket else None
    memory = DynamoPromptMemory(dynamodb, deployment.control_table) if store else None
    library = PromptLibrary()
    metrics = EmfMetrics(deployment.environment, sys.stdout, clock)
    return _Prompts(
        lambda settings: PromptTemplateManager(
            store,
            library,
            clock=clock,
            rng=rng,
            settings=settings,
            memory=memory,
            metrics=metrics,
            outputs=OUTPUTS,
        )
    )
