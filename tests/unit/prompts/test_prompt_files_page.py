import re
import textwrap
from pathlib import Path

from reelwright.prompts.linting import lint_prompt

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "prompt-files.md"
SOURCE = ROOT / "packages" / "common" / "src" / "reelwright" / "prompts"
CODE = re.compile(r'"([a-z]+(?:-[a-z]+)+)"')
"""Codes of findings are the only texts of this form in these files, but for one."""


def test_the_example_is_a_good_prompt() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines(keepends=True)
    begin = next(number for number, line in enumerate(lines) if line.startswith("    ---"))
    end = next(number for number in range(begin, len(lines)) if not lines[number].startswith("    "))
    example = textwrap.dedent("".join(lines[begin:end]))
    known = {"categories": ["investing"], "outputs": ["script"], "max_tokens": 100_000}
    assert lint_prompt(example, source="write-script.investing.md", **known) == ()


def test_every_finding_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    files = ("linting.py", "checking.py", "style.py", "parsing.py")
    text = "".join((SOURCE / name).read_text(encoding="utf-8") for name in files)
    codes = set(CODE.findall(text)) - {"utf-8"}
    assert len(codes) > 20
    assert {code for code in codes if f"`{code}`" not in page} == set()
