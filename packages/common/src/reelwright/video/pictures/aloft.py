"""Which pictures hang in the sky, and which stand on a ground or float on water."""

from typing import Final

from reelwright.video.pictures.pack import Picture

__all__ = ["flies", "floats"]

_IN_THE_SKY: Final = frozenset(
    {"sky-weather", "transport-air", "place-map", "body-parts", "emotion", "heart", "science"}
)
"""Subgroups (Unicode's ``emoji-test.txt``) of pictures that do not stand."""
_STANDING: Final = frozenset(
    {
        *("closed-umbrella", "umbrella", "umbrella-on-ground", "umbrella-with-rain-drops"),
        *("fire", "snowman", "snowman-without-snow", "thermometer", "tornado", "water-wave", "seat"),
        *("alembic", "microscope", "telescope", "satellite-antenna", "test-tube", "petri-dish", "bone"),
    }
)
"""Pictures of these subgroups that do."""
_FLYING: Final = frozenset(
    {
        *(
            "bat",
            "bird",
            "black-bird",
            "butterfly",
            "dove",
            "eagle",
            "feather",
            "fly",
            "honeybee",
            "mosquito",
        ),
        *("balloon", "fireworks", "firecracker", "kite", "parachute", "party-popper", "sparkler", "sparkles"),
        *("honeybee", "light-bulb", "microbe", "musical-note", "musical-notes", "phoenix", "wing"),
    }
)
"""Pictures of other subgroups that do not stand either."""
_AFLOAT: Final = frozenset({"animal-marine", "transport-water"})
_WAVE: Final = "water-wave"


def flies(picture: Picture) -> bool:
    """Tell whether a picture does not stand on a ground."""
    return picture.name in _FLYING or (picture.subgroup in _IN_THE_SKY and picture.name not in _STANDING)


def floats(picture: Picture) -> bool:
    """Tell whether a picture is at home on water."""
    return picture.subgroup in _AFLOAT or picture.name == _WAVE
