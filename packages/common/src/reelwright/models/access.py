"""How providers are reached: addresses from the settings, keys from the secrets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, Protocol, TypeVar

from reelwright.environment.schema import ProviderSettings
from reelwright.environment.secret import ApiKey, Kind, Secret
from reelwright.models.errors import ProviderMisconfigured
from reelwright.models.ports import Access
from reelwright.secrets.errors import AuthenticationFailed, SecretMissing

__all__ = ["NoAccess", "Revealer", "SettingsAccess", "access_to"]

Result = TypeVar("Result")


class Revealer(Protocol):
    """The part of SecretsManager that is needed here."""

    def with_secret(
        self, reference: Secret[Kind], kind: type[Kind], call: Callable[[Kind], Result]
    ) -> Result:
        """Return what ``call`` makes of the secret, read again once after AuthenticationFailed."""
        ...


class NoAccess:
    """For engines of ours, which need neither address nor key."""

    endpoints: tuple[str, ...] = ()

    def with_key(self, call: Callable[[str], Result]) -> NoReturn:  # noqa: ARG002 (there is no key to call with)
        """Raise ProviderMisconfigured."""
        raise ProviderMisconfigured("An engine of ours has no key.")


@dataclass(frozen=True, slots=True)
class SettingsAccess:
    """One provider under one production's settings."""

    provider: str
    settings: ProviderSettings
    secrets: Revealer

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Addresses to use instead of the vendor's own, best first."""
        return self.settings.endpoints

    def with_key(self, call: Callable[[str], Result]) -> Result:
        """Return what ``call`` makes of the API key; ProviderMisconfigured without one that is accepted."""
        if self.settings.credential is None:
            raise self._refused("has no credential")
        try:
            return self.secrets.with_secret(
                Secret(self.settings.credential.name),
                ApiKey,
                lambda key: call(key.api_key.get_secret_value()),
            )
        except AuthenticationFailed as error:
            raise self._refused("refuses its credential") from error
        except SecretMissing as error:
            raise self._refused("has no credential") from error

    def _refused(self, what: str) -> ProviderMisconfigured:
        return ProviderMisconfigured(
            f"The provider {self.provider} {what}.",
            next_step=f"reelwright secrets set providers/{self.provider}",
            context={"provider": self.provider},
        )


def access_to(provider: str, settings: ProviderSettings | None, secrets: Revealer | None) -> Access:
    """Return how a provider is reached; one that the settings do not name, or without secrets, by nothing."""
    if settings is None or secrets is None:
        return NoAccess()
    return SettingsAccess(provider, settings, secrets)
