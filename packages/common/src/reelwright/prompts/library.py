"""The prompts that travel with the code: what is served when there is nothing better, and always can be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable

from reelwright import assets
from reelwright.prompts.parsing import content_version

__all__ = ["BundledPrompt", "PromptLibrary"]

_SUFFIX = ".md"


@dataclass(frozen=True, slots=True)
class BundledPrompt:
    """A text of the library and its version, which is the same wherever the same text is."""

    name: str
    version: str
    text: str


class PromptLibrary:
    """The files ``<name>.md`` of a folder, read when first asked for and kept: they change with the code."""

    def __init__(self, folder: Traversable | None = None) -> None:
        """Read ``folder``, or the bundled ``prompts``."""
        self._folder = folder

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "PromptLibrary":
        """Return a library of texts by name, for trying things."""
        library = cls()
        library.__dict__["_prompts"] = {name: _bundled(name, text) for name, text in texts.items()}
        return library

    @property
    def names(self) -> tuple[str, ...]:
        """The files without their ``.md``, sorted: ``write-script``, ``write-script.investing`` and so on."""
        return tuple(sorted(self._prompts))

    def get(self, name: str) -> BundledPrompt | None:
        """Return the prompt of a file without its ``.md``; None if there is none."""
        return self._prompts.get(name)

    @cached_property
    def _prompts(self) -> Mapping[str, BundledPrompt]:
        folder = assets.locate("prompts") if self._folder is None else self._folder
        return {prompt.name: prompt for prompt in _read(folder)}


def _read(folder: Traversable) -> Iterator[BundledPrompt]:
    for file in folder.iterdir():
        if file.name.endswith(_SUFFIX):
            yield _bundled(file.name.removesuffix(_SUFFIX), file.read_text(encoding="utf-8"))


def _bundled(name: str, text: str) -> BundledPrompt:
    return BundledPrompt(name, content_version(text), text)
