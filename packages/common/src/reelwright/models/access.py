"""How providers are reached: addresses from the settings, keys from the secrets."""

from collections.abc import Callable
from typing import NoReturn, TypeVar

from reelwright.models.errors import ProviderMisconfigured

__all__ = ["NoAccess"]

Result = TypeVar("Result")


class NoAccess:
    """For engines of ours, which need neither address nor key."""

    endpoints: tuple[str, ...] = ()

    def with_key(self, call: Callable[[str], Result]) -> NoReturn:
        """Raise ProviderMisconfigured."""
        raise ProviderMisconfigured("An engine of ours has no key.", context={"call": call.__name__})
