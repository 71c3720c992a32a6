"""Checking a document of settings before anybody reads it: by the models that its readers use."""

from importlib.resources.abc import Traversable

from reelwright.config.documents import SettingsDocument, fetched_from, parse_document
from reelwright.config.layering import Contribution
from reelwright.config.local import default_sources
from reelwright.config.schema import Layer
from reelwright.config.validation import Invalid, invalid, validate

__all__ = ["check_settings_document"]


def check_settings_document(
    content: bytes, environment: str, *, folder: Traversable | None = None
) -> SettingsDocument:
    """Return the document if an environment's defaults and it make valid settings together.

    InvalidConfiguration says what is wrong: the document's shape, or layer, key, value and what is allowed.
    What expires is checked too: it would be in force until then.
    """
    document = parse_document(content)
    said = fetched_from(document, "")
    defaults = [
        Contribution(source.layer, source.name, fetched.version, fetched.settings)
        for source in default_sources(environment, folder)
        if (fetched := source.fetch(None))
    ]
    found = validate([*defaults, Contribution(Layer.RUNTIME, "document", "", said.settings)])
    if isinstance(found, Invalid):
        raise invalid(found, next_step="Mend what the message names, then try again.")
    return document
