"""What importing the command line costs, beside the interpreter itself and what it must not load.

``python -m tests.bench.imports [--rounds 9]``: each in fresh processes, in turn; medians of the wall time.
"""

import argparse
import statistics
import sys
from pathlib import Path

from tests.bench.measure import measure

SERVICES = Path(__file__).resolve().parents[2] / "services"

MODULES = {
    "nothing (the interpreter)": "pass",
    "reelwright": "import reelwright",
    "reelwright.cli.main": "import reelwright.cli.main",
    "reelwright.pipeline.declaration": "import reelwright.pipeline.declaration",
    "reelwright.pipeline.studio": "import reelwright.pipeline.studio",
    "reelwright.pipeline.workbench (all engines)": "import reelwright.pipeline.workbench",
    "click": "import click",
    "pydantic": "import pydantic",
    "numpy": "import numpy",
    "boto3 with four clients": (
        "import boto3\n"
        "for it in ('s3', 'dynamodb', 'ssm', 'secretsmanager'): boto3.client(it, region_name='eu-west-1')"
    ),
    **{
        f"services.{file.parent.name} (handler)": f"import services.{file.parent.name}.handler"
        for file in sorted(SERVICES.glob("*/handler.py"))
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_mutually_exclusive_group()
    parser.add_argument("--rounds", type=int, default=9)
    count = parser.parse_args().rounds
    walls: dict[str, list[float]] = {name: [] for name in MODULES}
    for _ in range(count):
        for name, code in MODULES.items():
            walls[name].append(measure([sys.executable, "-c", code])[0].wall_seconds)
    floor = statistics.median(walls["nothing (the interpreter)"])
    print(f"{'import':48}{'ms':>8}{'over the interpreter':>24}")
    for name, times in walls.items():
        middle = statistics.median(times)
        print(f"{name:48}{middle * 1000:>8.0f}{(middle - floor) * 1000:>24.0f}")


if __name__ == "__main__":
    main()
