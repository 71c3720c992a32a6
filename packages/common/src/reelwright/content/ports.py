"""What the writing room needs of models and prompts."""

from collections.abc import Mapping
from typing import Any, Protocol

from reelwright.cost.schema import Service
from reelwright.models.schema import ContentRequest, ContentResponse, ModelResult, Requirements, Route
from reelwright.models.session import Objection
from reelwright.prompts.schema import RenderedPrompt

__all__ = ["ContentModels", "Prompts"]


class ContentModels(Protocol):
    """Routes a request for text to a model."""

    def select(self, service: Service, requirements: Requirements, *, production_id: str = "") -> Route:
        """Return the choices for a call, best first, without making it."""
        ...

    def write(
        self, request: ContentRequest, *, objection: Objection | None = None
    ) -> ModelResult[ContentResponse]:
        """Return the first answer of the route that is not objected to; a typed error when there is none."""
        ...


class Prompts(Protocol):
    """Says what a model is told."""

    def render(
        self, name: str, variables: Mapping[str, Any], *, topic: str | None = None, unit: str | None = None
    ) -> RenderedPrompt:
        """Return the messages of a prompt, and how it was chosen; PromptRefused, PromptMissing."""
        ...
