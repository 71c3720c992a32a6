"""Every function of the stack as data: what it is for, what it runs in, how large it is."""

from dataclasses import dataclass

from reelwright.pipeline.declaration import PIPELINE, Step

__all__ = ["FUNCTIONS", "STEP_FUNCTIONS", "FunctionSpec", "camel"]

_SMALL_MB = 512
"""Enough for control: 0.3 of a processor, and Python with pydantic and boto3 takes 120 MB."""
_PUBLISHING_MB = 1024
"""For a platform that takes the whole video in one request: 300 MB at Instagram."""
_LARGE_MB = 3008
"""For engines: nearly two processors, and the most that a new account may ask for."""
_MEDIA_STORAGE_MB = 4096
"""For 20 minutes at 1080p: clips and cut of 600 MB each, and the mix before it is encoded, 460 MB."""

_STEP_BUNDLES = {"narrate": "speech", "shoot": "render", "assemble": "render", "review": "render"}
_FETCHES_MEDIA = {*_STEP_BUNDLES, "publish"}


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """One function: ``services/<folder>/handler.py``, in the zip called ``bundle``."""

    name: str
    folder: str
    bundle: str
    purpose: str
    timeout_seconds: int
    memory_mb: int = _SMALL_MB
    storage_mb: int = 512
    asynchronous: bool = False
    """Called by events, by nobody who waits: what it cannot do ends in the queue of dead letters."""

    @property
    def handler(self) -> str:
        """The handler as Lambda names it."""
        return f"services.{self.folder}.handler.handler"

    @property
    def slug(self) -> str:
        """The name as AWS shows it."""
        return "".join(f"-{it.lower()}" if it.isupper() else it for it in self.name).removeprefix("-")


def camel(name: str) -> str:
    """Return ``write_script`` as ``WriteScript``."""
    return name.title().replace("_", "")


def _step_function(step: Step) -> FunctionSpec:
    bundle = _STEP_BUNDLES.get(step.name, "core")
    engine = bundle != "core"
    return FunctionSpec(
        name=camel(step.name),
        folder="run_step",
        bundle=bundle,
        purpose=f"Runs the step {step.name} of a production.",
        timeout_seconds=step.timeout_seconds,
        memory_mb=_LARGE_MB if engine else _PUBLISHING_MB if step.name == "publish" else _SMALL_MB,
        storage_mb=_MEDIA_STORAGE_MB if step.name in _FETCHES_MEDIA else 512,
    )


STEP_FUNCTIONS = {step.name: _step_function(step) for step in PIPELINE}
"""By the name of the step."""

FUNCTIONS = {
    spec.name: spec
    for spec in (
        FunctionSpec(
            "BeginProduction", "begin_production", "core", "Starts a production, and pins its settings.", 60
        ),
        FunctionSpec("OpenStep", "open_step", "core", "Tells which items of a step are still to be run.", 60),
        *STEP_FUNCTIONS.values(),
        FunctionSpec(
            "FinishProduction",
            "finish_production",
            "render",
            "Writes the package of a finished production.",
            300,
            memory_mb=_LARGE_MB,
            storage_mb=_MEDIA_STORAGE_MB,
        ),
        FunctionSpec("FailProduction", "fail_production", "core", "Writes down why a production failed.", 60),
        FunctionSpec(
            "AdvanceBatchItem",
            "advance_batch_item",
            "core",
            "Tells what is to be done about an item of a batch, and notes what became of it.",
            60,
        ),
        FunctionSpec(
            "FinishBatch",
            "finish_batch",
            "core",
            "Writes the report of a batch.",
            300,
            memory_mb=1024,  # ten thousand rows and what became of each
        ),
        FunctionSpec(
            "CheckConfiguration",
            "check_configuration",
            "core",
            "Refuses configuration that breaks its schema before anybody gets it.",
            15,  # AppConfig waits no longer for a validator
            memory_mb=1024,
        ),
        FunctionSpec(
            "MergeDefinitions",
            "merge_definitions",
            "core",
            "Brings new definitions of flags and settings into the live documents.",
            300,
        ),
        FunctionSpec(
            "SyncFlags",
            "sync_flags",
            "core",
            "Keeps the flag documents that AppConfig is deploying, and how far it got.",
            60,
            asynchronous=True,
        ),
        FunctionSpec(
            "AuditChange",
            "audit_change",
            "core",
            "Writes every change of configuration and secrets into the audit trail.",
            60,
            asynchronous=True,
        ),
        FunctionSpec(
            "CheckSecrets",
            "check_secrets",
            "core",
            "Looks at all secrets every day, before somebody has to.",
            60,
            asynchronous=True,
        ),
        FunctionSpec(
            "CheckModelHealth",
            "check_model_health",
            "core",
            "Asks all providers how they are, and looks which models and prices end soon.",
            300,  # seven providers at 20 s each, when none of them answers
            asynchronous=True,
        ),
        FunctionSpec(
            "CheckSpending",
            "check_spending",
            "core",
            "Gives back money that nobody came back for, and measures what is spent.",
            120,
            asynchronous=True,
        ),
        FunctionSpec(
            "CollectOutcomes",
            "collect_outcomes",
            "core",
            "Reads back what became of publications: views, likes, watch time, comments, shares.",
            300,
            asynchronous=True,
        ),
        FunctionSpec(
            "RotateSecret",
            "rotate_secret",
            "core",
            "Renews the keys that we make ourselves, in four steps.",
            60,
            asynchronous=True,
        ),
    )
}
"""By name."""
