"""What reading, explaining and refreshing a setting costs, beside four others that people use.

All in one run, in turn, so that a ratio holds on a machine whose speed drifts::

    python -m tests.bench.config_speed --peers .venv-bench/bin/python [--rounds 5] [--json]

The peers' interpreter is one with ``requirements/bench.lock``: ``python3 bin/setup.py bench`` makes it.
"""

import argparse
import json
import statistics
import subprocess
import timeit
import tracemalloc
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from reelwright.config.manager import ConfigurationManager
from reelwright.config.memory import ScriptedSource
from reelwright.config.schema import Layer
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings

HERE = Path(__file__).parent
PLAIN: dict[str, Any] = load_environment("dev").settings.model_dump(mode="json")
KEYS = {f"key{number}": number for number in range(200)}
OURS = {"read": "read: ours", "explain": "explain: ours", "reload": "reload: ours, validated and indexed"}
HELD_SNAPSHOTS = 100


class Big(Settings):
    """Settings and a table of 200 keys."""

    table: dict[str, int]


def main() -> None:
    options = _options()
    rounds: list[dict[str, float]] = []
    for _ in range(options.rounds):
        peers = subprocess.run(
            [options.peers, str(HERE / "peer_config.py")], capture_output=True, text=True, check=True
        )
        rounds.append(ours() | json.loads(peers.stdout))
    nanoseconds = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    small, big = memory({"x": 0}), memory(KEYS)
    results = {"nanoseconds": nanoseconds, "snapshot_bytes": small, "snapshot_bytes_with_200_keys": big}
    print(json.dumps(results) if options.json else table(results))


def world(table: dict[str, int]) -> tuple[ConfigurationManager, ScriptedSource]:
    """A manager with the house's settings below a document with a table of keys."""
    sources = [
        ScriptedSource(Layer.DEFAULTS, PLAIN, ttl_seconds=0),
        ScriptedSource(Layer.RUNTIME, {"video": {"fps": 30}, "table": table}, ttl_seconds=0),
    ]
    return ConfigurationManager("dev", sources, schema=Big), sources[1]


def ours() -> dict[str, float]:
    """Return nanoseconds of a read, an explanation and a refresh that finds all 200 keys changed."""
    manager, source = world(KEYS)
    manager.refresh()
    versions = count()

    def change() -> None:
        mark = next(versions)
        source.say({"video": {"fps": 30}, "table": {key: value + mark for key, value in KEYS.items()}})
        manager.refresh(force=True)

    return {
        OURS["read"]: nanoseconds(lambda: manager.get("video.fps")),
        OURS["explain"]: nanoseconds(lambda: manager.explain("video.fps")),
        OURS["reload"]: nanoseconds(change),
        "reload: ours, nothing changed": nanoseconds(lambda: manager.refresh(force=True)),
    }


def memory(keys: dict[str, int]) -> int:
    """Return the bytes that one more snapshot takes, each from a document of its own."""
    manager, source = world(keys)
    manager.refresh()
    held: list[object] = []
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for mark in range(HELD_SNAPSHOTS):
        source.say({"table": {key: value + 1000 * (mark + 1) for key, value in keys.items()}})
        held.append(manager.refresh(force=True))
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) // HELD_SNAPSHOTS


def nanoseconds(call: Callable[[], object]) -> float:
    """Return the best of seven rounds, each long enough to be measured; as the peers are."""
    timer = timeit.Timer(call)
    times = max(1, timer.autorange()[0] // 4)
    return min(timer.repeat(7, times)) / times * 1e9


def table(results: dict[str, Any]) -> str:
    lines = [f"{'':44}{'ns':>12}{'against ours':>14}"]
    for name, value in sorted(results["nanoseconds"].items(), key=lambda item: (_group(item[0]), item[1])):
        ratio = value / results["nanoseconds"][OURS[name.partition(":")[0]]]
        lines.append(f"{name:44}{value:>12,.0f}{ratio:>14.2f}")
    small, big = results["snapshot_bytes"], results["snapshot_bytes_with_200_keys"]
    lines.append(f"one more snapshot: {small / 1024:.1f} KB; with 200 more keys: {big / 1024:.1f} KB")
    return "\n".join(lines)


def _group(name: str) -> int:
    return list(OURS).index(name.partition(":")[0])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", required=True, metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
