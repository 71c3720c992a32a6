"""MiniStack with our plugin: what the emulator's own Python starts, in place of ``ministack``.

Run by `.venv-emulator/bin/python` with everything else in environment variables; see emulator.py. The
plugin must be in place before the emulator's event loop starts, and nothing of the project may be
importable from functions, so this file adds the checkout to its own path only, never to the environment.
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])

from ministack.app import main  # noqa: E402 (the path decides what can be imported)

from tests.emulator import plugin  # noqa: E402 (as above)

if __name__ == "__main__":
    plugin.apply()
    main()
