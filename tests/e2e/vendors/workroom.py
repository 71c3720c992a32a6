"""A studio of one machine in this process, by a clock that only moves when somebody waits.

Its productions end when their scenes are shot: what is bought is bought by then.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reelwright.clock import Clock
from reelwright.config.manager import ConfigurationManager
from reelwright.cost.ledger import CostLedger
from reelwright.environment.schema import EnvironmentName
from reelwright.models.local import SqliteAnswers
from reelwright.pipeline.declaration import PIPELINE
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.studio import Studio
from reelwright.pipeline.workbench import local_parts
from reelwright.production.schema import Brief, Production
from reelwright.secrets.local import local_secrets
from tests.simulators.house import House

__all__ = ["bought_text", "brief_about", "studio_at"]

_BOUGHT = PIPELINE[:3]


@contextmanager
def studio_at(
    root: Path, house: House, clock: Clock, *, environment: EnvironmentName = "dev", **settings: object
) -> Iterator[Studio]:
    """Yield a studio with nothing in memory, that finds what others left under ``root``."""
    if not (root / "secrets.env").exists():
        house.write_secrets(root / "secrets.env")
    tiers = {f"MODELS__{service}__TIER": "standard" for service in ("CONTENT", "AUDIO", "VIDEO")}
    configuration = ConfigurationManager.for_environment(
        environment,
        root=root,
        secrets=local_secrets(root / "secrets.env", {}),
        variables=house.variables(**(tiers | {"VIDEO__RESOLUTION": "480p"} | settings)),
    )
    parts = _timed(local_parts(root, 2, environment), root, clock)
    with Studio(environment, configuration.refresh, parts, out_dir=root / "out") as studio:
        yield studio


def brief_about(topic: str) -> Brief:
    """Return a short brief."""
    notes = (
        "Honey keeps because it holds little water. Bees dry the nectar with their wings. It is sour, too."
    )
    return Brief(topic=topic, notes=notes, duration_seconds=10)


def bought_text(production: Production) -> str:
    """Return all reasons of a production's choices, to look for words in."""
    return "\n".join(decision.reason for step in production.steps for decision in step.decisions)


def _timed(parts: Parts, root: Path, clock: Clock) -> Parts:
    models = replace(
        parts.models,
        clock=clock,
        ledger=CostLedger.open(f"sqlite:///{root}/ledger.db", clock=clock),
        answers=SqliteAnswers(root / "answers.db", clock),
    )
    closeables = tuple(models if each is parts.models else each for each in parts.closeables)
    return replace(
        parts,
        clock=clock,
        models=models,
        steps=_BOUGHT,
        finish=lambda _production, _values: None,
        closeables=closeables,
    )
