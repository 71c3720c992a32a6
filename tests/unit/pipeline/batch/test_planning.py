"""From rows to items: any parameter may vary, and what is wrong is told by row and column."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest

from reelwright.clock import VirtualClock
from reelwright.content.errors import BriefInvalid
from reelwright.environment.loader import load_environment
from reelwright.ids import new_production_id
from reelwright.pipeline.batch.manifest import Row
from reelwright.pipeline.batch.planning import Planner
from reelwright.pipeline.batch.schema import BatchItem
from reelwright.production.schema import Brief

LOCAL = load_environment("local").settings
OURS = {"budgets": {"batch": "batch_01KAQ4Z7M8V3N5T2X9C6B1D0KA"}}


def nothing(_: Brief, __: Mapping[str, Any]) -> None:
    """Find nothing wrong."""


def planned(
    *cells: dict[str, Any],
    folder: Path = Path(),
    check: Callable[[Brief, Mapping[str, Any]], None] = nothing,
    is_text: bool = False,
    settings: Mapping[str, Any] | None = None,
) -> list[BatchItem]:
    clock, rng = VirtualClock(), Random(0)
    planner = Planner(
        defaults=LOCAL,
        settings=settings or {},
        common=OURS,
        check=check,
        new_id=lambda: new_production_id(clock, rng),
    )
    rows = (Row(f"x.csv, row {at}", folder, cells=row, is_text=is_text) for at, row in enumerate(cells, 2))
    return list(planner.plan(rows))


def test_a_row_says_brief_settings_and_seed() -> None:
    said = {
        "topic": "Tides",
        "duration_seconds": 20,
        "video.fps": 60,
        "features": {"music": False},
        "seed": 7,
    }
    (item,) = planned(said, settings={"video": {"fps": 24, "resolution": "480p"}})
    assert item.error is None
    assert item.brief == Brief(topic="Tides", duration_seconds=20)
    assert item.settings == {
        "video": {"fps": 60, "resolution": "480p"},
        "features": {"music": False},
        **OURS,
    }
    assert (item.number, item.source, item.seed) == (1, "x.csv, row 2", 7)


def test_text_becomes_what_the_column_takes() -> None:
    cells = {"topic": "2026", "duration_seconds": "20", "platforms": "folder, s3", "seed": "0"}
    cells |= {"features.music": "false", "audio.voice": "2026", "review.tolerated": '["motion"]'}
    (item,) = planned(cells, is_text=True)
    assert item.error is None
    assert item.brief == Brief(topic="2026", duration_seconds=20, platforms=("folder", "s3"))
    assert item.settings["features"] == {"music": False}
    assert item.settings["audio"] == {"voice": "2026"}
    assert item.settings["review"] == {"tolerated": ["motion"]}


@pytest.mark.parametrize(
    ("cells", "columns", "said"),
    [
        ({"duration_seconds": "long"}, "duration_seconds", "must be a whole number"),
        ({"topic": None}, "topic", "is required"),
        ({"aspect": "4:3"}, "aspect", "'16:9', '9:16' or '1:1'"),
        ({"video.fps": 25}, "video.fps", "video.fps = 25 is refused"),
        ({"video.fpss": 24}, "video.fpss", "did you mean 'video.fps'"),
        ({"topik": "x"}, "topik", "did you mean 'topic'"),
        ({"seed": -1}, "seed", "whole number from 0"),
        ({"seed": True}, "seed", "whole number from 0"),
        ({"seed": 2**31}, "seed", "whole number from 0"),
        ({"budgets.batch": "x"}, "budgets.batch", "the batch's own"),
        ({"budgets": {"per_batch_usd": "9"}}, "budgets", "the batch's own"),
        ({"providers.openai.credential": "sk-123456789"}, "providers.openai.credential", "refused"),
        ({"brief": "../x.md"}, "brief", "out of the manifest's folder"),
        ({"brief": "/etc/passwd"}, "brief", "out of the manifest's folder"),
        ({"brief": "none.md"}, "brief", "there is no such file"),
        ({"media": "../x.mp4"}, "media", "out of the brief's folder"),
        ({"media": ["/etc/passwd"]}, "media", "must be relative"),
        ({"pictures": "../x.png"}, "pictures", "out of the brief's folder"),
        ({"music": "../x.mp3"}, "music", "out of the brief's folder"),
        ({"music": {"file": "/etc/passwd"}}, "music", "must be relative"),
        (
            {
                "music": {
                    "file": "x",
                    "kept": {"sha256": "0" * 64, "size_bytes": 1, "media_type": "audio/wav"},
                }
            },
            "music",
            "it may have file and credit",
        ),
        ({"brand": "/etc/x.toml"}, "brand", "must be relative"),
        ({"brand": {"file": "x.toml", "kept": {"name": "x"}}}, "brand", "it may be a name or a file"),
        ({"video.fps": 25, "seed": "x", "aspect": "?"}, "video.fps, seed, aspect", "aspect"),
    ],
)
def test_what_is_wrong_is_told_by_row_and_column(cells: dict[str, Any], columns: str, said: str) -> None:
    row = {name: value for name, value in ({"topic": "Tides"} | cells).items() if value is not None}
    bad, good = planned(row, {"topic": "Moon"})
    assert good.error is None
    assert bad.brief is None
    assert bad.error is not None
    assert bad.error["code"] == "row_invalid"
    assert str(bad.error["message"]).startswith("x.csv, row 2: ")
    assert said in str(bad.error["message"])
    assert "sk-123456789" not in str(bad.error)
    context = bad.error["context"]
    assert isinstance(context, dict)
    assert context["columns"] == columns


def test_a_row_changes_a_brief_that_lies_beside_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "base.md").write_text(
        "---\ntopic: Tides\naspect: 9:16\n---\nHigh and low.\n", encoding="utf-8"
    )
    (item,) = planned({"brief": "base.md", "duration_seconds": 30}, folder=tmp_path)
    assert item.brief == Brief(topic="Tides", aspect="9:16", notes="High and low.", duration_seconds=30)


def test_pictures_are_looked_for_beside_the_manifest(tmp_path: Path) -> None:
    (item,) = planned({"topic": "Tides", "pictures": "a.png, b.png", "media": "c.mp4"}, folder=tmp_path)
    assert item.brief is not None
    assert [picture.file for picture in item.brief.pictures] == [
        str(tmp_path.resolve() / "a.png"),
        str(tmp_path.resolve() / "b.png"),
    ]
    assert [media.file for media in item.brief.media] == [str(tmp_path.resolve() / "c.mp4")]


def test_a_row_says_who_shoots_which_scene(tmp_path: Path) -> None:
    (item,) = planned({"topic": "Tides", "scenes": "1=provider, 3=graphics"}, folder=tmp_path)
    assert item.brief is not None
    assert [(each.scene, each.source) for each in item.brief.scenes] == [(1, "provider"), (3, "graphics")]


def test_every_file_that_a_brief_can_name_is_guarded() -> None:
    """A new field that names files is one that rows must be held to, too."""
    naming = {name for name, field in Brief.model_fields.items() if any(_files(field.annotation))}
    assert naming == {"pictures", "media", "music", "brand"}


def _files(annotation: Any) -> Iterator[bool]:
    if "file" in getattr(annotation, "model_fields", {}):
        yield True
    for part in get_args(annotation):
        yield from _files(part)


def test_whether_it_can_be_made_is_asked_with_its_settings_and_told_with_its_row() -> None:
    asked: list[Mapping[str, Any]] = []

    def refuse(_: Brief, settings: Mapping[str, Any]) -> None:
        asked.append(settings)
        raise BriefInvalid("there is no style 'baroque'.")

    (item,) = planned({"topic": "Tides", "video.fps": 24}, check=refuse)
    assert asked == [{"video": {"fps": 24}, **OURS}]
    assert item.error is not None
    assert item.error["code"] == "brief_invalid"
    assert item.error["message"] == "x.csv, row 2: there is no style 'baroque'."


def test_every_item_has_an_id_of_its_own() -> None:
    items = planned(*({"topic": "Tides"} for _ in range(50)))
    assert len({item.production_id for item in items}) == 50
