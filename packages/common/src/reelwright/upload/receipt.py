"""What a complete package says about itself, on every platform that keeps packages as files."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

__all__ = ["RECEIPT_NAME", "Receipt"]

RECEIPT_NAME = ".publication.json"


class Receipt(BaseModel):
    """When a package was published, and the SHA-256 of each of its files by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    published_at: datetime
    sha256: dict[str, str]
