"""Secrets from the environment of the process, and several stores as one."""

import os
from collections.abc import Mapping
from hashlib import blake2b
from typing import NoReturn, SupportsIndex

from pydantic import SecretStr

from reelwright.secrets.env_file import name_of_variable, variable
from reelwright.secrets.errors import RotationRefused, SecretNameInvalid, SecretReadOnly
from reelwright.secrets.kinds import check_name, missing
from reelwright.secrets.ports import SecretStore
from reelwright.secrets.schema import SecretDescription, SecretVersion, Stage

__all__ = ["ChainedSecrets", "ProcessEnvironmentSecrets"]


class ProcessEnvironmentSecrets:
    """A SecretStore over variables such as ``REELWRIGHT_SECRET__PROVIDERS__RUNWAY``; it writes nothing.

    ``__`` stands for the slash. A dash in a name is an underscore in its variable. An empty variable is none.
    It is not pickled, since the variables are.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._salt = os.urandom(32)

    def __reduce_ex__(self, _: SupportsIndex) -> NoReturn:
        raise TypeError("the environment of a process is not pickled")

    def read(self, name: str, *, stage: Stage = "AWSCURRENT", version: str | None = None) -> SecretVersion:
        """Return the current value; it has no other versions."""
        text = self._variables.get(variable(name), "")
        found = self._version(text)
        if not text or (version is None and stage != "AWSCURRENT") or version not in {None, found}:
            raise missing(name, "does not exist")
        return SecretVersion(name=name, version=found, text=SecretStr(text))

    def put(
        self, name: str, text: SecretStr, *, stage: Stage = "AWSCURRENT", version: str | None = None
    ) -> str:
        """Raise SecretReadOnly."""
        del text, stage, version
        raise _read_only(name)

    def promote(self, name: str, version: str) -> None:
        """Raise SecretReadOnly, unless the version is current."""
        if self.read(name).version != version:
            raise _read_only(name)

    def describe(self, name: str) -> SecretDescription | None:
        """Return what is known: that it has a value."""
        text = self._variables.get(variable(name), "")
        if not text:
            return None
        version = self._version(text)
        return SecretDescription(
            name=name, has_value=True, version=version, stages={version: ("AWSCURRENT",)}
        )

    def names(self) -> tuple[str, ...]:
        """Return the names that the variables spell, sorted."""
        spelt = (name_of_variable(each) for each, text in self._variables.items() if text)
        return tuple(sorted(name for name in spelt if name and _is_name(name)))

    def start_rotation(self, name: str) -> None:
        """Raise RotationRefused."""
        raise RotationRefused(
            f"The secret {name} is set by the environment of this process.",
            next_step=f"Unset {variable(name)} to use and renew the stored one.",
            context={"secret": name},
        )

    def _version(self, text: str) -> str:
        """Return a name that changes with the value and says nothing of it, even to who guesses."""
        data = text.encode("utf-8", "surrogateescape")
        return f"process-{blake2b(data, key=self._salt, digest_size=8).hexdigest()}"


class ChainedSecrets:
    """Several stores as one. The first that has a secret answers for it; new ones go to the last."""

    def __init__(self, *stores: SecretStore) -> None:
        self._stores = stores

    def read(self, name: str, *, stage: Stage = "AWSCURRENT", version: str | None = None) -> SecretVersion:
        """Return a version from the store that answers for the secret."""
        return self._of(name).read(name, stage=stage, version=version)

    def put(
        self, name: str, text: SecretStr, *, stage: Stage = "AWSCURRENT", version: str | None = None
    ) -> str:
        """Write to the store that answers for the secret."""
        return self._of(name).put(name, text, stage=stage, version=version)

    def promote(self, name: str, version: str) -> None:
        """Promote in the store that answers for the secret."""
        self._of(name).promote(name, version)

    def describe(self, name: str) -> SecretDescription | None:
        """Describe it as the store that answers for it."""
        return self._of(name).describe(name)

    def names(self) -> tuple[str, ...]:
        """Return the names of all secrets in any store, sorted."""
        return tuple(sorted({name for store in self._stores for name in store.names()}))

    def start_rotation(self, name: str) -> None:
        """Renew it in the store that answers for it."""
        self._of(name).start_rotation(name)

    def _of(self, name: str) -> SecretStore:
        first = (store for store in self._stores if store.describe(name) is not None)
        return next(first, self._stores[-1])


def _is_name(name: str) -> bool:
    try:
        check_name(name)
    except SecretNameInvalid:
        return False
    return True


def _read_only(name: str) -> SecretReadOnly:
    return SecretReadOnly(
        f"The secret {name} is set by the environment of this process, where it cannot be changed.",
        next_step=f"Change or unset {variable(name)}.",
        context={"secret": name, "variable": variable(name)},
    )
