"""RemoteStudio: the face of Studio before a deployed environment, where Step Functions does the work."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random, SystemRandom
from types import TracebackType
from typing import Any, Self

from pydantic import JsonValue

from reelwright.clock import Clock, SystemClock
from reelwright.config.tree import laid_over
from reelwright.environment.aws import aws_client, find_deployment
from reelwright.environment.deployment import Deployment
from reelwright.environment.errors import InvalidEnvironment
from reelwright.errors import ReelwrightError
from reelwright.ids import check_production_id, new_production_id
from reelwright.pipeline.aws import DynamoProductions
from reelwright.pipeline.errors import ProductionNotFound
from reelwright.pipeline.events import ProgressListener, ignore_progress
from reelwright.pipeline.executions import RUNNING, Executions, execution_name, failure_of
from reelwright.pipeline.following import Follower
from reelwright.pipeline.overrides import Overrides
from reelwright.pipeline.own_files import keep_own
from reelwright.pipeline.rebuilding import rebuilt
from reelwright.production.schema import Brief, Production, Script
from reelwright.storage.aws_artifacts import S3Artifacts
from reelwright.storage.errors import StorageUnavailable
from reelwright.upload.aws import PackageFetcher

__all__ = ["RemoteClients", "RemoteStudio"]

_POLL_SECONDS = 1.0
_SILENCES = 5
"""Polls in a row that may go unanswered before watching is given up; the production goes on all the same."""


@dataclass(frozen=True, slots=True)
class RemoteClients:
    """What is asked: where the work is, where it is noted, and where it is stored."""

    stepfunctions: Any
    dynamodb: Any
    s3: Any


class RemoteStudio:
    """A Maker whose productions are executions of a state machine; their packages come to ``out_dir``.

    An execution is called as its production, a resume ``<id>-r<n>``. When watching ends, the production goes
    on: resuming it watches again.
    """

    def __init__(
        self,
        deployment: Deployment,
        clients: RemoteClients,
        *,
        clock: Clock,
        rng: Random,
        room: Path,
        out_dir: Path,
        overrides: Mapping[str, JsonValue] | None = None,
    ) -> None:
        if not deployment.state_machine:
            raise _without_state_machine(deployment)
        self.environment = deployment.environment
        self._executions = Executions(clients.stepfunctions, deployment.state_machine)
        self._clock = clock
        self._rng = rng
        self._out_dir = out_dir
        self._overrides = dict(overrides or {})
        self._artifacts = S3Artifacts(clients.s3, deployment.artifacts_bucket, room / "artifacts")
        self._store = DynamoProductions(
            clients.dynamodb, deployment.productions_table, self._artifacts, clock=clock, rng=rng
        )
        self._packages = PackageFetcher(clients.s3, deployment.artifacts_bucket)

    @classmethod
    def for_environment(
        cls,
        name: str,
        *,
        root: Path = Path(".reelwright"),
        out_dir: Path = Path("out"),
        overrides: Overrides | None = None,
    ) -> Self:
        """Return the studio of a deployed environment.

        InvalidEnvironment if it is not deployed where the credentials lead; AwsUnavailable without any.
        """
        deployment = find_deployment(name)
        clients = RemoteClients(*(aws_client(each) for each in ("stepfunctions", "dynamodb", "s3")))
        return cls(
            deployment,
            clients,
            clock=SystemClock(),
            rng=SystemRandom(),
            room=root.resolve() / "remote" / name,
            out_dir=out_dir.resolve(),
            overrides=(overrides or Overrides()).tree(),
        )

    def make(
        self,
        brief: Brief,
        *,
        seed: int | None = None,
        settings: Mapping[str, JsonValue] | None = None,
        production_id: str | None = None,
        on_progress: ProgressListener = ignore_progress,
    ) -> Production:
        """Make a video of the brief there, fetch its package and return its record.

        Whether the brief can be made is checked there, before anything is stored but the brief and its
        pictures, which travel as artifacts.
        """
        production_id = production_id or new_production_id(self._clock, self._rng)
        brief = keep_own(brief, self._artifacts)
        artifact = self._artifacts.put_bytes(brief.model_dump_json().encode(), "application/json")
        asked: dict[str, Any] = {"production_id": production_id, "brief": artifact.model_dump()}
        if seed is not None:
            asked["seed"] = seed
        if overrides := laid_over(self._overrides, settings or {}):
            asked["overrides"] = overrides
        self._executions.start(production_id, asked)
        return self._follow(production_id, production_id, on_progress)

    def translate(
        self,
        original: str,
        language: str,
        *,
        script: Script | None = None,
        settings: Mapping[str, JsonValue] | None = None,
        production_id: str | None = None,
        on_progress: ProgressListener = ignore_progress,
    ) -> Production:
        """Have the video of a finished production made again in another language, and fetch its package.

        The environment reads the original where it is; only its id travels, and a script that was brought.
        """
        production_id = production_id or new_production_id(self._clock, self._rng)
        told: dict[str, Any] = {"original": check_production_id(original), "language": language}
        if script is not None:
            kept = self._artifacts.put_bytes(script.model_dump_json().encode(), "application/json")
            told["script"] = kept.model_dump()
        asked: dict[str, Any] = {"production_id": production_id, "translate": told}
        if overrides := laid_over(self._overrides, settings or {}):
            asked["overrides"] = overrides
        self._executions.start(production_id, asked)
        return self._follow(production_id, production_id, on_progress)

    def check_brief(self, brief: Brief, settings: Mapping[str, JsonValue] | None = None) -> None:
        """Leave it to the environment: it checks when a production begins, before anything is stored."""

    def resume(self, production_id: str, *, on_progress: ProgressListener = ignore_progress) -> Production:
        """Watch a production that runs, go on with a failed one, or fetch the package of a finished one."""
        production = self._store.load(check_production_id(production_id))
        number, status = self._executions.last(production_id)
        if status == RUNNING:
            return self._follow(production_id, execution_name(production_id, number), on_progress)
        if production.status == "completed":
            return self._fetched(production)
        name = execution_name(production_id, number + 1)
        self._executions.start(name, {"production_id": production_id})
        return self._follow(production_id, name, on_progress)

    def productions(self, limit: int | None = None) -> tuple[Production, ...]:
        """Return all productions of the environment, or so many of them, newest first."""
        return self._store.recent(limit)

    def production(self, production_id: str) -> Production:
        """Return one production; ProductionNotFound."""
        return self._store.load(production_id)

    def package_dir(self, production: Production) -> Path:
        """Return the folder of this machine that the package is, or would be, fetched to."""
        return self._out_dir / check_production_id(production.id)

    def close(self) -> None:
        """Nothing is held: what runs there goes on."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _follow(self, production_id: str, execution: str, on_progress: ProgressListener) -> Production:
        follower, silences = Follower(on_progress, self._clock), 0
        look = partial(self._look, production_id, execution, follower)
        while True:
            try:
                ended = look()
                silences = 0
            except StorageUnavailable:
                silences += 1
                if silences > _SILENCES:
                    raise
                ended = None
            if ended is not None:
                return self._end(production_id, ended)
            self._clock.sleep(_POLL_SECONDS)

    def _look(self, production_id: str, execution: str, follower: Follower) -> Mapping[str, Any] | None:
        """Tell what is new, and return the execution once it has ended.

        The execution is asked first: a record that is read after its end is the last one.
        """
        described = self._executions.describe(execution)
        if described is None:
            raise StorageUnavailable(f"Step Functions does not know the execution {execution}, or not yet.")
        with suppress(ProductionNotFound):
            follower.show(self._with_items(self._store.load(production_id)))
        return described if described["status"] != RUNNING else None

    def _with_items(self, production: Production) -> Production:
        """Return the record with the items of the open step counted: only results say how many are done."""
        steps = tuple(
            step.model_copy(
                update={"items_done": self._store.finished_items(production.id, step.name, step.input_hash)}
            )
            if step.status == "running" and step.input_hash
            else step
            for step in production.steps
        )
        return production.model_copy(update={"steps": steps})

    def _end(self, production_id: str, execution: Mapping[str, Any]) -> Production:
        try:
            production = self._store.load(production_id)
        except ProductionNotFound as error:
            raise _failure(execution) from error
        if production.status == "completed":
            return self._fetched(production)
        failure = _failure(execution)
        failure.context["production_id"] = production_id
        raise failure

    def _fetched(self, production: Production) -> Production:
        self._packages.fetch(production.id, self.package_dir(production))
        return production


def _failure(execution: Mapping[str, Any]) -> ReelwrightError:
    return rebuilt(failure_of(execution))


def _without_state_machine(deployment: Deployment) -> InvalidEnvironment:
    return InvalidEnvironment(
        f"The stack of {deployment.environment} does not say which state machine makes productions.",
        next_step=f"Deploy it again with: make deploy ENV={deployment.environment}",
        context={"environment": deployment.environment},
    )
