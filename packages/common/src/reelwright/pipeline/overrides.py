"""What the person at the command line asks for: the highest layer of configuration."""

from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from reelwright.environment.schema import FootageRule, Resolution

__all__ = ["Overrides"]

_PLACES = {
    "captions": ("features", "captions"),
    "music": ("features", "music"),
    "scene_cache": ("features", "scene_cache"),
    "footage": ("video", "footage"),
    "resolution": ("video", "resolution"),
    "fps": ("video", "fps"),
    "strict_duration": ("production", "strict_duration"),
    "jobs": ("production", "jobs"),
}


@dataclass(frozen=True, slots=True)
class Overrides:
    """Settings for one production only; None leaves what the other layers say."""

    captions: Literal["burned", "off"] | None = None
    music: bool | None = None
    scene_cache: bool | None = None
    footage: FootageRule | None = None
    resolution: Resolution | None = None
    fps: int | None = None
    strict_duration: bool | None = None
    jobs: int | None = None

    def tree(self) -> dict[str, JsonValue]:
        """Return what is asked for as a partial tree of settings; empty when nothing is."""
        tree: dict[str, JsonValue] = {}
        for name, (section, key) in _PLACES.items():
            value: JsonValue = getattr(self, name)
            if value is not None:
                tree[section] = {**_table(tree.get(section)), key: value}
        return tree


def _table(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}
