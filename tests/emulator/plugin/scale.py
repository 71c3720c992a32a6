"""How long a minute of AppConfig and CloudWatch lasts here.

Deployments that take ten minutes and alarms over five are what the stack has; tests have seconds.
"""

import os

MINUTE_SECONDS = float(os.environ.get("REELWRIGHT_EMULATOR_MINUTE_SECONDS", "60"))
