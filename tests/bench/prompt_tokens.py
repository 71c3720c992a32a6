"""How far the estimate of a text's tokens is from what a tokenizer counts.

::

    python -m tests.bench.prompt_tokens --peers .venv-bench/bin/python [--json]

Counted by OpenAI's o200k_base and cl100k_base, which ``bpe-openai`` brings along: the samples of
``token_samples.toml``, the briefs of this checkout, its prompts and one JSON schema. Fails if a sample's
recorded count is another, or the estimate is further off than ``prompts.tokens`` says.
"""

import argparse
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from reelwright.prompts.tokens import estimate_tokens

ROOT = Path(__file__).parents[2]
SAMPLES = Path(__file__).with_name("token_samples.toml")
FILES = ("examples/briefs/*.md", "tests/gallery/briefs/*.md", "prompts/*.md", "schemas/settings.json")
COUNT = """
import json, sys, bpe_openai
texts = json.load(sys.stdin)
encodings = [bpe_openai.get_encoding(name) for name in ("o200k_base", "cl100k_base")]
print(json.dumps({name: [len(one.encode(text)) for one in encodings] for name, text in texts.items()}))
"""
LANGUAGES_OFF = 0.30
FILES_OFF = 0.20


def main() -> None:
    options = _options()
    samples = tomllib.loads(SAMPLES.read_text(encoding="utf-8"))["samples"]
    files = [path for pattern in FILES for path in sorted(ROOT.glob(pattern))]
    texts = {one["language"]: one["text"] for one in samples}
    texts |= {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in files}
    counted = _counted(options.peers, texts)
    rows = {name: _row(text, *counted[name]) for name, text in texts.items()}
    _check(rows, {one["language"]: one["counted"] for one in samples})
    print(json.dumps(rows) if options.json else _table(rows))


def _counted(python: str, texts: dict[str, str]) -> dict[str, list[int]]:
    answer = subprocess.run(
        [python, "-c", COUNT], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    found: dict[str, list[int]] = json.loads(answer.stdout)
    return found


def _row(text: str, modern: int, older: int) -> dict[str, Any]:
    estimate = estimate_tokens(text)
    return {"o200k": modern, "cl100k": older, "estimate": estimate, "off": estimate / modern - 1}


def _check(rows: dict[str, dict[str, Any]], recorded: dict[str, int]) -> None:
    for name, row in rows.items():
        if row["o200k"] != recorded.get(name, row["o200k"]):
            sys.exit(f"{name} has {row['o200k']} tokens, and {recorded[name]} are recorded")
        if abs(row["off"]) > (LANGUAGES_OFF if name in recorded else FILES_OFF):
            sys.exit(f"{name}: estimated {row['estimate']}, counted {row['o200k']}")


def _table(rows: dict[str, dict[str, Any]]) -> str:
    lines = [f"{'':50}{'o200k':>8}{'cl100k':>8}{'estimate':>10}{'off':>7}"]
    for name, row in rows.items():
        counts = f"{row['o200k']:>8}{row['cl100k']:>8}{row['estimate']:>10}"
        lines.append(f"{name[-48:]:50}{counts}{row['off']:>+7.0%}")
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", required=True, metavar="PYTHON")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
