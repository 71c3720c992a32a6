"""From rows to items: every brief and setting is checked, by row and column, before anything is made."""

import difflib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import JsonValue, ValidationError

from reelwright.config.layering import Contribution
from reelwright.config.schema import Layer
from reelwright.config.tree import laid_over, leaves, nested, plain
from reelwright.config.validation import Invalid, validate
from reelwright.config.variables import read_setting
from reelwright.content.brief_file import explain_validation, read_brief
from reelwright.content.picture_paths import brand_inside, inside, media_inside, music_inside
from reelwright.environment.fields import is_known
from reelwright.environment.schema import Settings
from reelwright.errors import InvalidInput, ReelwrightError
from reelwright.pipeline.batch.errors import RowInvalid
from reelwright.pipeline.batch.manifest import Row
from reelwright.pipeline.batch.schema import BatchItem
from reelwright.production.schema import Brief

__all__ = ["BATCH_SETTINGS", "CheckBrief", "Planner"]

CheckBrief = Callable[[Brief, Mapping[str, JsonValue]], None]
"""Raises an error for a brief that cannot be made with these settings."""

BATCH_SETTINGS: Final = ("budgets.batch", "budgets.per_batch_usd")
"""Settings that are the batch's own: no row says them."""

_FIELDS: Final = tuple(Brief.model_fields)
_LISTS: Final = ("platforms", "pictures", "media", "scenes")
_OWN_FILES: Final = ("pictures", "media", "music", "brand")
"""Fields that name files: rows are held to the manifest's folder in each."""
_FILE, _SEED = "brief", "seed"
_MOST_SEED: Final = 2**31
_LABEL: Final = Contribution(Layer.REQUEST, "row", "")


@dataclass(frozen=True, slots=True)
class Planner:
    """Makes items of rows, under the settings of an environment."""

    defaults: Settings
    """What a setting's value is checked against, beside the others of its row."""
    settings: Mapping[str, JsonValue]
    """What all items ask for; a row's settings lie over these."""
    common: Mapping[str, JsonValue]
    """What no row can change, such as the batch's budget."""
    check: CheckBrief
    new_id: Callable[[], str]
    _found: dict[str, str] = field(default_factory=dict)
    """What is wrong with a setting's value, by key and value: rows repeat them."""

    def plan(self, rows: Iterable[Row]) -> Iterator[BatchItem]:
        """Yield an item for every row, in order; one that cannot be made carries the reason."""
        for number, row in enumerate(rows, start=1):
            try:
                yield self._item(number, row)
            except ReelwrightError as error:
                yield self._faulty(number, row, error)

    def _item(self, number: int, row: Row) -> BatchItem:
        if row.error is not None:
            raise row.error
        brief, seed, said = self._read(row) if row.file is None else (read_brief(row.file), None, {})
        settings = laid_over(laid_over(self.settings, said), self.common)
        self._check(row, brief, settings)
        return BatchItem(
            number=number,
            source=_whole(row.source),
            production_id=self.new_id(),
            brief=brief,
            seed=seed,
            settings=settings,
        )

    def _faulty(self, number: int, row: Row, error: ReelwrightError) -> BatchItem:
        told: dict[str, Any] = _whole(error.as_dict())
        return BatchItem(number=number, source=_whole(row.source), production_id=self.new_id(), error=told)

    def _check(self, row: Row, brief: Brief, settings: Mapping[str, JsonValue]) -> None:
        """Ask whether it could be made; a row is told which one it is."""
        try:
            self.check(brief, settings)
        except InvalidInput as error:
            if row.file is None:
                error.message = f"{row.source}: {error.message}"
                error.context["source"] = row.source
            raise

    def _read(self, row: Row) -> tuple[Brief, int | None, dict[str, JsonValue]]:
        """Return what a row of a manifest says; RowInvalid tells all that is wrong with it."""
        faults: dict[str, str] = {}
        said = self._settings(row, faults)
        seed = _seed(row, faults)
        brief = _brief(row, faults)
        if faults or brief is None:
            raise _invalid(row, faults)
        return brief, seed, said

    def _settings(self, row: Row, faults: dict[str, str]) -> dict[str, JsonValue]:
        tree: dict[str, JsonValue] = {}
        for column, cell in row.cells.items():
            if column in _FIELDS or column in (_FILE, _SEED):
                continue
            if not is_known(Settings, column):
                faults[column] = _unknown(column)
                continue
            value = read_setting(column, str(cell)) if row.is_text else cell
            own = nested(column, value)
            if fault := self._fault(own):
                faults[column] = fault
            tree = laid_over(tree, own)
        if tree and not faults:
            faults |= _problems(self.defaults, tree)
        return tree

    def _fault(self, own: Mapping[str, JsonValue]) -> str:
        key = json.dumps(own, sort_keys=True, default=str)
        if key not in self._found:
            if any(said in BATCH_SETTINGS for said, _ in leaves(own)):
                self._found[key] = "is the batch's own: give --budget"
            else:
                self._found[key] = "; ".join(_problems(self.defaults, own).values())
        return self._found[key]


def _problems(defaults: Settings, tree: Mapping[str, JsonValue]) -> dict[str, str]:
    """Return what is wrong with settings, by key."""
    below, said = plain(defaults), Contribution(Layer.REQUEST, "row", "", tree)
    assert isinstance(below, dict)  # noqa: S101 (settings are a table)
    found = validate([Contribution(Layer.DEFAULTS, "defaults", "", below), said])
    if not isinstance(found, Invalid):
        return {}
    return {
        problem.key: problem.text.removeprefix(f"{_LABEL.label}: ").rstrip(".") for problem in found.problems
    }


def _brief(row: Row, faults: dict[str, str]) -> Brief | None:
    fields = {name: _listed(name, cell) for name, cell in row.cells.items() if name in _FIELDS}
    try:
        brief = _beside(row, Brief.model_validate(_from_file(row) | fields))
    except ValidationError as error:
        explained = explain_validation(error, row.source)
        faults[explained.context["fields"]] = explained.message.removeprefix(f"{row.source}: ").rstrip(".")
    except InvalidInput as error:
        column = next((name for name in _OWN_FILES if f": {name}" in error.message), _FILE)
        faults[column] = error.message.removeprefix(f"{row.source}: ").rstrip(".")
    else:
        return brief
    return None


def _beside(row: Row, brief: Brief) -> Brief:
    """Return the brief with its own files where the manifest may have them; those of a brief file have it."""
    if "pictures" in row.cells:
        pictures = inside(row.folder, brief.pictures, f"{row.source}: pictures")
        brief = brief.model_copy(update={"pictures": pictures})
    if "media" in row.cells:
        media = media_inside(row.folder, brief.media, f"{row.source}: media")
        brief = brief.model_copy(update={"media": media})
    if "music" in row.cells and brief.music:
        music = music_inside(row.folder, brief.music, f"{row.source}: music")
        brief = brief.model_copy(update={"music": music})
    if "brand" in row.cells and brief.brand:
        brand = brand_inside(row.folder, brief.brand, f"{row.source}: brand")
        brief = brief.model_copy(update={"brand": brand})
    return brief


def _from_file(row: Row) -> dict[str, Any]:
    """Return the fields of the brief file that a row names; like pictures it must be beside the manifest."""
    named = row.cells.get(_FILE)
    if named is None:
        return {}
    home, path = row.folder.resolve(), Path(str(named))
    file = (home / path).resolve()
    if path.is_absolute() or not file.is_relative_to(home):
        raise RowInvalid(f"brief {str(named)[:100]!r} leads out of the manifest's folder.")
    return read_brief(file).model_dump()


def _listed(name: str, cell: JsonValue) -> JsonValue:
    if name in _LISTS and isinstance(cell, str):
        return [part.strip() for part in cell.split(",") if part.strip()]
    return cell


def _seed(row: Row, faults: dict[str, str]) -> int | None:
    said = row.cells.get(_SEED)
    if said is None:
        return None
    text = str(said)
    if isinstance(said, bool) or not (text.isascii() and text.isdigit()) or int(text[:12]) >= _MOST_SEED:
        faults[_SEED] = f"{_SEED} is {text[:40]!r}: must be a whole number from 0 to {_MOST_SEED - 1}"
        return None
    return int(text)


def _unknown(column: str) -> str:
    known = (*_FIELDS, _FILE, _SEED, *(key for key, _ in _keys()))
    near = difflib.get_close_matches(column[:60], known, n=1)
    hint = f": did you mean {near[0]!r}?" if near else ""
    return f"{column[:60]!r} is neither a field of a brief nor a setting{hint}"


def _keys() -> Iterator[tuple[str, Any]]:
    """Yield the keys of settings that stand in the schema, without those of tables of free names."""
    for name, section in Settings.model_fields.items():
        fields = getattr(section.annotation, "model_fields", {})
        yield from ((f"{name}.{below}", None) for below in fields)


def _whole(data: Any) -> Any:
    """Return data without halves of characters, as names of files have that are not UTF-8."""
    return json.loads(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))


def _invalid(row: Row, faults: Mapping[str, str]) -> RowInvalid:
    return RowInvalid(
        f"{row.source}: {'; '.join(faults.values())}.",
        next_step="Change what is named and try again: only this row was not made.",
        context={"source": row.source, "columns": ", ".join(faults)},
    )
