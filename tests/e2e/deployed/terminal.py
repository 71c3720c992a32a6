"""The command line as a person has it before them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


class Terminal:
    """A folder in which somebody works."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.folder = folder
        self._variables = variables

    def run(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run the command line as a process of its own."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "REELWRIGHT"))
        }
        return subprocess.run(
            [sys.executable, "-m", "reelwright.cli", *words],
            env=kept | self._variables,
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def answer(self, *words: str, stdin: str = "") -> Any:
        """Return what a command that succeeds says of the deployed environment."""
        done = self.run(*words, "--env", "dev", "--json", stdin=stdin)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
