"""What every test shares: how hypothesis searches. Sockets are closed in pyproject.toml."""

import os

from hypothesis import HealthCheck, settings

# Examples may be slow on a shared machine, never wrong for it.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
