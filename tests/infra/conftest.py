"""Every environment's assembly, synthesised once: the first synth of a process takes seconds."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App

from infra.app import DEPLOYABLE, build
from infra.functions import FUNCTIONS
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import EnvironmentSpec

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]

Json = dict[str, Any]


class Assembly:
    """What a synth wrote."""

    def __init__(self, folder: Path, environment: EnvironmentSpec) -> None:
        self.folder = folder
        self.environment = environment
        self.stack = f"Reelwright-{environment.name}"
        self.template = self.read(f"{self.stack}.template.json")
        self.resources: dict[str, Json] = self.template["Resources"]
        self.artifact: Json = self.read("manifest.json")["artifacts"][self.stack]

    def read(self, name: str) -> Json:
        read: Json = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return read

    def of_type(self, kind: str) -> dict[str, Json]:
        """The properties of every resource of a type, by logical id."""
        return {name: it["Properties"] for name, it in self.resources.items() if it["Type"] == kind}

    def only(self, kind: str) -> Json:
        (properties,) = self.of_type(kind).values()
        return properties

    def machine(self, makes: str) -> str:
        """The logical id of the state machine that makes these."""
        named = f"reelwright-{self.environment.name}-{makes}"
        machines = self.of_type("AWS::StepFunctions::StateMachine")
        return next(name for name, it in machines.items() if it["StateMachineName"] == named)

    def function(self, name: str) -> Json:
        """The properties of a function of ours, by the name that infra.functions gives it."""
        named = f"reelwright-{self.environment.name}-{FUNCTIONS[name].slug}"
        functions = self.of_type("AWS::Lambda::Function").values()
        (found,) = (function for function in functions if function["FunctionName"] == named)
        return found

    def role_of(self, name: str) -> Json:
        """The properties of a function's role."""
        (holder, _) = self.function(name)["Role"]["Fn::GetAtt"]
        properties: Json = self.resources[holder]["Properties"]
        return properties

    def may(self, name: str) -> dict[str, Json]:
        """The statements of a function's role, by what they are for."""
        (policy,) = self.role_of(name)["Policies"]
        return {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}


def masked(template: Json) -> Json:
    """A template without the hashes of code, which may be edited between two synths."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "<hash>", json.dumps(template))
    changed: Json = json.loads(text)
    return changed


def listed(value: Any) -> list[Any]:
    """What CloudFormation writes as one thing or as a list of them."""
    return value if isinstance(value, list) else [value]


@pytest.fixture(scope="session")
def new_app(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], App]:
    """A maker of apps with the feature flags of cdk.json, each with a folder of its own."""
    return lambda: App(context=CONTEXT, outdir=str(tmp_path_factory.mktemp("cdk.out")))


@pytest.fixture(scope="session")
def synthesise(new_app: Callable[[], App]) -> Callable[[EnvironmentSpec], Assembly]:
    def synthesise(environment: EnvironmentSpec) -> Assembly:
        app = new_app()
        build(app, environment)
        return Assembly(Path(app.synth().directory), environment)

    return synthesise


@pytest.fixture(scope="session")
def assemblies(synthesise: Callable[[EnvironmentSpec], Assembly]) -> dict[str, Assembly]:
    return {name: synthesise(load_environment(name)) for name in DEPLOYABLE}


@pytest.fixture(params=DEPLOYABLE)
def assembly(request: pytest.FixtureRequest, assemblies: dict[str, Assembly]) -> Assembly:
    """Each environment in turn."""
    return assemblies[request.param]
