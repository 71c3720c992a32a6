"""How an execution failed, as Step Functions says it: the name of an error, and a text about it."""

import json

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Failure"]


class Failure(BaseModel):
    """An error as Step Functions caught it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    error: str = Field(default="", alias="Error")
    cause: str = Field(default="", alias="Cause")

    def as_record(self) -> dict[str, object]:
        """Return the typed error that a function left with, or what else ended the execution."""
        try:
            said = json.loads(json.loads(self.cause)["errorMessage"])
            return {key: said[key] for key in ("code", "message", "next_step", "context")}
        except (ValueError, KeyError, TypeError):
            return {
                "code": "unexpected",
                "message": f"{self.error}: {self.cause}"[:2000],
                "next_step": "Look into the function's log, then resume the production.",
                "context": {},
            }
