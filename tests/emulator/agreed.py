"""What the process that starts an emulator and the plugin within it agree on."""

MINUTE_VARIABLE = "REELWRIGHT_EMULATOR_MINUTE_SECONDS"
"""How long a minute of AppConfig deployments and CloudWatch alarms lasts, in seconds."""
DENIED = "denied to a function:"
"""What the log says before who, what and on what."""
