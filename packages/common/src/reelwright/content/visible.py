"""All that viewers hear or read of a script, scene by scene."""

from collections.abc import Iterator
from typing import Any

from reelwright.production.schema import Script

__all__ = ["texts_of"]

_NOT_SHOWN = frozenset({"kind"})


def texts_of(script: Script) -> Iterator[tuple[int | None, str]]:
    """Yield what is heard and seen in each scene, by its number from 1, then what stands around the video."""
    for number, scene in enumerate(script.scenes, 1):
        shown = "\n".join(_strings(scene.visual.model_dump()))
        yield number, f"{scene.narration}\n{scene.visual_prompt}\n{shown}"
    seo = script.seo
    yield None, "\n".join([script.title, seo.title, *seo.title_variants, seo.description, *seo.tags])


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from () if name in _NOT_SHOWN else _strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)
