"""What a writing model is told beside its prompt: the strategy, the plan, and what to do better."""

import hashlib
from collections.abc import Iterable
from math import ceil
from typing import Final

from reelwright.content.quality import Standard
from reelwright.models.schema import ContentRequest

__all__ = ["directions", "with_directions", "with_feedback"]

_LONG_SECONDS: Final = 150
"""From so much on a script is told in chapters."""
_MOST_ANSWER_CHARS: Final = 120_000


def directions(standard: Standard) -> str:
    """Return the strategy of a script in words; it is ours, and trusted."""
    strategy, brief = standard.strategy, standard.brief
    shortest, longest = strategy.scene_seconds
    lines = [
        f"Tone: {strategy.tone}.",
        f"Tell, as far as the notes go: {'; '.join(strategy.structure)}.",
        f"Begin with one of: {'; '.join(strategy.hooks)}.",
        f"A scene takes {shortest:g} to {longest:g} seconds to say.",
        f"A sentence takes at most {strategy.sentence_seconds:g} seconds to say.",
        *_chapters(standard),
        'Give "seo" up to three "title_variants" that promise the same as its title in other words.',
    ]
    if strategy.banned:
        lines.append(f"Never claim: {'; '.join(claim.says for claim in strategy.banned)}.")
    if strategy.disclaimer:
        lines.append(f"The description says: {strategy.disclaimer.wording(brief.language)}")
    if standard.keywords:
        lines.append(f"To be found by, in title, description and tags: {', '.join(standard.keywords)}.")
    return "\n".join(["# How this topic is told", "", *(f"- {line}" for line in lines)])


def with_directions(request: ContentRequest, told: str) -> ContentRequest:
    """Return the request with directions at the end of what the system says."""
    system, *others = request.messages
    return request.model_copy(
        update={
            "messages": (system.model_copy(update={"text": f"{system.text.rstrip()}\n\n{told}\n"}), *others)
        }
    )


def with_feedback(request: ContentRequest, answer: str, wrong: Iterable[str]) -> ContentRequest:
    """Return the request for a better answer than this one: what was wrong with it, then the answer itself.

    Both may quote the notes, so both stand between marks of what is material and no instruction.
    """
    mark = f"untrusted-draft-{hashlib.sha256(answer.encode()).hexdigest()[:16]}"
    said = "\n".join(f"- {one}" for one in wrong)
    kept = answer[:_MOST_ANSWER_CHARS].replace(mark, "")
    addition = (
        "This is an earlier answer, and what is wrong with it. Write the whole JSON object again, with that "
        f"put right and the rest kept.\n<{mark}>\nWrong:\n{said}\n\nAnswer:\n{kept}\n</{mark}>\n"
    )
    *others, user = request.messages
    return request.model_copy(
        update={
            "messages": (*others, user.model_copy(update={"text": f"{user.text.rstrip()}\n\n{addition}"}))
        }
    )


def _chapters(standard: Standard) -> tuple[str, ...]:
    seconds = standard.brief.duration_seconds
    if seconds < _LONG_SECONDS:
        return ()
    number = ceil(seconds / standard.strategy.chapter_seconds)
    each = seconds / number
    words = round(each * standard.pace.words_per_minute / 60)
    scenes = round(each / (sum(standard.strategy.scene_seconds) / 2))
    return (
        f"Tell it in {number} chapters of about {each:.0f} seconds, {words} words and {scenes} scenes each.",
        'The first scene of each has its heading, of at most 60 characters, as "chapter"; others have "".',
        "The first scene of the script begins the first chapter.",
    )
