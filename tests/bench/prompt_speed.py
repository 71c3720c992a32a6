"""What rendering a prompt costs, beside template engines that others take for it.

All in one run, in turn, so that a ratio holds on a machine whose speed drifts; processor time, not wall::

    python -m tests.bench.prompt_speed --peers .venv-bench/bin/python [--rounds 5] [--json]

The prompt and its hundred sets of values stand in ``prompt_scene``: 25 rules, 2,000 characters of notes, two
lists, an optional value. All must say the same words, or the run fails. Ours checks types and limits on the
way, and estimates the tokens; with untrusted values it cleans, hashes and marks them as well, which nobody
else does. ``compile`` reads the prompt anew for each rendering, front matter and all; a process does that
once for a version. Medians of the medians of nine blocks in each round. Imports are medians of fresh
processes, the interpreter's own time taken off.
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reelwright.prompts.rendering import compile_prompt
from tests.bench.measure import measure
from tests.bench.prompt_scene import CASES, RULES, answers, timed

HERE = Path(__file__).parent
OURS = "ours, values trusted"
UNTRUSTED = "ours, values untrusted"
FRONT = """\
---
name: write-script
description: Turns a brief into a script.
input:
  schema:
    topic: string, what it is about
    seconds: integer
    audience?: string
    notes: string
    points(array): string
    scenes(array):
      title: string
      seconds: integer
reelwright:
  limits: {notes: 20000}
"""
TRUST = "  trust: {topic: trusted, audience: trusted, notes: trusted, points: trusted, scenes: trusted}\n"
BODY = f"""\
---
{{{{role "system"}}}}
You write scripts.
{RULES}
{{{{role "user"}}}}
Topic: {{{{topic}}}}
Time: {{{{seconds}}}} s
{{{{#audience}}}}
Audience: {{{{audience}}}}
{{{{/audience}}}}
{{{{#points}}}}
- {{{{.}}}}
{{{{/points}}}}
{{{{#scenes}}}}
* {{{{title}}}} ({{{{seconds}}}} s)
{{{{/scenes}}}}
{{{{notes}}}}
"""
NOTHING = "nothing"
IMPORTS = {NOTHING: "pass", "ours: reelwright.prompts.rendering": "import reelwright.prompts.rendering"}
OWN = "ours, where pydantic is there already"
THEIRS = {
    NOTHING: "pass",
    "Jinja2, sandboxed": "import jinja2.sandbox",
    "python-liquid": "import liquid",
    "chevron": "import chevron",
    "string": "import string",
}
THERE = "import reelwright.models.schema, reelwright.errors"
"""What every function that renders has loaded by then."""

Found = dict[str, dict[str, Any]]


def main() -> None:
    options = _options()
    rounds = [one_round(options.peers) for _ in range(options.rounds)]
    check(rounds[0])
    names = rounds[0]
    results = {
        what: {
            name: statistics.median(statistics.median(one[name][what]) for one in rounds) for name in names
        }
        for what in ("render", "compile")
    }
    results["imports"] = imports(options.peers, options.rounds)
    print(json.dumps(results) if options.json else table(results))


def one_round(peers: str) -> Found:
    """Return the timings of all, each in turn."""
    answer = subprocess.run(
        [peers, str(HERE / "peer_prompts.py")], capture_output=True, text=True, check=True
    )
    theirs: Found = json.loads(answer.stdout)
    return theirs | {OURS: ours(FRONT + TRUST + BODY), UNTRUSTED: ours(FRONT + BODY)}


def ours(text: str) -> dict[str, Any]:
    """Return the timings of ours, and its words."""
    prompt = compile_prompt(text)

    def words(case: dict[str, Any]) -> str:
        return "\n".join(message.text for message in prompt.render(case).messages)

    return {
        "answers": answers(words, CASES),
        "render": timed(prompt.render, CASES),
        "compile": timed(lambda case: compile_prompt(text).render(case), CASES[:10]),
    }


def check(found: Found) -> None:
    """Raise unless all said the same words; untrusted values are between marks, which others have not."""
    for name, one in found.items():
        if (one["answers"] == found[OURS]["answers"]) is (name == UNTRUSTED):
            raise RuntimeError(f"{name} says other words than ours")


def imports(peers: str, rounds: int) -> dict[str, float]:
    """Return milliseconds of processor time that each import adds to what is there before."""
    found = _imports(sys.executable, IMPORTS, rounds) | _imports(peers, THEIRS, rounds)
    own = {NOTHING: THERE, OWN: f"{THERE}, reelwright.prompts.rendering"}
    return found | _imports(sys.executable, own, rounds)


def _imports(python: str, modules: dict[str, str], rounds: int) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in modules}
    for _ in range(rounds):
        for name, code in modules.items():
            taken[name].append(measure([python, "-c", code])[0].cpu_seconds * 1000)
    middle = {name: statistics.median(each) for name, each in taken.items()}
    return {name: each - middle[NOTHING] for name, each in middle.items() if name != NOTHING}


def table(results: dict[str, dict[str, float]]) -> str:
    render: Callable[[str], float] = results["render"].__getitem__
    lines = [f"{'':42}{'µs':>10}{'against ours':>14}{'with compiling':>16}"]
    for name in sorted(results["render"], key=render):
        ratio = render(name) / render(OURS)
        lines.append(f"{name:42}{render(name):>10.1f}{ratio:>14.2f}{results['compile'][name]:>16.0f}")
    lines.append(f"\n{'import, over what is there before':42}{'processor ms':>14}")
    lines += [f"{name:42}{value:>14.1f}" for name, value in results["imports"].items()]
    return "\n".join(lines)


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
