"""What can go wrong with secrets. No message ever holds a value."""

from reelwright.errors import GuardrailRefused, InvalidInput, Permanent, Retryable

__all__ = [
    "AuthenticationFailed",
    "RotationRefused",
    "SecretMalformed",
    "SecretMissing",
    "SecretNameInvalid",
    "SecretReadOnly",
    "SecretsExposed",
    "SecretsUnavailable",
]


class SecretMissing(InvalidInput):
    """There is no such secret, or it has no value yet."""

    code = "secret_missing"


class SecretMalformed(InvalidInput):
    """The stored value is not of the kind that its name asks for."""

    code = "secret_malformed"


class SecretNameInvalid(InvalidInput):
    """A name that no secret can have, or whose first part says no kind."""

    code = "secret_name_invalid"


class SecretReadOnly(InvalidInput):
    """The secret comes from a place that we only read, such as the process's environment."""

    code = "secret_read_only"


class SecretsExposed(GuardrailRefused):
    """Others on this machine could read the file of secrets, so it is not read."""

    code = "secrets_exposed"


class SecretsUnavailable(Retryable):
    """The store of secrets cannot be reached, and nothing is cached."""

    code = "secrets_unavailable"


class AuthenticationFailed(Permanent):
    """A provider refused the credential. Raised by whoever used it, so that it is read again once."""

    code = "authentication_failed"


class RotationRefused(InvalidInput):
    """This kind of secret cannot be renewed by us, or not now."""

    code = "rotation_refused"
