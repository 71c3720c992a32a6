"""What becomes of a brand's typeface in one video: which letters of it other fonts must draw."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from reelwright.production.branding import Brand
from reelwright.production.schema import Script
from reelwright.storage.ports import ArtifactStore
from reelwright.video.font_file import read_font

__all__ = ["HeadlinesTold", "headlines_told"]

_EXAMPLES: Final = 12


class HeadlinesTold(NamedTuple):
    """What the record says of a typeface, and what it warns of; both may be empty."""

    told: str = ""
    warning: str = ""


def headlines_told(brand: Brand, script: Script, artifacts: ArtifactStore) -> HeadlinesTold:
    """Return what is to be told of the typeface of a brand in the headlines of a script."""
    name = brand.font_family
    if not name:
        return HeadlinesTold()
    found = _found(brand, artifacts)
    if found is None:
        usual = f"The typeface {name} of the brand is not installed here: headlines are in the usual one."
        return HeadlinesTold(f"not its typeface {name}: no file of that family is here", usual)
    characters, whence = found
    texts = "".join((script.title, brand.title, *_texts(script)))
    lacking = "".join(dict.fromkeys(each for each in texts if each.isalnum() and ord(each) not in characters))
    if not lacking:
        return HeadlinesTold(f"its typeface {name} in headlines, {whence}")
    some = " ".join(lacking[:_EXAMPLES])
    return HeadlinesTold(
        f"its typeface {name} in headlines, {whence}, but for {len(lacking)} letters that it lacks",
        f"The typeface {name} of the brand lacks letters of this video ({some}): other fonts draw them.",
    )


def _found(brand: Brand, artifacts: ArtifactStore) -> tuple[frozenset[int], str] | None:
    """Return what a typeface can draw, and where it is from; None for a family that is not here."""
    if brand.font is not None:
        facts = read_font(artifacts.read_bytes(brand.font))
        return facts.characters, f"SHA-256 {brand.font.sha256}"
    from reelwright.video.engine.typefaces import (  # noqa: PLC0415 (a shaper, only where a family is named)
        characters_of,
        family_font,
    )

    file = family_font(brand.font_family)
    return None if file is None else (characters_of(file), file.name)


def _texts(script: Script) -> Iterator[str]:
    for scene in script.scenes:
        yield from _strings(scene.visual.model_dump(exclude={"kind", "shape", "emphasis"}))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings(list(value.values()))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)
