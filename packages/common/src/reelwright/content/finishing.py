"""What is put right in a script that is taken, so that nobody has to write it again: metadata alone."""

from collections.abc import Iterable, Sequence
from typing import Final

from reelwright.content.limits import MAX_DESCRIPTION_BYTES, MAX_TAGS_CHARS, tags_length
from reelwright.content.phrases import fold
from reelwright.content.quality import Standard
from reelwright.production.schema import Script, Seo

__all__ = ["finished", "without_banned_claims"]

_TITLE_CHARS: Final = 70
_VARIANTS: Final = 3
_FORBIDDEN: Final = str.maketrans("", "", "<>")


def finished(script: Script, standard: Standard) -> Script:
    """Return the script with its disclaimer in the description, its keywords as tags, and other titles."""
    seo = script.seo.model_copy(
        update={
            "description": _with_disclaimer(script.seo.description, standard),
            "tags": _with_keywords(script.seo.tags, standard.keywords),
            "title_variants": _variants(script),
        }
    )
    return script.model_copy(update={"seo": Seo.model_validate(seo.model_dump())})


def without_banned_claims(notes: str, standard: Standard) -> tuple[str, int]:
    """Return notes without the lines and sentences that claim what is not claimed, and how many they were.

    It is for engines that quote: a model that speaks reads all notes, and its script is looked at.
    """
    found = 0
    kept: list[str] = []
    for line in notes.splitlines(keepends=True):
        sentences = _sentences(line)
        good = [
            each for each in sentences if not any(claim.made_in(each) for claim in standard.strategy.banned)
        ]
        found += len(sentences) - len(good)
        kept.append(line if len(good) == len(sentences) else f"{''.join(good).rstrip()}\n")
    return "".join(kept), found


def _sentences(line: str) -> list[str]:
    """Cut a line behind its marks, so that the parts together are the line."""
    parts: list[str] = [""]
    for character, following in zip(line, [*line[1:], " "], strict=True):
        parts[-1] += character
        if character in ".!?。！？" and following.isspace():
            parts.append("")
    return [part for part in parts if part.strip()]


def _with_disclaimer(description: str, standard: Standard) -> str:
    disclaimer, language = standard.strategy.disclaimer, standard.brief.language
    if disclaimer is None or disclaimer.is_said_in(description, language):
        return description
    said = disclaimer.wording(language)
    room = MAX_DESCRIPTION_BYTES - len(f"\n\n{said}".encode())
    return f"{_cut(description, room)}\n\n{said}".strip()


def _cut(text: str, size: int) -> str:
    data = text.encode()
    return text if len(data) <= size else data[:size].decode(errors="ignore").rsplit(" ", 1)[0]


def _with_keywords(tags: Sequence[str], keywords: Sequence[str]) -> tuple[str, ...]:
    """Put the keywords first, then as many of the tags as there is room for."""
    if not keywords:
        return tuple(tags)
    kept: list[str] = []
    for tag in _distinct([*keywords, *tags]):
        if tags_length([*kept, tag]) <= MAX_TAGS_CHARS:
            kept.append(tag)
    return tuple(kept)


def _variants(script: Script) -> tuple[str, ...]:
    """Return up to three other titles: the writer's own, then those that the script holds anyway."""
    own = [" ".join(title.translate(_FORBIDDEN).split()) for title in script.seo.title_variants]
    held = [script.title.translate(_FORBIDDEN), script.hook.translate(_FORBIDDEN).rstrip(".")]
    titles = _distinct([script.seo.title, *own, *held])[1:]
    return tuple(title for title in titles if 0 < len(title) <= _TITLE_CHARS)[:_VARIANTS]


def _distinct(texts: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(fold(text), text)
    return list(found.values())
