"""`reelwright productions`: what was made, and going on with what was not finished."""

from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Noun
from reelwright.cli.making import result_of, result_text
from reelwright.cli.output import answer, note
from reelwright.cli.productions_outcomes import open_publications, outcomes, published_lines
from reelwright.cli.productions_translate import translate
from reelwright.cli.progress import new_watcher
from reelwright.cli.session import open_studio, watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reelwright.pipeline.publications import PublishedVideo
    from reelwright.pipeline.report.result import GenerationResult
    from reelwright.production.schema import FlagRecord, Production, PromptRecord, StepRecord

__all__ = ["productions"]

_TOPIC_CHARS = 60


@click.group(cls=Noun)
def productions() -> None:
    """List, show, resume and translate productions: of this machine, or of a deployed environment."""


@productions.command("list")
@click.option("--limit", type=click.IntRange(1), help="Show only the newest.")
def _list(limit: int | None) -> None:
    """List productions, newest first."""
    with open_studio() as studio:
        found = studio.productions(limit)
    data = {"productions": [_row(production) for production in found]}
    answer(data, "\n".join(_line(production) for production in found) or "There are no productions here yet.")


@productions.command("show")
@click.argument("production_id", metavar="ID")
def _show(production_id: str) -> None:
    """Show one production: its files, steps, cost and warnings, where it is published and how it did."""
    with open_studio() as studio:
        production = studio.production(production_id)
        result = result_of(studio, production)
    published = _published(production)
    data = {
        **result.model_dump(mode="json"),
        "production": production.model_dump(mode="json"),
        "publications": [video.model_dump(mode="json") for video in published],
    }
    answer(data, "\n".join((_account(production, result), *published_lines(published))))


@productions.command("resume")
@click.argument("production_id", metavar="ID")
def _resume(production_id: str) -> None:
    """Go on with a production; what is finished and paid for is not done again."""
    with open_studio() as studio:
        watcher = new_watcher()
        production = watched(lambda: studio.resume(production_id, on_progress=watcher), watcher)
        result = result_of(studio, production)
    answer(result.model_dump(mode="json"), result_text(result))


productions.add_command(translate)
productions.add_command(outcomes)


def _published(production: "Production") -> "tuple[PublishedVideo, ...]":
    """Return where it is published, also what was later; nothing if that cannot be read."""
    from reelwright.errors import ReelwrightError  # noqa: PLC0415 (as its neighbours)

    try:
        return open_publications().of(production.id)
    except ReelwrightError as error:
        note(f"What is published of it cannot be read: {error.message}")
        return ()


def _row(production: "Production") -> dict[str, Any]:
    return {
        "production_id": production.id,
        "status": production.status,
        "environment": production.environment,
        "topic": production.brief.topic,
        "created_at": production.created_at.isoformat(),
        "output_dir": production.output_dir,
    }


def _line(production: "Production") -> str:
    topic = production.brief.topic
    short = topic if len(topic) <= _TOPIC_CHARS else f"{topic[: _TOPIC_CHARS - 1]}…"
    return f"{production.id}  {production.created_at:%Y-%m-%d %H:%M}  {production.status:<9}  {short}"


def _account(production: "Production", result: "GenerationResult") -> str:
    steps = (_step_line(step) for step in production.steps)
    told = (*_flag_lines(production.flags), *_prompt_lines(production.prompts))
    again = _translation_line(production)
    return "\n".join((f"{production.brief.topic}", *again, result_text(result), "Steps:", *steps, *told))


def _translation_line(production: "Production") -> tuple[str, ...]:
    translation = production.brief.translation
    if translation is None:
        return ()
    again = len(translation.footage)
    used = f", with {again} of its clips shown again" if again else ""
    return (f"In {production.brief.language}, told again after {translation.original}{used}.",)


def _flag_lines(records: "tuple[FlagRecord, ...]") -> "Iterator[str]":
    """Yield the flags that had something to say, and how many had not."""
    from reelwright.pipeline.report.flags import answer_of  # noqa: PLC0415 (heavy)

    if not records:
        return
    telling = [record for record in records if record.effect]
    yield "Flags:"
    for record in telling:
        yield f"  {record.flag:<20} {answer_of(record)}: {record.effect}"
    yield f"  others that left things as they were: {len(records) - len(telling)}; all are in --json"


def _prompt_lines(records: "tuple[PromptRecord, ...]") -> "Iterator[str]":
    """Yield what each step said to models."""
    if records:
        yield "Prompts:"
    for record in records:
        yield f"  {record.step:<13} {record.chosen} ({record.origin})"


def _step_line(step: "StepRecord") -> str:
    error = f"  {step.error.get('message', '')}" if step.error else ""
    return f"  {step.name:<13} {step.status:<8} {step.seconds:>7.2f} s{error}"
