"""How long a minute of AppConfig and CloudWatch lasts here.

Deployments that take ten minutes and alarms over five are what the stack has; tests have seconds.
"""

import os

from tests.emulator.agreed import MINUTE_VARIABLE

MINUTE_SECONDS = float(os.environ.get(MINUTE_VARIABLE, "60"))
