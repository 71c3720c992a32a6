"""What a brief says of single scenes: who is to shoot them."""

from typing import Annotated

from pydantic import Field, model_validator

from reelwright.environment.footage import SceneSource
from reelwright.production.visuals import Frozen

__all__ = ["SceneChoice"]

_MAX_SCENE = 240


class SceneChoice(Frozen):
    """Who shoots one scene. A text such as ``3=graphics`` may stand for it."""

    scene: Annotated[int, Field(ge=1, le=_MAX_SCENE)]
    """Its number in the script, from 1."""
    source: SceneSource

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        number, _, source = value.partition("=")
        if not source.strip() or not number.strip().isdecimal():
            raise ValueError("say a scene's number and who shoots it, such as 3=graphics or 3=provider")
        return {"scene": int(number), "source": source.strip()}
