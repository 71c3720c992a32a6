"""Metadata: title, description and tags within the limits of the platforms."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from reelwright.content.engine.lexicon import STOP_WORDS
from reelwright.content.engine.topic import Topic
from reelwright.content.engine.words import is_verb, stem, words_of
from reelwright.content.limits import MAX_TAGS_CHARS, tags_length
from reelwright.production.schema import Seo

__all__ = ["make_seo"]

_DESCRIPTION_BYTES = 4000
"""What the limit leaves after a fifth is kept free for chapters."""
_MAX_TAGS = 12
_MAX_TAG_CHARS = 30
_FORBIDDEN = str.maketrans({"<": "(", ">": ")"})


def make_seo(topic: Topic, *, lead: Sequence[str], points: Sequence[str], spoken: str) -> Seo:
    """Return title, description and tags.

    ``lead`` are the sentences that open the description, ``points`` the headlines listed below
    it, ``spoken`` the whole narration, from which the tags are drawn.
    """
    paragraphs = [" ".join(lead)]
    if points:
        paragraphs.append("\n".join(["In this video:", *(f"• {point}" for point in points)]))
    tags = _tags(topic, spoken)
    hashtags = " ".join(f"#{tag.replace(' ', '')}" for tag in tags[:3] if tag.replace(" ", "").isalnum())
    paragraphs.append(hashtags)
    text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph) or topic.title
    return Seo(title=topic.title, description=_clip(text.translate(_FORBIDDEN)), tags=tags)


def _clip(text: str) -> str:
    data = text.encode()
    if len(data) <= _DESCRIPTION_BYTES:
        return text
    return data[:_DESCRIPTION_BYTES].decode(errors="ignore").rsplit("\n", 1)[0] + "\n…"


def _tags(topic: Topic, spoken: str) -> tuple[str, ...]:
    words = words_of(f"{topic.title}. {spoken}")
    telling = [word for word in words if _is_telling(word)]
    counts = Counter(stem(word) for word in telling)
    pairs = Counter(
        f"{one} {other}" for one, other in pairwise(words) if _is_telling(one) and _is_telling(other)
    )
    common = [pair for pair, count in pairs.most_common() if count >= 2]
    singles = sorted(dict.fromkeys(telling), key=lambda word: (-counts[stem(word)], words.index(word)))
    candidates = [*_title_words(topic), *common[:4], *singles]
    return _fitting(candidates)


def _title_words(topic: Topic) -> list[str]:
    return [word for word in words_of(topic.title) if _is_telling(word)]


def _is_telling(word: str) -> bool:
    usual = word in STOP_WORDS or is_verb(word) or word.endswith("ly")
    return len(word) > 2 and not usual and word[0].isalpha() and len(word) <= _MAX_TAG_CHARS


def _fitting(candidates: Sequence[str]) -> tuple[str, ...]:
    tags: list[str] = []
    stems: set[str] = set()
    for tag in candidates:
        root = stem(tag)
        if root in stems or len(tag) > _MAX_TAG_CHARS or tags_length([*tags, tag]) > MAX_TAGS_CHARS:
            continue
        tags.append(tag)
        stems.add(root)
        if len(tags) == _MAX_TAGS:
            break
    return tuple(tags)
