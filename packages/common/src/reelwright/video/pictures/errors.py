"""What can go wrong with pictures."""

from reelwright.errors import InvalidInput, Permanent

__all__ = ["PackDamaged", "PictureUnusable"]


class PackDamaged(Permanent):
    """The file of pictures is there, and is not what the set-up wrote."""

    code = "picture_pack_damaged"


class PictureUnusable(InvalidInput):
    """A picture cannot be read, is too large, or holds what a picture has no need of."""

    code = "picture_unusable"
