"""The shapes in which a secret text may show up: quoted, escaped, encoded, or inside something encoded."""

import html
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

__all__ = ["SHORTEST", "forms_of"]

SHORTEST = 6
"""Characters. Anything shorter would be found in innocent words."""
_LINE_CHARS = 20


def forms_of(text: str) -> frozenset[str]:
    """Return every form of the text that is long enough to be looked for."""
    found = {form for part in _parts(text) for form in _forms(part)}
    return frozenset(form for form in found if len(form) >= SHORTEST)


def _parts(text: str) -> Iterator[str]:
    """Yield the text, and its long lines: a key in PEM is often printed line by line."""
    yield text
    lines = [line.strip() for line in text.splitlines()]
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= _LINE_CHARS and not line.startswith("-----"))


def _forms(text: str) -> Iterator[str]:
    data = text.encode("utf-8", "surrogatepass")
    yield text
    yield repr(text)[1:-1]
    yield html.escape(text)
    yield data.hex()
    yield data.hex().upper()
    yield from _in_json(text)
    yield from _in_urls(data)
    yield from _in_base64(data)


def _in_json(text: str) -> Iterator[str]:
    for ascii_only in (True, False):
        once = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield once
        yield json.dumps(once, ensure_ascii=ascii_only)[1:-1]


def _in_urls(data: bytes) -> Iterator[str]:
    for quoted in (quote(data), quote(data, safe=""), quote_plus(data)):
        yield quoted
        yield quote(quoted, safe="")
    yield _lower_percent(quote(data, safe=""))


def _lower_percent(quoted: str) -> str:
    first, *rest = quoted.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in rest)])


def _in_base64(data: bytes) -> Iterator[str]:
    """Yield what of the encoded text does not depend on its neighbours, for each of three alignments."""
    for before in range(3):
        padded = bytes(before) + data
        start = (0, 2, 3)[before]
        end = len(padded) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(padded).decode()[start:end]
