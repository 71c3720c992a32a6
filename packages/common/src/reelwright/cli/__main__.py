"""`python -m reelwright.cli`, where the console script is not installed."""

import sys

from reelwright.cli.main import main

sys.exit(main())
