"""`reelwright batch`: many briefs, several at a time; a bad one does not stop the rest."""

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.batch_there import AT_A_TIME, is_there, load_there, make_there
from reelwright.cli.batch_told import Teller, new_teller, summary_of, text_of
from reelwright.cli.commands import Verb, environment_name
from reelwright.cli.exits import ExitCode, Stopped
from reelwright.cli.failures import Terminated
from reelwright.cli.making import PATH, setting_options, studio_for
from reelwright.cli.output import answer, note
from reelwright.cli.places import OUT, ROOT
from reelwright.errors import InvalidInput, Retryable
from reelwright.storage.errors import StorageUnwritable

if TYPE_CHECKING:
    from reelwright.pipeline.batch.local import SqliteBatches
    from reelwright.pipeline.batch.schema import Batch, BatchItem, Outcome
    from reelwright.pipeline.ports import Maker

__all__ = ["batch"]

_NOT_AGAIN = ("captions", "music", "resolution", "fps", "strict_duration", "out", "budget", "on_this_machine")
"""Options that would change a batch; how much of it is made at a time does not."""


@click.command(cls=Verb)
@click.argument("paths", nargs=-1, type=PATH)
@click.option(
    "--productions",
    type=click.IntRange(1, 64),
    help="Videos made at a time: 1 on this machine and 8 in a deployed environment, unless you say.",
)
@click.option(
    "--tolerate",
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    help="Give up the rest when more than this has failed, where an environment makes it.",
)
@click.option("--budget", metavar="USD", help="Most that all of them may cost together.")
@click.option("--resume", metavar="BATCH_ID", help="Go on with a batch that was interrupted or failed.")
@click.option("--check", is_flag=True, help="Say what is wrong with PATHS, and make nothing.")
@setting_options
@click.pass_context
def batch(context: click.Context, /, paths: tuple[Path, ...], **options: Any) -> None:
    """Make a video of every brief in PATHS: brief files, folders of them, and .csv or .jsonl manifests.

    A manifest's columns are fields of a brief (topic, notes, duration_seconds, ...), settings (video.fps,
    features.music, ...), brief (a file beside it) and seed. All is checked before anything is made; what
    cannot be made is reported by row and column, and the rest is made. --jobs says how many scenes of a video
    are made at a time. A deployed environment makes them there: stopping this command stops nothing, and
    --resume watches again. Exits 1 if any of them failed.
    """
    _check_sources(paths, options)
    begun = _load(options["resume"]) if options["resume"] is not None else None
    if begun is not None:
        options |= {"out": Path(begun.out_dir), "on_this_machine": begun.here}
    with studio_for(options) as studio:
        planned, items = (begun, ()) if begun is not None else _plan(studio, paths, options)
        has_failed = _tell_check(items) if options["check"] else _make(studio, planned, items, options)
    if has_failed:
        context.exit(ExitCode.FAILED)


def _check_sources(paths: Sequence[Path], options: Mapping[str, Any]) -> None:
    if options["tolerate"] is not None and (environment_name() == "local" or options["on_this_machine"]):
        raise click.UsageError("--tolerate is for batches that a deployed environment makes.")
    if (options["resume"] is None) == (not paths):
        problem = "PATHS and --resume exclude each other" if paths else "Nothing was asked for"
        raise click.UsageError(f"{problem}: give PATHS, or --resume BATCH_ID.")
    if options["resume"] is None:
        return
    if options["check"]:
        raise click.UsageError("A batch that was begun was checked: --check goes with PATHS.")
    given = [name for name in _NOT_AGAIN if options[name] is not None]
    if not options["on_this_machine"]:
        given.remove("on_this_machine")
    changed = [f"--{name.replace('_', '-')}" for name in given]
    if changed:
        raise click.UsageError(f"A batch is resumed as it was begun: {', '.join(changed)} cannot change it.")


@contextmanager
def _open_batches() -> "Iterator[SqliteBatches]":
    from reelwright.pipeline.batch.local import SqliteBatches  # noqa: PLC0415 (heavy)

    store = SqliteBatches(ROOT)
    try:
        yield store
    finally:
        store.close()


def _load(batch_id: str) -> "Batch":
    found = _find(batch_id)
    if found.environment != environment_name():
        raise InvalidInput(
            f"The batch {batch_id} is of the environment {found.environment}.",
            next_step=f"Go on with: {_resume(found)}",
            context={"batch_id": batch_id, "environment": found.environment},
        )
    return found


def _find(batch_id: str) -> "Batch":
    """Return a batch of this machine, or else one that the environment was asked for."""
    from reelwright.pipeline.batch.errors import BatchNotFound  # noqa: PLC0415 (heavy)

    with _open_batches() as store:
        try:
            return store.load(batch_id)
        except BatchNotFound:
            if environment_name() == "local":
                raise
    return load_there(batch_id, environment_name())


def _plan(
    studio: "Maker", paths: Sequence[Path], options: Mapping[str, Any]
) -> "tuple[Batch, tuple[BatchItem, ...]]":
    """Return a batch and its items, all checked; nothing is stored."""
    from random import SystemRandom  # noqa: PLC0415 (as the others)

    from reelwright.clock import SystemClock  # noqa: PLC0415 (as the others)
    from reelwright.environment.loader import check_environment_name, load_environment  # noqa: PLC0415 (heavy)
    from reelwright.ids import new_batch_id, new_production_id  # noqa: PLC0415 (heavy)
    from reelwright.pipeline.batch.manifest import rows_of  # noqa: PLC0415 (heavy)
    from reelwright.pipeline.batch.planning import Planner  # noqa: PLC0415 (heavy)
    from reelwright.pipeline.batch.schema import Batch  # noqa: PLC0415 (heavy)

    clock, rng, name = SystemClock(), SystemRandom(), check_environment_name(environment_name())
    planned = Batch(
        id=new_batch_id(clock, rng),
        environment=name,
        out_dir=str((options["out"] or OUT).absolute()),
        budget_usd=_budget(options["budget"]),
        here=bool(options["on_this_machine"]),
        created_at=clock.now(),
    )
    planner = Planner(
        defaults=load_environment(name).settings,
        settings=_settings(options),
        common={"budgets": _of_batch(planned)},
        check=studio.check_brief,
        new_id=lambda: new_production_id(clock, rng),
    )
    return planned, tuple(planner.plan(row for path in paths for row in rows_of(path)))


def _budget(text: str | None) -> str | None:
    from reelwright.cli.costing import dollars  # noqa: PLC0415 (heavy)
    from reelwright.cost.schema import format_usd  # noqa: PLC0415 (heavy)

    return None if text is None else format_usd(dollars(text))


def _settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the options say of every item, so that a resumed one is made like the others."""
    from reelwright.cli.making import overrides_of  # noqa: PLC0415 (as the others)

    return overrides_of({**options, "jobs": None}).tree()


def _of_batch(planned: "Batch") -> dict[str, Any]:
    limit = {} if planned.budget_usd is None else {"per_batch_usd": planned.budget_usd}
    return {"batch": planned.id, **limit}


def _tell_check(items: "Sequence[BatchItem]") -> bool:
    """Say what is wrong, and return whether anything is."""
    faulty = [item for item in items if item.error is not None]
    lines = [f"faulty  {item.source}: {(item.error or {}).get('message', '')}" for item in faulty]
    data = {
        "status": "failed" if faulty else "ready",
        "ready": len(items) - len(faulty),
        "faulty": len(faulty),
        "items": [{"number": item.number, "brief": item.source, "error": item.error} for item in items],
    }
    answer(data, "\n".join([*lines, f"{len(items) - len(faulty)} can be made, {len(faulty)} cannot."]))
    return bool(faulty)


def _make(
    studio: "Maker", planned: "Batch", items: "Sequence[BatchItem]", options: Mapping[str, Any]
) -> bool:
    """Make what is left of a batch, tell what became of it, and return whether anything failed."""
    from reelwright.pipeline.batch.reporting import write_report  # noqa: PLC0415 (heavy)

    if is_there(planned):
        at_a_time, tolerated = options["productions"] or AT_A_TIME, options["tolerate"]
        every, outcomes = make_there(
            studio,
            planned,
            items,
            at_a_time=at_a_time,
            tolerated_percent=100.0 if tolerated is None else tolerated,
            telling=lambda every: _telling(planned, every, at_a_time),
        )
    else:
        every, outcomes = _make_here(studio, planned, items, options["productions"] or 1)
    summary = summary_of(planned, every, outcomes, studio)
    write_report(planned, summary, every, outcomes)
    answer(summary, text_of(summary))
    return bool(summary["failed"])


def _make_here(
    studio: "Maker", planned: "Batch", items: "Sequence[BatchItem]", at_a_time: int
) -> "tuple[Sequence[BatchItem], Mapping[int, Outcome]]":
    from reelwright.clock import SystemClock  # noqa: PLC0415 (as the others)
    from reelwright.pipeline.batch.running import BatchRunner  # noqa: PLC0415 (heavy)

    with _open_batches() as store:
        if items:
            store.create(planned, items)
        every = store.items(planned.id)
        with _telling(planned, every, at_a_time) as teller:
            runner = BatchRunner(
                studio, store, clock=SystemClock(), at_a_time=at_a_time, listener=teller.tell
            )
            runner.run(planned)
        return every, store.outcomes(planned.id)


@contextmanager
def _telling(planned: "Batch", every: "Sequence[BatchItem]", at_a_time: int) -> Iterator[Teller]:
    note(f"Batch {planned.id}: {len(every)} items. To go on with it later: {_resume(planned)}")
    with _stoppable(planned), new_teller(every, at_a_time) as teller:
        yield teller


@contextmanager
def _stoppable(planned: "Batch") -> Iterator[None]:
    """Turn a signal, and whatever may pass, into an error that says how to go on."""
    how = f"Go on with: {_resume(planned)}"
    try:
        yield
    except (KeyboardInterrupt, Terminated) as error:
        number = signal.SIGTERM if isinstance(error, Terminated) else signal.SIGINT
        told = Stopped(number, f"Stopped. What the batch {planned.id} has finished is kept.", next_step=how)
        raise told from error
    except (Retryable, StorageUnwritable) as error:
        error.next_step = f"{error.next_step} Then: {how}".lstrip()
        raise


def _resume(planned: "Batch") -> str:
    where = "" if planned.environment == "local" else f" --env {planned.environment}"
    return f"reelwright batch --resume {planned.id}{where}"
