"""What the person at the command line asks for, over the environment's settings."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from reelwright.environment.schema import Resolution, Settings
from reelwright.errors import InvalidInput

__all__ = ["Overrides", "apply_overrides"]

_PLACES = {
    "captions": ("features", "captions"),
    "music": ("features", "music"),
    "scene_cache": ("features", "scene_cache"),
    "resolution": ("video", "resolution"),
    "fps": ("video", "fps"),
    "strict_duration": ("production", "strict_duration"),
    "jobs": ("production", "jobs"),
}


@dataclass(frozen=True, slots=True)
class Overrides:
    """Settings for this run only; None leaves the environment's."""

    captions: Literal["burned", "off"] | None = None
    music: bool | None = None
    scene_cache: bool | None = None
    resolution: Resolution | None = None
    fps: int | None = None
    strict_duration: bool | None = None
    jobs: int | None = None


def apply_overrides(settings: Settings, overrides: Overrides) -> Settings:
    """Return the settings with the overrides in place, validated as a whole."""
    data: dict[str, Any] = settings.model_dump()
    for name, (section, key) in _PLACES.items():
        value = getattr(overrides, name)
        if value is not None:
            data[section][key] = value
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            f"{key} cannot be {first['input']!r}: {first['msg']}.",
            next_step="See: reelwright env show",
            context={"key": key},
        ) from error
