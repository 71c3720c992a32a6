"""Settings of prompts: which label an environment serves, how long it is believed, forced variants."""

from typing import Annotated

from pydantic import Field, StringConstraints

from reelwright.environment.basics import Strict

__all__ = ["LabelName", "PromptFileName", "PromptName", "PromptSettings", "VariantName"]

_WORD = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"

LabelName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
"""A mark that moves from version to version, such as ``production``."""
PromptName = Annotated[str, StringConstraints(pattern=rf"^{_WORD}$", max_length=64)]
"""A prompt, whatever the topic; without dots, so that it can be part of a key."""
PromptFileName = Annotated[str, StringConstraints(pattern=rf"^{_WORD}(?:\.{_WORD})?$", max_length=129)]
"""What a prompt's file is called, without ``.md``: ``write-script``, or ``write-script.investing``."""
VariantName = Annotated[str, StringConstraints(pattern=rf"^{_WORD}$", max_length=32)]
"""One of the ways in which a prompt may say the same."""


class PromptSettings(Strict):
    """Prompts; their texts are files and documents of their own."""

    label: LabelName = "production"
    """The label whose versions are served; where a prompt lacks it, production, then what is bundled."""
    ttl_seconds: Annotated[int, Field(ge=1, le=3600)] = 30
    """Seconds for which labels are believed before they are read again; versions never change."""
    variants: dict[PromptName, VariantName] = Field(default={})
    """Variants that everybody gets, whatever the weights say: the prompt and its variant."""
