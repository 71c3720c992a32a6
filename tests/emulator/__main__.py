"""An emulator for work by hand: ``python -m tests.emulator`` prints what to export and runs until Ctrl-C."""

import sys
import tempfile
import time
from pathlib import Path

from tests.emulator.emulator import Emulator


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="reelwright-emulator-") as folder,
        Emulator(Path(folder)) as emulator,
    ):
        lines = [f"export {name}={value}" for name, value in emulator.client_environment.items()]
        lines.append(f"# log: {emulator.log}; for cdk also: --context python={emulator.python_version}")
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        try:
            while True:
                emulator.check()
                time.sleep(1)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    raise SystemExit(main())
