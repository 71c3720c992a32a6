"""Every picture that a brief brings has a scene, if one speaks of it: who brings a picture wants it seen.

What was chosen scene by scene may leave one out, because another was shown where it is spoken of. Then it is
put where it fits best and no other picture loses its only place.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

__all__ = ["Chosen", "Placed", "Ranked", "place_all"]

_OPEN: Final = frozenset({"title", "statement", "number", "closing", "map"})
"""Kinds of visuals with a place for a picture of the scene's own."""
_BESIDE: Final = frozenset({"title", "statement"})
_MOST_BESIDE: Final = 2
_ROLES: Final = frozenset({"hero", "satellite", "item"})
_LOGO_SCORE: Final = 0.7


class Ranked(NamedTuple):
    """A picture for a scene, with how well it fits and why."""

    picture: str
    score: float
    why: str
    word: str = ""
    """What is said that the picture shows; empty where it is what the whole script is about."""


class Placed(NamedTuple):
    """A scene that speaks of a picture."""

    scene: int
    ranked: Ranked


Chosen: TypeAlias = tuple[tuple[str, int, Ranked], ...]
"""The pictures of one scene: the part that each plays, which item it belongs to, and why it is there."""


def place_all(
    chosen: Sequence[Chosen],
    offers: Mapping[str, Sequence[Placed]],
    kinds: Sequence[str],
    logos: Sequence[str] = (),
) -> tuple[Chosen, ...]:
    """Return what was chosen, with a place for every picture of the brief that a scene speaks of.

    ``offers`` are those scenes by picture, ``kinds`` those of all scenes' visuals. A logo of which nothing
    is said stands at the end of a video that closes. No other picture goes where nobody speaks of it.
    """
    scenes = [list(scene) for scene in chosen]
    for picture in sorted(offers, key=lambda name: len(offers[name])):
        if not _shown(scenes, kinds, picture, frozenset({"hero", "item"})):
            _place(scenes, offers[picture], kinds, frozenset(offers))
    for picture in logos:
        last = len(scenes) - 1
        if not _shown(scenes, kinds, picture) and kinds[last] == "closing":
            _stand(scenes[last], Ranked(picture, _LOGO_SCORE, "a logo closes the video"))
            break
    return tuple(tuple(scene) for scene in scenes)


def _shown(
    scenes: Sequence[Sequence[tuple[str, int, Ranked]]],
    kinds: Sequence[str],
    picture: str,
    roles: frozenset[str] = _ROLES,
) -> int:
    """Return in how many places a picture can be seen, in these roles."""
    return sum(
        ranked.picture == picture and role in roles and _has_place(kind, role)
        for scene, kind in zip(scenes, kinds, strict=True)
        for role, _, ranked in scene
    )


def _has_place(kind: str, role: str) -> bool:
    return role == "item" or kind in (_OPEN if role == "hero" else _BESIDE)


def _place(
    scenes: list[list[tuple[str, int, Ranked]]],
    offers: Sequence[Placed],
    kinds: Sequence[str],
    own: frozenset[str],
) -> None:
    """Put a picture where it fits best: as the scene's own, or else beside another that the brief brings."""
    picture = next((offer.ranked.picture for offer in offers), "")
    for scene, ranked in sorted(offers, key=lambda offer: -offer.ranked.score):
        hero = next((one.picture for role, _, one in scenes[scene] if role == "hero"), "")
        if kinds[scene] in _OPEN and (hero not in own or _shown(scenes, kinds, hero) > 1):
            return _stand(scenes[scene], ranked)
    for scene, ranked in offers:
        if kinds[scene] in _BESIDE and not _shown(scenes, kinds, picture):
            return _stand_beside(scenes[scene], ranked, own)
    return None


def _stand(scene: list[tuple[str, int, Ranked]], ranked: Ranked) -> None:
    """Make a picture the scene's own; the one that was steps aside."""
    others = [one for role, _, one in scene if role != "item" and one.picture != ranked.picture]
    items = [each for each in scene if each[0] == "item"]
    scene[:] = [("hero", 0, ranked), *(("satellite", 0, one) for one in others[:_MOST_BESIDE]), *items]


def _stand_beside(scene: list[tuple[str, int, Ranked]], ranked: Ranked, own: frozenset[str]) -> None:
    beside = [one for role, _, one in scene if role == "satellite"]
    kept = [one for one in beside if one.picture in own][: _MOST_BESIDE - 1]
    rest = [one for one in beside if one not in kept][: _MOST_BESIDE - 1 - len(kept)]
    others = [each for each in scene if each[0] != "satellite"]
    scene[:] = [*others[:1], *(("satellite", 0, one) for one in (ranked, *kept, *rest)), *others[1:]]
