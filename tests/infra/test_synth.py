"""Synth from outside: the program that the CDK CLI starts, and the CLI itself without a network."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.infra.conftest import Assembly, masked

ROOT = Path(__file__).resolve().parents[2]
SYNTH = ROOT / "bin" / "synth.py"
CDK = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
CARELESS = """
from aws_cdk import App, aws_s3
from infra.app import build
from reelwright.environment.loader import load_environment

app = App()
aws_s3.Bucket(build(app, load_environment("dev")), "Careless")
app.synth()
"""
NO_WAY_OUT = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}


def run(command: Sequence[str], **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    return subprocess.run(
        command, env=kept | environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
    )


def synth(**environment: str) -> subprocess.CompletedProcess[str]:
    """Run what cdk.json names, on a Python that knows nothing of ours."""
    return run([getattr(sys, "_base_executable", sys.executable), "-S", str(SYNTH)], **environment)


def without_network() -> list[str]:
    """The command that takes the network away from another, where this machine lets us."""
    for option in ("-n", "-rn"):
        command = ["unshare", option]
        if shutil.which("unshare") and not run([*command, "true"]).returncode:
            return command
    return []


def test_cdk_json_starts_what_is_tested_here() -> None:
    settings = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))
    assert settings["app"] == "python3 bin/synth.py"
    assert settings["versionReporting"] is False


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_the_pinned_cli_synthesises_without_a_network(
    name: str, tmp_path: Path, assemblies: dict[str, Assembly]
) -> None:
    node = os.environ["JSII_NODE"]
    options = ["--quiet", "--no-notices", "--no-path-metadata", "--output", str(tmp_path)]
    contexts = ["--context", f"env={name}", "--context", "bundling=off"]
    command = [node, str(CDK), "synth", *options, *contexts]
    done = run([*without_network(), *command], **NO_WAY_OUT)
    assert done.returncode == 0, done.stderr
    written = json.loads((tmp_path / f"Reelwright-{name}.template.json").read_text(encoding="utf-8"))
    assert masked(written) == masked(assemblies[name].template)


def test_a_violation_fails_the_cli_too(tmp_path: Path) -> None:
    careless = tmp_path / "careless.py"
    careless.write_text(CARELESS, encoding="utf-8")
    options = ["--quiet", "--no-notices", "--output", str(tmp_path / "cdk.out")]
    app = f"{shlex.quote(sys.executable)} {shlex.quote(str(careless))}"
    done = run([os.environ["JSII_NODE"], str(CDK), "synth", *options, "--app", app], PYTHONPATH=str(ROOT))
    assert done.returncode != 0
    assert "AwsSolutions-S10" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({}, "No environment is named"),
        ({"env": ""}, "No environment is named"),
        ({"env": ["dev"]}, "No environment is named"),
        ({"env": "dve"}, "Did you mean 'dev'?"),
        ({"env": "local"}, "'local' has no stack"),
        ({"env": "../dev"}, "There is no environment '../dev'"),
        ({"env": "dev", "python": "3"}, "'3' is not a version of Python"),
        ({"env": "dev", "python": "../3.13"}, "'../3.13' is not a version of Python"),
        ({"env": "dev", "bundling": "no"}, "bundling is on or off, not 'no'"),
    ],
)
def test_what_cannot_be_synthesised_is_one_line(context: object, said: str) -> None:
    done = synth(CDK_CONTEXT_JSON=json.dumps(context))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("error: ")
    assert said in done.stderr


def test_a_cli_that_cannot_read_our_assemblies_is_refused() -> None:
    done = synth(CDK_CLI_VERSION="3.0.0", CDK_CLI_ASM_VERSION="43.0.0", CDK_CONTEXT_JSON='{"env": "dev"}')
    assert done.returncode == 1
    assert done.stderr.startswith("error: CDK CLI 3.0.0 reads assemblies up to version 43.0.0, and ours are ")
    assert "make synth" in done.stderr


def test_a_checkout_without_an_installation_names_the_verb_that_makes_one(tmp_path: Path) -> None:
    bare = tmp_path / "bin" / "synth.py"
    bare.parent.mkdir()
    shutil.copy(SYNTH, bare)
    done = run([sys.executable, str(bare)])
    assert (done.returncode, done.stderr) == (1, "error: nothing is installed yet. Run: make setup\n")
