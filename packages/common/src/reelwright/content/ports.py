"""What the writing room needs of the models."""

from typing import Protocol

from reelwright.models.schema import ContentRequest, ContentResponse, ModelResult
from reelwright.models.session import Objection

__all__ = ["ContentModels"]


class ContentModels(Protocol):
    """Routes a request for text to a model."""

    def write(
        self, request: ContentRequest, *, objection: Objection | None = None
    ) -> ModelResult[ContentResponse]:
        """Return the first answer of the route that is not objected to; a typed error when there is none."""
        ...
