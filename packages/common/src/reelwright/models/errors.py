"""What can go wrong between a request and a model's answer."""

from reelwright.errors import InvalidInput, Permanent

__all__ = ["CatalogueInvalid", "NoModelAvailable"]


class NoModelAvailable(InvalidInput):
    """No model of the catalogue can do what is asked; the message lists why each was passed over."""

    code = "no_model_available"


class CatalogueInvalid(Permanent):
    """The model catalogue cannot be read."""

    code = "catalogue_invalid"
