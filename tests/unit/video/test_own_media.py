"""A brief's own footage: what is taken, what is refused before anything is spent, and where it is seen."""

from pathlib import Path

import pytest

from reelwright.content.brief_file import parse_brief
from reelwright.content.errors import BriefInvalid
from reelwright.environment.loader import load_environment
from reelwright.production.pictures import BriefMedia
from reelwright.production.schema import Brief
from reelwright.storage.fetching import FetchBroken, Fetching
from reelwright.storage.local import FolderArtifacts
from reelwright.storage.schema import Artifact
from reelwright.video.errors import MediaUnusable
from reelwright.video.media_keeping import check_media, keep_media
from reelwright.video.own_media import media_told, placed
from reelwright.video.pictures.keeping import check_kept, keep_pictures
from reelwright.video.probe import probe
from tests.odd_media.clips import CLIPS, FILM
from tests.odd_media.filming import PROMPT, write
from tests.simulators.media import prompt_hash, read_burned
from tests.simulators.server import Answer
from tests.unit.models.providers.http_kit import VIDEO, Echo
from tests.unit.video.pictures.scripts import script_of
from tests.unit.video.test_manager import Set

PICTURES = load_environment("local").settings.video.pictures
NOTES = "The tide rises twice a day. The moon pulls the sea. A harbour fills with water. Boats leave at noon."


def a_brief(*media: object) -> Brief:
    return Brief.model_validate({"topic": "Tides", "notes": NOTES, "duration_seconds": 15, "media": media})


@pytest.fixture
def artifacts(tmp_path: Path) -> FolderArtifacts:
    return FolderArtifacts(tmp_path / "artifacts")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write(tmp_path / "harbour.mp4", FILM.but(seconds=6))


def test_front_matter_names_footage_by_scene_and_by_words(tmp_path: Path) -> None:
    text = """---
topic: Tides
media:
  - file: harbour.mp4
    scene: 2
  - film/sea.mov
  - file: https://cdn.example.com/moon.mp4?sig=x
    words: [the moon]
---
"""
    brief = parse_brief(text, source="a.md", folder=tmp_path)
    first, second, third = brief.media
    assert (first.file, first.scene) == (str(tmp_path.resolve() / "harbour.mp4"), 2)
    assert (second.name, second.scene) == ("sea.mov", None)
    assert (third.name, third.words, third.is_remote) == ("moon.mp4", ("the moon",), True)


@pytest.mark.parametrize("file", ["/etc/passwd", "../a.mp4", "~/a.mp4", "C:\\a.mp4"])
def test_a_brief_names_no_footage_outside_of_its_folder(tmp_path: Path, file: str) -> None:
    with pytest.raises(BriefInvalid, match="media"):
        parse_brief(f"---\ntopic: Tides\nmedia: ['{file}']\n---\n", source="a.md", folder=tmp_path)


def test_footage_is_copied_and_its_file_may_go(artifacts: FolderArtifacts, clip: Path) -> None:
    (kept,) = keep_pictures(a_brief(str(clip)), artifacts).media
    clip.unlink()
    assert kept.kept is not None
    assert (kept.file, kept.kept.media_type) == ("harbour.mp4", "video/mp4")
    assert check_kept(a_brief(kept), artifacts).media == (kept,)


@pytest.mark.parametrize("name", [name for name, odd in CLIPS.items() if odd.refused and "bomb" not in name])
def test_what_no_clip_can_be_made_of_is_refused_with_its_field(
    tmp_path: Path, artifacts: FolderArtifacts, name: str
) -> None:
    odd = CLIPS[name]
    odd.make(tmp_path / odd.file)
    with pytest.raises(MediaUnusable, match=r"media\.0") as caught:
        keep_media(a_brief(str(tmp_path / odd.file)), artifacts)
    assert odd.file in caught.value.message
    assert caught.value.next_step


@pytest.mark.parametrize(
    "file",
    [
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/a.mp4",
        "http://cdn.example.com/a.mp4",
        "file:///etc/passwd",
        "concat://a.mp4",
    ],
)
def test_addresses_that_lead_inside_are_refused(artifacts: FolderArtifacts, file: str) -> None:
    with pytest.raises(MediaUnusable, match=r"media\.0"):
        keep_media(a_brief(file), artifacts)


def test_footage_is_fetched_and_its_address_forgotten(artifacts: FolderArtifacts, clip: Path) -> None:
    rules = Fetching(max_bytes=10_000_000, loopback=True)
    with Echo(Answer(200, clip.read_bytes(), VIDEO), Answer(200, b"<html>", VIDEO)) as server:
        url = f"{server.url}/sea.mp4?sig=hunter2"
        (kept,) = keep_media(a_brief(url), artifacts, rules=rules).media
        assert (kept.file, kept.kept and kept.kept.size_bytes) == ("sea.mp4", clip.stat().st_size)
        with pytest.raises(MediaUnusable, match="not media") as caught:
            keep_media(a_brief(url), artifacts, rules=rules)
        assert "hunter2" not in str(caught.value)
    with pytest.raises(FetchBroken, match=r"media\.0"):
        keep_media(a_brief(url), artifacts, rules=rules)


def test_a_function_reads_no_file_and_no_address(artifacts: FolderArtifacts, clip: Path) -> None:
    for file in (str(clip), "https://cdn.example.com/a.mp4"):
        with pytest.raises(MediaUnusable, match="store of this environment"):
            check_media(a_brief(file), artifacts)
    gone = BriefMedia(file="a.mp4", kept=Artifact(sha256="0" * 64, size_bytes=5, media_type="video/mp4"))
    page = BriefMedia(file="a.mp4", kept=artifacts.put_bytes(b"<html>", "video/mp4"))
    for media in (gone, page):
        with pytest.raises(MediaUnusable, match=r"media\.0"):
            check_media(a_brief(media), artifacts)


def test_numbers_go_before_words_and_what_is_not_shown_is_told(
    artifacts: FolderArtifacts, clip: Path
) -> None:
    kept = artifacts.put_file(clip, "video/mp4")

    def media(name: str, **more: object) -> dict[str, object]:
        return {"file": name, "kept": kept, **more}

    brief = a_brief(
        media("numbered.mp4", scene=2),
        media("late.mp4", scene=2),
        media("far.mp4", scene=9),
        media("said.mp4", words=("the moon",)),
        media("silent.mp4", words=("a volcano",)),
    )
    script = script_of("Tides", "The tide rises.", "A harbour fills.", "Then the moon pulls the sea.")
    shown = placed(brief, script, PICTURES)
    assert {scene: each.media.name for scene, each in shown.items()} == {1: "numbered.mp4", 2: "said.mp4"}
    told = {each.subject: each.reason for each in media_told(brief, script, PICTURES)}
    assert told["footage late.mp4 of the brief"] == "scene 2 shows numbered.mp4"
    assert told["footage far.mp4 of the brief"] == "it is for scene 9, and there are 3"
    assert "name its scene" in told["footage silent.mp4 of the brief"]


def test_a_scene_shows_its_footage_and_no_model_is_asked(tmp_path: Path) -> None:
    room = Set(tmp_path)
    clip = write(tmp_path / "harbour.mp4", FILM.but(turned=90, size=(360, 640), seconds=2))
    brief = keep_media(a_brief({"file": str(clip), "scene": 2}), room.artifacts)
    found = room.shoot(1, brief=brief)
    assert room.camera.requests == []
    assert read_burned(room.artifacts.local_path(found.clip.media)) == prompt_hash(PROMPT)
    facts = probe(room.artifacts.local_path(found.clip.media)).video[0]
    assert (facts.frames, facts.width) == (found.clip.frames, found.clip.width)
    told = {each.subject: each for each in found.decisions}
    assert told["footage of scene 2"].chosen == "harbour.mp4"
    assert "turned by 270°" in told["footage of scene 2"].reason
    assert found.warnings == ("Scene 2: harbour.mp4 is shorter than the scene: it is played 2 times over.",)
    assert room.shoot(0, brief=brief).clip.scene_index == 0
    assert len(room.camera.requests) == 1


def test_whoever_brought_footage_that_nobody_sees_is_told(tmp_path: Path, clip: Path) -> None:
    room = Set(tmp_path)
    brief = keep_media(a_brief({"file": str(clip), "scene": 60}), room.artifacts)
    (warning,) = (each for each in room.shoot(0, brief=brief).warnings if "harbour" in each)
    assert warning == (
        "The footage harbour.mp4 of the brief is not shown: it is for scene 60, and there are 2."
    )
