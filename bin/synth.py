"""What `cdk` runs, as cdk.json says: finds .venv, checks the CLI that called, and starts infra.app.

Standard library only, for it starts in whatever Python the caller has.
"""

import importlib.metadata
import importlib.util
import os
import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SCHEMA_PACKAGE = "aws-cdk.cloud-assembly-schema"


def main() -> None:
    """Synthesise, or say in one line why that cannot be."""
    if Path(sys.prefix) != VENV:
        start_again_in_environment()
    if importlib.util.find_spec("aws_cdk") is None:
        sys.exit("error: the infra packages are not installed. Run: make setup")
    refuse_older_cli(os.environ.get("CDK_CLI_ASM_VERSION", ""), os.environ.get("CDK_CLI_VERSION", "unknown"))
    os.chdir(ROOT)
    sys.path[0] = str(ROOT)
    runpy.run_module("infra.app", run_name="__main__", alter_sys=True)


def start_again_in_environment() -> None:
    """Become the same program on .venv's Python."""
    if not PYTHON.exists():
        sys.exit("error: nothing is installed yet. Run: make setup")
    os.execv(PYTHON, [str(PYTHON), __file__, *sys.argv[1:]])


def refuse_older_cli(readable: str, version: str) -> None:
    """Stop if the CLI reads only assemblies older than those that aws-cdk-lib writes.

    The CLI tells the newest assembly version it reads in CDK_CLI_ASM_VERSION; without it nobody will.
    """
    written = importlib.metadata.version(SCHEMA_PACKAGE)
    if readable and major(readable) < major(written):
        sys.exit(
            f"error: CDK CLI {version} reads assemblies up to version {readable}, and ours are {written}. "
            "Use the pinned one: make synth ENV=…, make deploy ENV=…, or .venv/bin/cdk"
        )


def major(version: str) -> int:
    """Return the part of a version that says what can be read."""
    return int(version.partition(".")[0])


if __name__ == "__main__":
    main()
