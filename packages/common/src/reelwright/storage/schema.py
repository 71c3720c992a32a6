"""What is stored: artifacts, named by what they hold."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

__all__ = ["Artifact"]


class Artifact(BaseModel):
    """A reference to stored bytes. The name is the SHA-256 of the content, so it cannot change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    size_bytes: Annotated[int, Field(ge=0)]
    media_type: str
