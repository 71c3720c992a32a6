"""Generated pages and schemas follow from code and data: `make docs` writes them."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def generated() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("docs", ROOT / "bin" / "docs.py")
    assert spec
    assert spec.loader
    docs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(docs)
    texts: dict[str, str] = docs.generated()
    return texts


def test_what_is_generated_is_up_to_date() -> None:
    texts = generated()
    stale = [path for path, text in texts.items() if (ROOT / path).read_text(encoding="utf-8") != text]
    assert stale == [], "run: make docs"


def test_no_schema_is_left_over() -> None:
    assert {f"schemas/{file.name}" for file in (ROOT / "schemas").iterdir()} <= generated().keys()
