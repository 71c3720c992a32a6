"""What the writing room needs of the models."""

from typing import Protocol

from reelwright.models.schema import ContentRequest, ContentResponse, ModelResult

__all__ = ["ContentModels"]


class ContentModels(Protocol):
    """Routes a request for text to a model."""

    def write(self, request: ContentRequest) -> ModelResult[ContentResponse]:
        """Return the first acceptable answer of the route; a typed error when there is none."""
        ...
