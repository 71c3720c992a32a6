"""The CDK app of one environment, started by bin/synth.py as `python -m infra.app`."""

import sys
from pathlib import Path

from aws_cdk import App

from infra.bundling.recipes import PYTHON
from infra.bundling.workshop import Workshop
from infra.guardrails.nag import add_rule_packs, idle_acknowledgements
from infra.stack import ReelwrightStack
from reelwright.environment.errors import InvalidEnvironment
from reelwright.environment.loader import ENVIRONMENT_NAMES, load_environment
from reelwright.environment.schema import EnvironmentSpec

__all__ = ["DEPLOYABLE", "build", "main", "requested_environment"]

DEPLOYABLE = tuple(name for name in ENVIRONMENT_NAMES if name != "local")
"""The environments that have a stack; local is one machine."""


def main() -> int:
    """Synthesise the environment that the context names. Return the exit code."""
    app = App()
    try:
        environment = requested_environment(app.node.try_get_context("env"))
    except InvalidEnvironment as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    build(app, environment, make_bundles=app.node.try_get_context("bundling") != "off")
    assembly = Path(app.synth().directory)
    idle = idle_acknowledgements(assembly)
    for line in idle:
        print(f"error: an acknowledgement silences no finding; correct or remove it: {line}", file=sys.stderr)
    return 1 if idle else 0


def requested_environment(name: object) -> EnvironmentSpec:
    """Return the environment to deploy; raise InvalidEnvironment when none is named or it has no stack."""
    choices = f"Choose one with --context env=NAME, of {', '.join(DEPLOYABLE)}."
    if not isinstance(name, str) or not name:
        raise InvalidEnvironment("No environment is named, and a deploy has no default.", next_step=choices)
    environment = load_environment(name)
    if name not in DEPLOYABLE:
        raise InvalidEnvironment(f"The environment {name!r} has no stack.", next_step=choices)
    return environment


def build(app: App, environment: EnvironmentSpec, *, make_bundles: bool = False) -> ReelwrightStack:
    """Put the environment's stack and the rules that it must pass into the app.

    Context ``python`` names another Python than Lambda's for the code in the zips: that of an emulator.
    """
    workshop = Workshop(python=app.node.try_get_context("python") or PYTHON)
    stack = ReelwrightStack(app, environment=environment, workshop=workshop, make_bundles=make_bundles)
    add_rule_packs(app)
    return stack


if __name__ == "__main__":
    sys.exit(main())
