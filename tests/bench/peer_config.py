"""What others take to read, explain and reload a setting; run by config_speed in the peers' environment.

The same tables and the same 200 keys in each, everything already loaded, no network: nanoseconds as JSON.
"""

import json
import os
import sys
import tempfile
import timeit
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.parameters.base import BaseProvider
from dynaconf import Dynaconf, inspect_settings
from omegaconf import OmegaConf
from pydantic import BaseModel
from pydantic_settings import BaseSettings

KEYS = {f"key{number}": number for number in range(200)}
DOCUMENT: dict[str, Any] = {"video": {"fps": 30, "resolution": "720p"}, "table": KEYS}


class Video(BaseModel):
    fps: int
    resolution: str


class Typed(BaseSettings):
    video: Video
    table: dict[str, int]


class Stub(BaseProvider):
    """A provider whose store is at hand: what is left is the cache in front of it."""

    def _get(self, name: str, **_: Any) -> str:
        return name

    def _get_multiple(self, path: str, **_: Any) -> dict[str, str]:
        return {path: path}


def main() -> None:
    print(json.dumps({name: nanoseconds(call) for name, call in calls().items()}))


def calls() -> dict[str, Callable[[], object]]:
    typed, tree = Typed(**DOCUMENT), OmegaConf.create(DOCUMENT)
    file = Path(tempfile.mkdtemp()) / "settings.json"
    file.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    files = Dynaconf(settings_files=[str(file)])
    files.video.fps  # noqa: B018 (it loads at the first read)
    provider = Stub()
    return {
        "read: pydantic-settings attribute": lambda: typed.video.fps,
        "read: dynaconf attribute": lambda: files.video.fps,
        "read: OmegaConf attribute": lambda: tree.video.fps,
        "read: Powertools Parameters, cached": lambda: provider.get("video.fps", max_age=3600),
        "explain: dynaconf inspect_settings": lambda: inspect_settings(files, key="video.fps"),
        "reload: pydantic-settings": lambda: Typed(**DOCUMENT),
        "reload: dynaconf": files.reload,
        "reload: OmegaConf merge": lambda: OmegaConf.merge(tree, DOCUMENT),
    }


def nanoseconds(call: Callable[[], object]) -> float:
    """Return the best of seven rounds, each long enough to be measured."""
    timer = timeit.Timer(call)
    count = max(1, timer.autorange()[0] // 4)
    return min(timer.repeat(7, count)) / count * 1e9


if __name__ == "__main__":
    os.environ.pop("AWS_LAMBDA_FUNCTION_NAME", None)
    sys.exit(main())
