"""Small packages for the tests of publishing."""

from pathlib import Path

from reelwright.production.schema import Scene, Script, Seo, StatementVisual
from reelwright.upload.schema import Package

PRODUCTION_ID = "prod_01K8ZZZZZZZZZZZZZZZZZZZZZZ"
OTHER_ID = "prod_01K8ZZZZZZZZZZZZZZZZZZZZZY"


def package(folder: Path, production_id: str = PRODUCTION_ID, video: bytes = b"moving picture") -> Package:
    """Return a package whose files are in ``folder`` and whose output is in ``folder/out``."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "cut.mp4": video,
        "still.png": b"still picture",
        "words.srt": b"1\r\n00:00:00,000 --> 00:00:01,000\r\nhigh water\r\n",
        "words.vtt": b"WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nhigh water\n",
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    scene = Scene(narration="High water.", visual_prompt="the sea", visual=StatementVisual(text="High water"))
    return Package(
        production_id=production_id,
        video=folder / "cut.mp4",
        thumbnail=folder / "still.png",
        captions_srt=folder / "words.srt",
        captions_vtt=folder / "words.vtt",
        script=Script(
            title="Tides",
            hook="High water.",
            scenes=(scene,),
            call_to_action="",
            seo=Seo(title="Tides", description="The sea."),
        ),
        description="The sea.\n0:00 High water",
        out_dir=folder / "out",
    )
