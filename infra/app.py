"""The CDK app of one environment, started by bin/synth.py as `python -m infra.app`."""

import re
import sys
from pathlib import Path

from aws_cdk import App

from infra.bundling.packages import BundlingError
from infra.bundling.recipes import PYTHON
from infra.bundling.workshop import Workshop
from infra.guardrails.nag import add_rule_packs, idle_acknowledgements
from infra.stack import ReelwrightStack
from reelwright.environment.errors import InvalidEnvironment
from reelwright.environment.loader import ENVIRONMENT_NAMES, load_environment
from reelwright.environment.schema import EnvironmentSpec
from reelwright.errors import InvalidInput

__all__ = [
    "DEPLOYABLE",
    "build",
    "check_agent",
    "main",
    "requested_bundling",
    "requested_environment",
    "requested_python",
]

DEPLOYABLE = tuple(name for name in ENVIRONMENT_NAMES if name != "local")
"""The environments that have a stack; local is one machine."""


def main() -> int:
    """Synthesise the environment that the context names. Return the exit code."""
    app = App()
    try:
        environment = requested_environment(app.node.try_get_context("env"))
        python = requested_python(app.node.try_get_context("python"))
        bundling = requested_bundling(app.node.try_get_context("bundling"))
        build(app, environment, python=python, make_bundles=bundling)
    except (InvalidInput, BundlingError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, InvalidInput) else 1
    return _write(app)


def requested_environment(name: object) -> EnvironmentSpec:
    """Return the environment to deploy; raise InvalidEnvironment when none is named or it has no stack."""
    choices = f"Choose one with --context env=NAME, of {', '.join(DEPLOYABLE)}."
    if not isinstance(name, str) or not name:
        raise InvalidEnvironment("No environment is named, and a deploy has no default.", next_step=choices)
    environment = load_environment(name)
    if name not in DEPLOYABLE:
        raise InvalidEnvironment(f"The environment {name!r} has no stack.", next_step=choices)
    check_agent(environment)
    return environment


def check_agent(environment: EnvironmentSpec) -> None:
    """Raise InvalidEnvironment for flags that are to be read from an agent which is not there."""
    if environment.settings.flags.source == "agent" and not environment.deploy.appconfig_agent_layer_arn:
        raise InvalidEnvironment(
            f'environments/{environment.name}.toml: settings.flags.source is "agent", and there is no agent.',
            next_step="Name its layer as deploy.appconfig_agent_layer_arn, or leave source out.",
            context={"environment": environment.name},
        )


def requested_python(version: object) -> str:
    """Return the Python that zips are made for: Lambda's, or that of an emulator that runs them itself."""
    if version is None:
        return PYTHON
    if not isinstance(version, str) or not re.fullmatch(r"3\.\d\d", version):
        raise InvalidInput(
            f"{version!r} is not a version of Python.", next_step="Write it as --context python=3.13."
        )
    return version


def requested_bundling(choice: object) -> bool:
    """Tell whether zips are to be made; a template is the same without them, but cannot be deployed."""
    if choice not in (None, "on", "off"):
        raise InvalidInput(f"bundling is on or off, not {choice!r}.", next_step="Leave it out to deploy.")
    return choice != "off"


def build(
    app: App, environment: EnvironmentSpec, *, python: str = PYTHON, make_bundles: bool = False
) -> ReelwrightStack:
    """Put the environment's stack and the rules that it must pass into the app. Raises BundlingError."""
    workshop = Workshop(python=python)
    if make_bundles:
        workshop.make_everything()
    stack = ReelwrightStack(app, environment=environment, workshop=workshop, make_bundles=make_bundles)
    add_rule_packs(app)
    return stack


def _write(app: App) -> int:
    assembly = Path(app.synth().directory)
    idle = idle_acknowledgements(assembly)
    for line in idle:
        print(f"error: an acknowledgement silences no finding; correct or remove it: {line}", file=sys.stderr)
    return 1 if idle else 0


if __name__ == "__main__":
    sys.exit(main())
