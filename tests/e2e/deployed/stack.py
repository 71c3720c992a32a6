"""The deployed environment as its users see it: an operator at the console, a caller with a brief."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from random import SystemRandom
from typing import Any

from reelwright.clock import SystemClock
from reelwright.cost.aws import DynamoCharges
from reelwright.cost.ledger import CostLedger
from reelwright.environment.deployment import Deployment
from reelwright.environment.schema import Settings
from reelwright.ids import new_production_id
from reelwright.pipeline.aws import DynamoProductions
from reelwright.storage.aws import S3Artifacts
from tests.e2e.deployed.console import Console
from tests.e2e.deployed.watching import Watch
from tests.emulator.cdk import Cdk
from tests.emulator.emulator import Emulator
from tests.emulator.waiting import until

PRODUCTION_SECONDS = 480
VENDORS = ("anthropic", "bedrock", "elevenlabs", "luma", "openai", "polly", "runway")
"""Some need no key, and tests here set keys of others: nobody is to be asked for real."""
BUCKET = "AWS::S3::Bucket"
RULE = "AWS::Events::Rule"
BRIEF = {
    "topic": "Why the sea rises twice a day",
    "notes": "The Moon pulls the water nearest to it more than it pulls the Earth, so a bulge forms there. "
    "On the far side the water is pulled less, so a second bulge stays behind. "
    "The Earth turns through both bulges every 24 hours and 50 minutes.",
    "duration_seconds": 12,
    "aspect": "16:9",
}
SMALL = {"video": {"resolution": "480p"}}
"""Overrides that make a production cheap; what is tested does not depend on the number of pixels."""


class ProductionFailedError(Exception):
    """An execution of the state machine, or a call of a function, ended badly; the message says how."""


@dataclass
class Stack:
    """What was deployed, and how long each phase took."""

    emulator: Emulator
    cdk: Cdk
    outputs: dict[str, str]
    seconds: dict[str, float] = field(default_factory=dict)
    """By phase."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What else the summary tells."""

    @property
    def names(self) -> Deployment:
        """The names that the stack gave its parts."""
        return Deployment.from_outputs(self.cdk.environment, self.outputs)

    @cached_property
    def runtime(self) -> Console:
        """The operator's page for settings."""
        return self._console("runtime", "settings")

    @cached_property
    def flags(self) -> Console:
        """The operator's page for feature flags."""
        return self._console("flags", "flags")

    @cached_property
    def switches(self) -> Console:
        """The operator's page for kill switches."""
        return self._console("kill-switches", "kill-switches")

    def _console(self, lane: str, profile: str) -> Console:
        application = self.names.configuration_application
        prefix = f"reelwright-{self.cdk.environment}"
        return Console(self.client("appconfig"), application, lane, profile, strategies=prefix)

    def client(self, service: str) -> Any:
        """Return a boto3 client of the operator, who may do anything."""
        return self.emulator.client(service)

    def switch_off(self, *providers: str) -> None:
        """Have no production ask these providers, as an operator does with a parameter."""
        for provider in providers:
            name = f"{self.names.parameters_path}providers/{provider}/enabled"
            self.client("ssm").put_parameter(Name=name, Value="false", Type="String")

    def start(self, **more: Any) -> str:
        """Start a production of the brief; return the ARN of its execution, whose name is the id."""
        name = new_production_id(SystemClock(), SystemRandom())
        started = self.client("stepfunctions").start_execution(
            stateMachineArn=self.names.state_machine,
            name=name,
            input=json.dumps({"production_id": name, "brief": BRIEF, "seed": 7, "overrides": SMALL} | more),
        )
        return str(started["executionArn"])

    def begin(self) -> str:
        """Begin a production and run nothing of it; return its id. Raise ProductionFailedError."""
        name = new_production_id(SystemClock(), SystemRandom())
        self.ask("begin-production", execution=name, input={"production_id": name, "brief": BRIEF})
        return name

    def pinned(self) -> Settings:
        """Begin a production and return the settings that it pinned: what readers see now."""
        return self.productions.pinned(self.begin()).settings

    def ask(self, slug: str, **event: Any) -> Any:
        """Call a function as the state machine does; return its answer, or raise ProductionFailedError."""
        name = f"reelwright-{self.cdk.environment}-{slug}"
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
        told = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise ProductionFailedError(f"{told['errorType']}: {told['errorMessage']}")
        return told

    def resume(self, production_id: str, attempt: int = 1) -> str:
        """Start an execution that goes on with a production; return its ARN."""
        started = self.client("stepfunctions").start_execution(
            stateMachineArn=self.names.state_machine,
            name=f"{production_id}-r{attempt}",
            input=json.dumps({"production_id": production_id}),
        )
        return str(started["executionArn"])

    def make(self, **more: Any) -> str:
        """Make a production to its end; return its id. Raise ProductionFailedError."""
        return self.finished(self.start(**more))

    def finished(self, execution: str) -> str:
        """Wait for an execution to end well; return the production's id. Raise ProductionFailedError."""
        states = self.client("stepfunctions")

        def ended() -> Any:
            self.emulator.check()
            told = states.describe_execution(executionArn=execution)
            return told if told["status"] != "RUNNING" else None

        told = until(ended, f"{execution} ended", seconds=PRODUCTION_SECONDS, pause=0.25)
        if told["status"] != "SUCCEEDED":
            raise ProductionFailedError(f"{told['status']}: {told.get('error')}: {told.get('cause')}")
        return str(json.loads(told["output"])["production_id"])

    def execution_of(self, production_id: str) -> str:
        """Return the ARN of the execution that made a production."""
        return f"{self.names.state_machine.replace(':stateMachine:', ':execution:')}:{production_id}"

    def package(self, production_id: str) -> dict[str, int]:
        """Return the files of a production's package and their sizes."""
        prefix = f"packages/{production_id}/"
        listed = self.client("s3").list_objects_v2(Bucket=self.names.artifacts_bucket, Prefix=prefix)
        return {item["Key"].removeprefix(prefix): item["Size"] for item in listed.get("Contents", [])}

    def fetch(self, production_id: str, name: str) -> bytes:
        """Return a file of a production's package."""
        key = f"packages/{production_id}/{name}"
        got = self.client("s3").get_object(Bucket=self.names.artifacts_bucket, Key=key)
        return bytes(got["Body"].read())

    def record(self, production_id: str) -> dict[str, Any]:
        """Return the account of a production."""
        account: dict[str, Any] = json.loads(self.fetch(production_id, "production.json"))
        return account

    @cached_property
    def productions(self) -> DynamoProductions:
        """The records of productions."""
        files = S3Artifacts(self.client("s3"), self.names.artifacts_bucket, self.emulator.folder / "scratch")
        return DynamoProductions(
            self.client("dynamodb"),
            self.names.productions_table,
            files,
            clock=SystemClock(),
            rng=SystemRandom(),
        )

    @cached_property
    def ledger(self) -> CostLedger:
        """The money of the environment."""
        clock, rng = SystemClock(), SystemRandom()
        table = self.names.ledger_table
        return CostLedger(DynamoCharges(self.client("dynamodb"), table, clock=clock, rng=rng), clock=clock)

    def call(self, slug: str) -> Any:
        """Call a function as its schedule does, and return what it answers."""
        return self.ask(slug)

    @cached_property
    def watch(self) -> Watch:
        """What can be seen from outside."""
        return Watch(self.emulator, self.names)

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Note how long something takes."""
        start = time.monotonic()
        yield
        self.seconds[phase] = round(time.monotonic() - start, 1)

    def put_back(self, settings: dict[str, Any]) -> None:
        """Deploy runtime settings of before, and return once productions pin them."""
        self.runtime.deploy(settings)
        self.runtime.settled()
        self.restart("begin-production")

    def restart(self, slug: str) -> None:
        """Have a function's next call run in a new process, as after a quiet hour."""
        name = f"reelwright-{self.cdk.environment}-{slug}"
        functions = self.client("lambda")
        told = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        more = {"RESTARTS": str(int(told.get("RESTARTS", "0")) + 1)}
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": told | more})

    @contextmanager
    def without_rule(self, beginning: str) -> Iterator[None]:
        """Have a rule of the stack call nobody for a while; its logical id begins with this."""
        (rule,) = (
            item["PhysicalResourceId"]
            for item in self.resources()
            if item["ResourceType"] == RULE and item["LogicalResourceId"].startswith(beginning)
        )
        events = self.client("events")
        events.disable_rule(Name=rule)
        try:
            yield
        finally:
            events.enable_rule(Name=rule)

    def resources(self) -> list[dict[str, Any]]:
        """Return what CloudFormation has made."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        found = pages.paginate(StackName=self.cdk.stack).build_full_result()
        return list(found["StackResourceSummaries"])

    def empty_buckets(self) -> None:
        """Delete every version of everything in the stack's buckets, as an operator must before a destroy."""
        s3 = self.client("s3")
        for bucket in [
            item["PhysicalResourceId"] for item in self.resources() if item["ResourceType"] == BUCKET
        ]:
            pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
            for page in pages:
                for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                    s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])

    def summary(self) -> dict[str, Any]:
        """Return what was measured, by name."""
        return {f"{phase} (s)": seconds for phase, seconds in self.seconds.items()} | self.facts
