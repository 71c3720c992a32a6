"""Calls to models from a runtime that stops whoever takes too long."""

import math
from dataclasses import dataclass
from typing import Final

from reelwright.environment.schema import Settings
from reelwright.models.manager import AIModelManager
from reelwright.models.parts import ModelParts

__all__ = ["TimedModelParts"]

_LEAST_SECONDS: Final = 5
"""Settings know no shorter time."""


@dataclass(frozen=True, slots=True)
class TimedModelParts(ModelParts):
    """Parts whose calls for text and speech end in time for the function to write down how.

    An operator may give a service more time than its function has. A function that is stopped in the middle
    of a call leaves a charge of which nobody knows whether it was spent. Footage is only ordered and asked
    after, so its time is that of the order.
    """

    seconds: float = math.inf

    def manager_for(self, settings: Settings) -> AIModelManager:
        """Return the manager of one production's settings, with no more time than there is."""
        # Not by super(): it does not know a class that slots have made anew.
        return ModelParts.manager_for(self, _in_time(settings, self.seconds))


def _in_time(settings: Settings, seconds: float) -> Settings:
    models = settings.models
    late = {
        service: asked.model_copy(update={"timeout_seconds": max(_LEAST_SECONDS, int(seconds))})
        for service, asked in (("content", models.content), ("audio", models.audio))
        if asked.timeout_seconds > seconds
    }
    if not late:
        return settings
    return settings.model_copy(update={"models": models.model_copy(update=late)})
