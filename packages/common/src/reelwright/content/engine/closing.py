"""The last words: what to do now. They state no fact and hold no figure."""

from random import Random

from reelwright.content.engine.lexicon import PREPOSITIONS
from reelwright.content.engine.topic import Topic

__all__ = ["closing_options", "closing_title"]

_SHORTEST = {"how_to": "Now it is your turn.", "clause": "Now you know.", "name": "That is it, in short."}
_INVITATIONS = {
    "how_to": (
        "Try it once, and see what changes.",
        "Pick one step, and start with that.",
        "Start today, and keep what works for you.",
    ),
    "clause": (
        "Tell it to someone who has always wondered.",
        "Pass it on to someone who likes a good explanation.",
        "Next time somebody asks, you can tell them.",
    ),
    "name": (
        "If one part caught your ear, follow it further.",
        "Pass it on to someone who would enjoy it.",
        "Keep the part you liked best, and tell it to a friend.",
    ),
}
_TITLES = {"how_to": "Your turn", "clause": "Now you know", "name": "Worth passing on"}


def closing_options(topic: Topic, rng: Random, *, english: bool = True) -> tuple[str, ...]:
    """Return calls to action from short to long; other languages than English get the bare title."""
    if not english:
        return (f"{topic.title}.",)
    shortest = _SHORTEST[topic.kind]
    named = _named(topic) or shortest
    invitation = rng.choice(_INVITATIONS[topic.kind])
    options = (shortest, named, f"{shortest} {invitation}", f"{named} {invitation}")
    return tuple(dict.fromkeys(options))


def closing_title(topic: Topic, *, english: bool = True) -> str:
    """Return the words of the closing picture."""
    return _TITLES[topic.kind] if english else topic.title


def _named(topic: Topic) -> str:
    if not topic.spoken or topic.spoken.split()[0].lower() in PREPOSITIONS:
        return ""
    if topic.kind == "how_to":
        return f"That is {topic.spoken}. Now it is your turn."
    if topic.kind == "clause":
        return f"Now you know {topic.spoken}."
    return f"That was the story of {topic.spoken}, in short."
