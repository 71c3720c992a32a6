"""Settings of who shoots a scene, and of what becomes of one that nobody could shoot."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from reelwright.environment.basics import Strict

__all__ = ["FootageRule", "FootageSettings", "SceneNumber", "SceneSource"]

FootageRule = Literal["auto", "provider", "graphics", "mixed"]
SceneSource = Literal["provider", "graphics"]
"""Who shoots one scene: a model that is paid, or an engine of ours, which draws it."""
SceneNumber = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,2}$")]
"""A scene's place in the script, from 1, as it is written in a table of settings."""


class FootageSettings(Strict):
    """Who shoots which scene, in how many pieces, and what stands in for a failed one."""

    footage: FootageRule = "auto"
    """``auto``: whoever the models' route leads to. ``provider``: a paid model shoots every scene.
    ``graphics``: none does. ``mixed``: one shoots the first and every ``provider_every``-th after it, as long
    as budgets last. What a brief or ``scenes`` say of a scene goes before."""
    provider_every: Annotated[int, Field(ge=1, le=20)] = 3
    """In a mixed video, from one scene that a provider shoots to the next."""
    scenes: dict[SceneNumber, SceneSource] = Field(default={})
    """Scenes by number, and who shoots them whatever the rule says."""
    most_pieces: Annotated[int, Field(ge=1, le=24)] = 4
    """Shots that one scene is made of at most, where it is longer than a model makes at once; 1 cuts none."""
    on_failed_scene: Literal["graphics", "fail"] = "graphics"
    """What becomes of a scene that could not be shot as it was meant: drawn, or the end of the production."""
    max_failed_scenes_share: Annotated[float, Field(ge=0, le=1)] = 1.0
    """The share of scenes that may be drawn because they failed; above nothing, one always may."""
    look: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""
    """What footage of paid models is to look like, in a few words: said to them after each scene's own."""
    negative_prompt: Annotated[str, StringConstraints(max_length=300, strip_whitespace=True)] = ""
    """What footage must not show, for models that can be told so."""
