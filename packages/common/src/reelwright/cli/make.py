"""`reelwright make`: one brief in, one video out."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb
from reelwright.cli.making import ASPECTS, PATH, result_of, result_text, setting_options, studio_for
from reelwright.cli.output import answer
from reelwright.cli.progress import new_watcher
from reelwright.cli.session import watched

if TYPE_CHECKING:
    from reelwright.production.schema import Brief, Production

__all__ = ["make"]

_MAX_SEED = 2**31 - 1
_SINGLE = {"pictures": "picture", "scenes": "scene"}
"""Options that are given once for each of what they are called in a brief."""


@click.command(cls=Verb)
@click.argument("topic", required=False)
@click.option(
    "--brief",
    "brief_file",
    type=PATH,
    help="Markdown file: YAML front matter, then notes.",
)
@click.option("--duration", type=int, metavar="SECONDS", help="Wished length. [default: the brief's, or 60]")
@click.option(
    "--aspect", type=click.Choice(ASPECTS), help="Shape of the picture. [default: the brief's, or 16:9]"
)
@click.option("--style", help="A palette's name, or auto.")
@click.option("--audience", help="Who it is for.")
@click.option(
    "--seed", type=click.IntRange(0, _MAX_SEED), help="The same brief, settings and seed give the same video."
)
@click.option(
    "--picture",
    "pictures",
    multiple=True,
    metavar="FILE[=CAPTION]",
    help="A picture of your own: PNG, JPEG or WebP. May be given up to 20 times.",
)
@click.option(
    "--music-file",
    type=PATH,
    metavar="FILE",
    help="A piece of your own for the bed: MP3, WAV, M4A, Ogg or FLAC.",
)
@click.option("--music-credit", metavar="TEXT", help="Whose it is and its licence, for the description.")
@click.option(
    "--media",
    multiple=True,
    metavar="FILE[=SCENE]",
    help="Footage of your own, for the scene of that number or where its words are said. Up to 60 times.",
)
@click.option(
    "--scene",
    "scenes",
    multiple=True,
    metavar="SCENE=SOURCE",
    help="Who shoots the scene of that number: provider or graphics.",
)
@click.option(
    "--brand", metavar="NAME|FILE", help="A brand of the settings, a brand file (.toml) of your own, or none."
)
@click.option("--resume", metavar="ID", help="Go on with a production that was interrupted or failed.")
@setting_options
def make(topic: str | None, brief_file: Path | None, resume: str | None, **options: Any) -> None:
    """Make a video of TOPIC, or of the brief in a file.

    A bare topic gives an outline that says that it has no facts; notes in a brief file give a real video.
    """
    _check_sources(topic, brief_file, resume, options)
    brief = _brief(topic, brief_file, options) if resume is None else None
    if options["music_file"] is not None and options["music"] is None:
        options["music"] = True
    with studio_for(options) as studio:
        watcher = new_watcher()

        def work() -> "Production":
            if brief is None:
                return studio.resume(resume or "", on_progress=watcher)
            return studio.make(brief, seed=options["seed"], on_progress=watcher)

        result = result_of(studio, watched(work, watcher))
    answer(result.model_dump(mode="json"), result_text(result))


def _check_sources(
    topic: str | None, brief_file: Path | None, resume: str | None, options: dict[str, Any]
) -> None:
    given = [
        name
        for name, value in (("TOPIC", topic), ("--brief", brief_file), ("--resume", resume))
        if value is not None
    ]
    if len(given) != 1:
        what = f"{' and '.join(given)} exclude each other" if given else "Nothing was asked for"
        raise click.UsageError(f"{what}: give one of TOPIC, --brief FILE and --resume ID.")
    changed = _changed_options(options) if resume is not None else []
    if changed:
        raise click.UsageError(
            f"A production is resumed as it was begun: {', '.join(changed)} cannot change it."
        )


def _changed_options(options: dict[str, Any]) -> list[str]:
    """Return the options given that would alter a production; how many jobs make it does not."""
    harmless = {"jobs", "on_this_machine"}
    given = [name for name, value in options.items() if value not in {None, ()} and name not in harmless]
    return [f"--{_SINGLE.get(name) or name.replace('_', '-')}" for name in given]


def _brief(topic: str | None, brief_file: Path | None, options: dict[str, Any]) -> "Brief":
    """Return the brief: the file's, with what the command line says laid over it."""
    from reelwright.content.brief_file import brief_from_options, read_brief  # noqa: PLC0415 (heavy)

    over = {
        "duration_seconds": options["duration"],
        "aspect": options["aspect"],
        "style": options["style"],
        "audience": options["audience"],
        "music": _music(options),
        "brand": options["brand"],
    }
    pictures = [_picture(text) for text in options["pictures"]]
    media, scenes = [_media(text) for text in options["media"]], list(options["scenes"])
    if brief_file is None:
        return brief_from_options(topic or "", pictures=pictures, media=media, scenes=scenes, **over)
    said = {key: value for key, value in over.items() if value is not None}
    brief = read_brief(brief_file).model_dump()
    lists = {
        "pictures": [*brief["pictures"], *pictures],
        "media": [*media, *brief["media"]],
        "scenes": [*scenes, *brief["scenes"]],
    }
    return brief_from_options(**(brief | said | lists))


def _media(text: str) -> dict[str, str | int]:
    """Return file, or address, and scene; one that has such a name, or asks for something, is taken whole."""
    file, _, scene = text.rpartition("=")
    if not (file and scene.isdecimal()) or Path(text).exists() or ("://" in file and "?" in file):
        return {"file": text}
    return {"file": file, "scene": int(scene)}


def _music(options: dict[str, Any]) -> dict[str, str] | None:
    """Return the piece that the command line names, with its credit."""
    file, credit = options["music_file"], options["music_credit"]
    if file is None and credit is not None:
        raise click.UsageError("--music-credit is of the piece that --music-file names: give both.")
    return None if file is None else {"file": str(file), "credit": credit or ""}


def _picture(text: str) -> dict[str, str]:
    """Return file and caption; a file that has '=' in its name is taken whole where there is one."""
    file, _, caption = text.partition("=")
    if not caption or Path(text).exists():
        return {"file": text if Path(text).exists() else file}
    return {"file": file, "caption": caption}
