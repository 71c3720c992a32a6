"""What importing the command line and each function costs, beside the interpreter and what others load.

``python -m tests.bench.imports [--rounds 9] [--peers .venv-bench/bin/python]``: each in fresh processes, in
turn; medians of wall and of processor time, of rounds that find the bytecode that one before them left. A
function loads adapters with the first call that goes to them: ``run_step + …`` is the handler with what a
service's calls may load, a client of AWS included where one is needed. With ``--peers`` LiteLLM is imported
too, from an environment of its own.
"""

import argparse
import statistics
import sys
from pathlib import Path

from tests.bench.measure import Cost, measure

SERVICES = Path(__file__).resolve().parents[2] / "services"
NOTHING = "nothing (the interpreter)"
CLIENT = (
    "from reelwright.models.providers.bedrock_calls import boto_client; boto_client('{}', 'eu-central-1', '')"
)

ADAPTERS = {
    "anthropic": "import reelwright.models.providers.anthropic",
    "openai": "import reelwright.models.providers.openai",
    "bedrock": f"import reelwright.models.providers.bedrock\n{CLIENT.format('bedrock-runtime')}",
    "polly": f"import reelwright.models.providers.polly\n{CLIENT.format('polly')}",
    "elevenlabs": "import reelwright.models.providers.elevenlabs",
    "runway": "import reelwright.models.providers.runway",
    "luma": "import reelwright.models.providers.luma",
}
"""What the first call to a vendor loads."""
OF_SERVICE = {
    "content": ("anthropic", "openai", "bedrock"),
    "audio": ("polly", "elevenlabs"),
    "video": ("runway", "luma", "bedrock"),
}

STEP = "import services.run_step.handler\n"
MODULES = {
    NOTHING: "pass",
    "reelwright": "import reelwright",
    "reelwright.cli.main": "import reelwright.cli.main",
    "reelwright.pipeline.declaration": "import reelwright.pipeline.declaration",
    "reelwright.pipeline.studio": "import reelwright.pipeline.studio",
    "reelwright.pipeline.workbench (all engines)": "import reelwright.pipeline.workbench",
    "click": "import click",
    "pydantic": "import pydantic",
    "numpy": "import numpy",
    "anthropic (its SDK)": "import anthropic",
    "openai (its SDK)": "import openai",
    "boto3 with four clients": (
        "import boto3\n"
        "for it in ('s3', 'dynamodb', 'ssm', 'secretsmanager'): boto3.client(it, region_name='eu-west-1')"
    ),
    **{
        f"services.{file.parent.name} (handler)": f"import services.{file.parent.name}.handler"
        for file in sorted(SERVICES.glob("*/handler.py"))
    },
    **{f"run_step + {vendor}": STEP + code for vendor, code in ADAPTERS.items()},
    **{
        f"run_step + all of {service}": STEP + "\n".join(ADAPTERS[vendor] for vendor in vendors)
        for service, vendors in OF_SERVICE.items()
    },
}
THEIRS = {"litellm": "import os; os.environ['LITELLM_LOCAL_MODEL_COST_MAP'] = 'True'; import litellm"}


def main() -> None:
    options = _options()
    commands = {name: [sys.executable, "-c", code] for name, code in MODULES.items()}
    if options.peers:
        commands |= {name: [options.peers, "-c", code] for name, code in THEIRS.items()}
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(1 + options.rounds):
        for name, command in commands.items():
            costs[name].append(measure(command)[0])
    costs = {name: taken[1:] for name, taken in costs.items()}
    walls = {name: statistics.median(each.wall_seconds for each in taken) for name, taken in costs.items()}
    print(f"{'import':46}{'ms':>8}{'over the interpreter':>24}{'processor ms':>16}")
    for name, wall in walls.items():
        over, cpu = wall - walls[NOTHING], statistics.median(each.cpu_seconds for each in costs[name])
        print(f"{name:46}{wall * 1000:>8.0f}{over * 1000:>24.0f}{cpu * 1000:>16.0f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--peers", metavar="PYTHON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
