"""Which prompt a step of a production says to models, and how it came to be that one."""

from typing import Literal

from reelwright.production.visuals import Frozen

__all__ = ["PromptRecord"]

_ORIGINS = {
    "store": "{label}, as the store says",
    "remembered": "{label}, as remembered of the store",
    "bundled": "the code's own",
    "file": "of a file",
}


class PromptRecord(Frozen):
    """One prompt of one step, chosen when the production began; its text is pinned with it."""

    step: str
    name: str
    """Such as ``write-script``."""
    version: str
    """The hash of its text, the same everywhere."""
    variant: str
    label: str
    """The label that led to the version; ``bundled`` for the code's own."""
    source: Literal["store", "remembered", "bundled", "file"]
    """Who said so: the store, what was remembered of it, the code's own copy."""
    path: tuple[str, ...]
    """The files that were looked for, in order; the last one was found."""
    category: str = ""
    """Of topics, that its file is for; empty for the general one."""
    reason: str = ""
    """Why this source, file and variant."""
    warnings: tuple[str, ...] = ()
    """What a linter would have somebody look at, and what was taken out of untrusted text."""
    tokens_estimate: int = 0

    @property
    def file(self) -> str:
        """What its file is called, without ``.md``."""
        return self.path[-1] if self.path else self.name

    @property
    def chosen(self) -> str:
        """The choice in a few words."""
        return f"{self.file} {self.version}, variant {self.variant}"

    @property
    def origin(self) -> str:
        """Who said that it is this version, in a few words."""
        return _ORIGINS[self.source].format(label=self.label)
