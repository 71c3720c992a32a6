"""What the process that starts an emulator and the plugin within it agree on."""

MINUTE_VARIABLE = "REELWRIGHT_EMULATOR_MINUTE_SECONDS"
"""How long a minute of AppConfig deployments and CloudWatch alarms lasts, in seconds."""
HOLD_VARIABLE = "REELWRIGHT_EMULATOR_HOLD_FILE"
"""The file that says at which minute AppConfig deployments stand still, while there is one."""
DENIED = "denied to a function:"
"""What the log says before who, what and on what."""
