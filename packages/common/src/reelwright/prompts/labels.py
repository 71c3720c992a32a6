"""Where the labels of prompts stand, and what moving one does: all of them are in one document.

One document, so that a reader sees labels as they stood together at one moment, with one question. A label
keeps the versions that it pointed at before, the newest first: its trail. A label that moves back to a
version of its trail cuts the trail there, so moving back step by step never goes round in a circle.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from reelwright.environment.prompting import LabelName, PromptFileName
from reelwright.prompts.errors import LabelConflict
from reelwright.storage.errors import DocumentDamaged
from reelwright.storage.ports import ABSENT
from reelwright.storage.schema import Author

__all__ = [
    "BUNDLED",
    "NO_LABELS",
    "PRODUCTION",
    "LabelMove",
    "LabelPosition",
    "PromptLabels",
    "VersionId",
    "parse_labels",
]

BUNDLED = "bundled"
"""What the version that travels with the code is labelled; nobody can move it."""
PRODUCTION = "production"
"""The label that serves wherever no other one is asked for, or a prompt lacks the one that is."""

_MOST_TRAIL = 20
_MOST_MOVES = 20

VersionId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
"""What a text is called: the first 12 hex digits of its SHA-256, so that it is the same everywhere."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LabelMove(_Frozen):
    """One move of a label: from where to where, when, by whom and why. No version is: to none."""

    label: LabelName
    before: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{12})?$")]
    version: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{12})?$")]
    at: datetime
    author: Author


class LabelPosition(_Frozen):
    """Where a label of a prompt stands, and where it stood."""

    version: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{12})?$")]
    """Empty for a label that was taken off: what is served then is what serves without it."""
    trail: Annotated[tuple[VersionId, ...], Field(max_length=_MOST_TRAIL)] = ()
    """The versions before it, newest first, each once: where a rollback goes, and what serves in need."""
    moves: Annotated[tuple[LabelMove, ...], Field(min_length=1, max_length=_MOST_MOVES)]
    """The latest moves, newest first. Older ones are in the document's versions and the audit trail."""

    @property
    def served(self) -> tuple[str, ...]:
        """The versions to serve, the best first."""
        return (self.version, *self.trail) if self.version else ()


class PromptLabels(_Frozen):
    """All labels of all prompts, as they stood at one moment."""

    format: Literal[1] = 1
    prompts: dict[PromptFileName, dict[LabelName, LabelPosition]] = Field(default={})

    def of(self, name: str) -> Mapping[str, LabelPosition]:
        """Return the labels of a prompt, by name; none for a prompt that has none."""
        return self.prompts.get(name, {})

    def position(self, name: str, label: str) -> LabelPosition | None:
        """Return where a label of a prompt stands; None if it never did."""
        return self.of(name).get(label)

    def moved(
        self, name: str, label: str, version: str, *, expect: str, at: datetime, author: Author
    ) -> "PromptLabels":
        """Return the labels after a move; LabelConflict unless the label stands at ``expect``.

        ``expect`` and ``version`` are ABSENT for nowhere.
        """
        known = self.position(name, label)
        before = known.version if known else ABSENT
        if before != expect:
            raise _conflict(name, label, expect, known)
        move = LabelMove(label=label, before=before, version=version, at=at, author=author)
        position = LabelPosition(
            version=version,
            trail=_trail(known, version),
            moves=(move, *(known.moves if known else ()))[:_MOST_MOVES],
        )
        labels = {**self.of(name), label: position}
        return PromptLabels(prompts={**self.prompts, name: dict(sorted(labels.items()))})

    def mentioned(self) -> frozenset[tuple[str, str]]:
        """Return every prompt and version at which a label stands or stood before."""
        return frozenset(
            (name, version)
            for name, labels in self.prompts.items()
            for position in labels.values()
            for version in position.served
        )


NO_LABELS = PromptLabels()
"""Where nothing was ever labelled."""


def parse_labels(content: bytes, *, where: str) -> PromptLabels:
    """Return the labels of a document; DocumentDamaged, naming ``where``, if it holds something else."""
    try:
        return PromptLabels.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the document"
        raise DocumentDamaged(
            f"The labels of prompts in {where} cannot be read: {place}: {first['msg']}.",
            next_step="Restore an earlier version of that document.",
            context={"document": where},
        ) from error


def _trail(known: LabelPosition | None, version: str) -> tuple[str, ...]:
    if known is None or not version:
        return ()
    if version == known.version:
        return known.trail
    if version in known.trail:
        return known.trail[known.trail.index(version) + 1 :]
    return known.served[:_MOST_TRAIL]


def _conflict(name: str, label: str, expect: str, known: LabelPosition | None) -> LabelConflict:
    wanted = f"at version {expect}" if expect else "nowhere"
    context = {"prompt": name, "label": label, "expected": expect, "now": known.version if known else ""}
    if known is None:
        told = f"it was never set, and was expected {wanted}"
    else:
        last = known.moves[0]
        where = f"to version {last.version}" if last.version else "to nowhere"
        told = (
            f"{last.author.actor} moved it {where} at {last.at:%Y-%m-%d %H:%M:%S UTC} "
            f"({last.author.reason}), and it was expected {wanted}"
        )
    return LabelConflict(
        f"The label {label} of {name} is not where it was: {told}. Nothing was moved.",
        next_step="Look at what is served now, then decide whether your move still holds.",
        context=context,
    )
