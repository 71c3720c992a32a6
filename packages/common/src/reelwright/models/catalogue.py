"""The model catalogue, as data."""

import tomllib

from pydantic import TypeAdapter, ValidationError

from reelwright.assets import locate
from reelwright.models.errors import CatalogueInvalid
from reelwright.models.schema import Model

__all__ = ["load_catalogue"]

_FILE = "environments/catalog/models.toml"
_MODELS = TypeAdapter(tuple[Model, ...])


def load_catalogue() -> tuple[Model, ...]:
    """Return the models in file order, which is their order of preference within a tier."""
    try:
        entries = tomllib.loads(locate("environments").joinpath("catalog", "models.toml").read_text("utf-8"))
        return _MODELS.validate_python(entries.get("models", []))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise CatalogueInvalid(
            f"The model catalogue {_FILE} cannot be read: {error}",
            next_step="Mend the entry that the message names.",
            context={"file": _FILE},
        ) from error
