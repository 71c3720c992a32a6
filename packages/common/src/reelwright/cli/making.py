"""What `make` and `batch` share: the options that set how a video is made, and its answer."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from reelwright.cli.places import OUT, check_writable
from reelwright.cli.session import open_studio

if TYPE_CHECKING:
    from reelwright.pipeline.overrides import Overrides
    from reelwright.pipeline.ports import Maker
    from reelwright.pipeline.report.result import GenerationResult
    from reelwright.production.schema import Production

__all__ = [
    "ASPECTS",
    "CAPTIONS",
    "FOOTAGE",
    "FRAME_RATES",
    "PATH",
    "RESOLUTIONS",
    "overrides_of",
    "result_of",
    "result_text",
    "setting_options",
    "studio_for",
]

# As in environment.schema, which is too heavy to import before it is needed; a test compares them.
ASPECTS = ("16:9", "9:16", "1:1")
RESOLUTIONS = ("480p", "720p", "1080p")
FRAME_RATES = ("24", "30", "60")
CAPTIONS = ("burned", "off")
FOOTAGE = ("auto", "provider", "graphics", "mixed")

PATH = click.Path(path_type=Path, readable=False)
"""Any path: whether it can be used is said by whoever uses it, with a better error."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_OPTIONS = (
    click.option(
        "--out",
        type=PATH,
        help=f"Folder for finished packages. [default: {OUT}]",
    ),
    click.option(
        "--captions",
        type=click.Choice(CAPTIONS),
        help="Karaoke captions in the picture; caption files are always made.",
    ),
    click.option("--music/--no-music", default=None, help="A music bed under the voice."),
    click.option("--footage", type=click.Choice(FOOTAGE), help="Who shoots scenes of which nothing is said."),
    click.option("--resolution", type=click.Choice(RESOLUTIONS), help="Of the shorter side."),
    click.option("--fps", type=click.Choice(FRAME_RATES), help="Frames a second."),
    click.option(
        "--strict-duration",
        is_flag=True,
        default=None,
        help="Refuse when the notes cannot fill the asked time (exit 3).",
    ),
    click.option(
        "--jobs", type=click.IntRange(1, 64), help="Scenes made at a time. [default: one for every processor]"
    ),
    click.option(
        "--on-this-machine",
        is_flag=True,
        help="Make it here, with a deployed environment's configuration and the embedded engines.",
    ),
)


def setting_options(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Add the options; they arrive as keyword arguments of the same names."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def overrides_of(options: Mapping[str, Any]) -> "Overrides":
    """Return what the options say of settings."""
    from reelwright.pipeline.overrides import Overrides  # noqa: PLC0415 (heavy)

    return Overrides(
        captions=options["captions"],
        music=options["music"],
        footage=options["footage"],
        resolution=options["resolution"],
        fps=int(options["fps"]) if options["fps"] else None,
        strict_duration=options["strict_duration"],
        jobs=options["jobs"],
    )


@contextmanager
def studio_for(options: Mapping[str, Any]) -> "Iterator[Maker]":
    """Yield a studio with the options laid over the environment's settings; its folder can be written."""
    out_dir = options["out"] or OUT
    check_writable(out_dir)
    with open_studio(
        out_dir=out_dir, overrides=overrides_of(options), on_this_machine=options["on_this_machine"]
    ) as studio:
        yield studio


def result_of(studio: "Maker", production: "Production") -> "GenerationResult":
    """Return the answer of one production."""
    from reelwright.pipeline.report.result import generation_result  # noqa: PLC0415 (heavy)

    return generation_result(production, studio.package_dir(production))


def result_text(result: "GenerationResult") -> str:
    """Return the answer for people."""
    seconds = f"{result.duration_seconds:.1f} s" if result.duration_seconds is not None else "unknown"
    worked = sum(step.seconds for step in result.steps)
    facts = f"{seconds} of video, {worked:.1f} s of work, {_money(result)}"
    mocked = " with mock parts" if result.mock else ""
    lines = [
        f"{result.production_id} is {result.status}{mocked}: {facts}.",
        *(f"  {label:<9} {place}" for label, place in _places(result) if place),
        *(f"  Note: {warning}" for warning in result.warnings),
    ]
    return "\n".join(lines)


def _money(result: "GenerationResult") -> str:
    """Return the cost, and what of it bought nothing or may come to nothing."""
    parts = (("unknown", result.unknown_usd), ("failed", result.failed_usd))
    told = [f"${usd} {what}" for what, usd in parts if Decimal(usd)]
    return f"${result.generation_cost_usd}" + (f" ({', '.join(told)})" if told else "")


def _places(result: "GenerationResult") -> tuple[tuple[str, str | None], ...]:
    return (
        ("video", result.video),
        ("thumbnail", result.thumbnail),
        ("captions", result.captions),
        ("report", result.report),
    )
