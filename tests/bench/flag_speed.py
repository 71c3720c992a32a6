"""What evaluating a flag of three rules for a context of ten attributes costs, beside others.

All in one run, in turn, so that a ratio holds on a machine whose speed drifts; processor time, not wall::

    python -m tests.bench.flag_speed --peers .venv-bench/bin/python [--rounds 5] [--json]

The flag, and the thousand people who ask, stand in ``flag_scene``: a comparison of two attributes, then a
domain or a plan, then 30 % of the others by a hash of their id. All must give the first two answers to the
same people, and the third to about as many, or the run fails. Contexts are made beforehand. ``floor`` is the
same as three lines of Python. Medians of the medians of nine blocks in each round; ``slowest`` is the worst
block of all. Below stands what a production does: find its document and ask for one flag, answer all flags of
the project, see whether a provider is stopped. Imports are medians of fresh processes, the interpreter's own
time taken off.
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openfeature import api
from openfeature.evaluation_context import EvaluationContext

from reelwright.clock import SystemClock
from reelwright.flags.answers import FlagAnswers
from reelwright.flags.definitions import PROFILES, flag_definitions
from reelwright.flags.deployments import FlagState, FlagVersion
from reelwright.flags.document import compile_document
from reelwright.flags.evaluation import FlagTable
from reelwright.flags.kill_switches import KillSwitches
from reelwright.flags.manager import FeatureFlagManager
from reelwright.flags.memory import MemoryFlagStates
from reelwright.flags.openfeature import FlagProvider
from reelwright.flags.reading import FlagReader
from tests.bench.flag_scene import DOMAIN, FLAG, PERCENT, PLANS, USERS, timed
from tests.bench.measure import measure

HERE = Path(__file__).parent
OURS = "ours, FeatureFlagManager"
RULES = {
    "A": '(and (eq $country "DE") (gte $age 18))',
    "B": f'(or (ends_with $email "{DOMAIN}") (in $plan {json.dumps(PLANS)}))',
    "C": f'(split pct::{PERCENT} by::$id seed::"s")',
}
VARIANTS = [
    *(
        {"name": name, "enabled": True, "rule": rule, "attributeValues": {"value": name}}
        for name, rule in RULES.items()
    ),
    {"name": "D", "enabled": True, "attributeValues": {"value": "D"}},
]
DOCUMENT: dict[str, Any] = {
    "version": "1",
    "flags": {FLAG: {"attributes": {"value": {}}}},
    "values": {FLAG: {"_variants": VARIANTS}},
}
NOTHING = "nothing"
IMPORTS = {
    NOTHING: "pass",
    "ours: reelwright.flags.manager": "import reelwright.flags.manager",
    "ours: the same and the OpenFeature provider": (
        "from openfeature import api\n"
        "from reelwright.flags.manager import FeatureFlagManager\n"
        "from reelwright.flags.openfeature import FlagProvider\n"
        "FlagProvider(FeatureFlagManager())"
    ),
}
THEIRS = {
    "mmh3": "import mmh3",
    "GrowthBook": "import growthbook",
    "LaunchDarkly": "import ldclient",
    "Powertools feature_flags": "import aws_lambda_powertools.utilities.feature_flags",
    "OpenFeature SDK": "from openfeature import api",
    "OpenFeature and flagd": "from openfeature import api; import openfeature.contrib.provider.flagd",
}

Timings = dict[str, dict[str, Any]]


def main() -> None:
    options = _options()
    rounds = [one_round(options.peers) for _ in range(options.rounds)]
    check(rounds[0])
    results = {
        "nanoseconds": {name: _middle([one[name] for one in rounds]) for name in rounds[0]},
        "slowest": {name: max(max(one[name]["blocks"]) for one in rounds) for name in rounds[0]},
        "wired": {name: statistics.median(timed(*each)["blocks"]) for name, each in wired().items()},
        "imports": imports(options.peers, options.rounds),
    }
    print(json.dumps(results) if options.json else table(results))


def one_round(peers: str) -> Timings:
    """Return the timings of all, each in turn."""
    answer = subprocess.run([peers, str(HERE / "peer_flags.py")], capture_output=True, text=True, check=True)
    return json.loads(answer.stdout) | {name: timed(call, asking) for name, (call, asking) in ours().items()}


def ours() -> Mapping[str, tuple[Callable[[Any], Any], Sequence[Any]]]:
    manager, compiled = FeatureFlagManager.from_document(DOCUMENT), FlagTable(compile_document(DOCUMENT), "1")
    client = _client(manager)
    contexts = [EvaluationContext(user["id"], user) for user in USERS]
    return {
        "ours, one table, no manager": (lambda user: compiled.evaluate(FLAG, user).variant, USERS),
        OURS: (lambda user: manager.evaluate(FLAG, user).variant, USERS),
        "OpenFeature, our provider": (
            lambda context: client.get_string_value(FLAG, "none", context),
            contexts,
        ),
    }


def wired() -> Mapping[str, tuple[Callable[[Any], Any], Sequence[Any]]]:
    """Return what productions ask, over states in memory; a time to live passes now and then."""
    states, clock = MemoryFlagStates(), SystemClock()
    for profile in PROFILES:
        version = FlagVersion(version="1", document=flag_definitions(profile).as_json())
        complete: dict[str, Any] = {"number": 1, "phase": "COMPLETE", "percentage": 100}
        states.save(FlagState(profile=profile, old=None, new=version, **complete))
    reader = FlagReader(states, clock=clock)
    switches = KillSwitches(states, clock, environment="dev")
    names = [provider for provider in ("openai", "anthropic", "polly", "runway") for _ in range(50)]
    return {
        "one flag of the document that a production takes": (
            lambda user: reader.evaluator_for(user["id"]).evaluate("captions", user).enabled,
            USERS,
        ),
        "all flags answered to a production": (
            lambda user: FlagAnswers.given_by(reader.evaluator_for(user["id"]), user).version,
            USERS,
        ),
        "is a provider stopped?": (switches.provider, names),
    }


def check(timings: Timings) -> None:
    """Raise unless all gave the same answers, and about the same share where a hash decides."""
    for name, told in timings.items():
        found, wanted = told["answers"], timings[OURS]["answers"]
        share = 100 * found["C"] / (found["C"] + found["D"])
        if any(found[one] != wanted[one] for one in "AB") or abs(share - PERCENT) > 10:
            raise RuntimeError(f"{name} evaluates another flag: {found}, ours {wanted}")


def imports(peers: str, rounds: int) -> dict[str, float]:
    """Return milliseconds of processor time that each import adds to its interpreter."""
    found: dict[str, float] = {}
    for python, modules in ((sys.executable, IMPORTS), (peers, {NOTHING: "pass"} | THEIRS)):
        taken: dict[str, list[float]] = {name: [] for name in modules}
        for _ in range(rounds):
            for name, code in modules.items():
                taken[name].append(measure([python, "-c", code])[0].cpu_seconds * 1000)
        middle = {name: statistics.median(each) for name, each in taken.items()}
        found |= {name: each - middle[NOTHING] for name, each in middle.items() if name != NOTHING}
    return found


def table(results: dict[str, Any]) -> str:
    heads = ("a second", "ns", "slowest ns", "against ours")
    lines = [f"{'':50}" + "".join(f"{head:>14}" for head in heads)]
    for name, value in sorted(results["nanoseconds"].items(), key=lambda item: item[1]):
        cells = f"{1e9 / value:>14,.0f}{value:>14,.0f}{results['slowest'][name]:>14,.0f}"
        lines.append(f"{name:50}{cells}{value / results['nanoseconds'][OURS]:>14.2f}")
    lines.append(f"\n{'ours, as wired':50}{'ns':>14}")
    lines += [f"{name:50}{value:>14,.0f}" for name, value in results["wired"].items()]
    lines.append(f"\n{'import, over the interpreter':50}{'processor ms':>14}")
    lines += [f"{name:50}{value:>14,.0f}" for name, value in results["imports"].items()]
    return "\n".join(lines)


def _client(manager: FeatureFlagManager) -> Any:
    api.set_provider_and_wait(FlagProvider(manager), "ours")
    return api.get_client("ours")


def _middle(rounds: Sequence[dict[str, Any]]) -> float:
    return statistics.median(statistics.median(one["blocks"]) for one in rounds)


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
