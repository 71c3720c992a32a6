"""Keys and addresses, as adapters get them."""

from random import Random

import pytest
from pydantic import SecretStr

from reelwright.clock import VirtualClock
from reelwright.environment.schema import ProviderSettings
from reelwright.environment.secret import Secret
from reelwright.models.access import NoAccess, access_to
from reelwright.models.errors import ProviderMisconfigured
from reelwright.secrets.errors import AuthenticationFailed
from reelwright.secrets.manager import SecretsManager
from reelwright.secrets.memory import MemorySecrets

OLD, NEW = "old-key-0123456789", "new-key-0123456789"
SETTINGS = ProviderSettings(
    credential=Secret("providers/runway", "api_key"), endpoints=("https://one.example", "https://two.example")
)


@pytest.fixture
def store() -> MemorySecrets:
    store = MemorySecrets(VirtualClock(), Random(1))
    store.put("providers/runway", SecretStr(OLD))
    return store


def test_the_key_is_handed_to_the_call_and_nowhere_else(store: MemorySecrets) -> None:
    access = access_to("runway", SETTINGS, SecretsManager(store))
    assert access.with_key(lambda key: key[::-1]) == OLD[::-1]
    assert access.endpoints == SETTINGS.endpoints
    assert OLD not in repr(access)


def test_a_key_that_was_renewed_is_read_again_once(store: MemorySecrets) -> None:
    access = access_to("runway", SETTINGS, SecretsManager(store))
    access.with_key(len)
    store.put("providers/runway", SecretStr(NEW))
    seen: list[str] = []

    def call(key: str) -> str:
        seen.append(key)
        if key == OLD:
            raise AuthenticationFailed("Refused.")
        return "done"

    assert access.with_key(call) == "done"
    assert seen == [OLD, NEW]


def test_a_key_that_is_refused_for_good_says_what_to_do(store: MemorySecrets) -> None:
    def call(_: str) -> str:
        raise AuthenticationFailed("Refused.")

    with pytest.raises(ProviderMisconfigured, match="secrets set providers/runway") as caught:
        access_to("runway", SETTINGS, SecretsManager(store)).with_key(call)
    assert OLD not in str(caught.value)


@pytest.mark.parametrize("settings", [ProviderSettings(), SETTINGS])
def test_without_a_key_nothing_is_called(settings: ProviderSettings) -> None:
    empty = MemorySecrets(VirtualClock(), Random(1))
    with pytest.raises(ProviderMisconfigured, match="has no credential"):
        access_to("runway", settings, SecretsManager(empty)).with_key(pytest.fail)


@pytest.mark.parametrize("settings", [None, SETTINGS])
def test_who_has_no_secrets_has_no_access(settings: ProviderSettings | None) -> None:
    access = access_to("embedded", settings, None)
    assert isinstance(access, NoAccess)
    with pytest.raises(ProviderMisconfigured):
        access.with_key(pytest.fail)
