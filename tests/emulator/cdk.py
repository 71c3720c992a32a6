"""The pinned CDK CLI against an emulator, timed."""

import json
import os
import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.emulator.emulator import ACCOUNT, REGION, ROOT, Emulator

TIMEOUT_SECONDS = 600
"""A deploy that hangs would otherwise take the hour that CloudFormation gives a silent custom resource."""
_QUIET = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CI": "true",
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    "NO_COLOR": "1",
}


class CdkError(Exception):
    """A command of the CDK CLI failed or took too long; the message holds its output and the emulator's."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One command: how long it took and what it said."""

    seconds: float
    output: str
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cdk:
    """Commands for one environment's stack from a checkout, on one emulator."""

    emulator: Emulator
    environment: str = "dev"
    checkout: Path = ROOT

    @property
    def stack(self) -> str:
        """The name of the stack."""
        return f"Reelwright-{self.environment}"

    @property
    def context(self) -> tuple[str, ...]:
        """What a deploy to the emulator needs to be told: the environment, and whose wheels to bundle."""
        return ("--context", f"env={self.environment}", "--context", f"python={self.emulator.python_version}")

    def bootstrap(self) -> Ran:
        """Prepare the account for CDK, as it is done once for each account and region."""
        return self.run("bootstrap", f"aws://{ACCOUNT}/{REGION}", "--app", "")

    def deploy(self, *more: str) -> Ran:
        """Synthesise and deploy by the bare command; return the stack's outputs too."""
        answers = self.emulator.folder / "outputs.json"
        answers.unlink(missing_ok=True)
        ran = self.run(
            "deploy", *self.context, "--require-approval", "never", "--outputs-file", str(answers), *more
        )
        outputs = json.loads(answers.read_text(encoding="utf-8"))[self.stack] if answers.exists() else {}
        return Ran(ran.seconds, ran.output, outputs)

    def destroy(self) -> Ran:
        """Delete the stack."""
        return self.run("destroy", *self.context, "--force")

    def run(self, *words: str) -> Ran:
        """Run one command of the CLI. Raise CdkError if it fails or takes longer than it may."""
        command = [
            str(ROOT / ".venv/bin/cdk"),
            *words,
            "--no-notices",
            "--output",
            str(self.emulator.folder / "cdk.out"),
        ]
        start = time.monotonic()
        try:
            done = subprocess.run(
                command,
                cwd=self.checkout,
                env=self._variables(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise CdkError(self._told(words, f"took longer than {TIMEOUT_SECONDS} s", late.output)) from late
        if done.returncode:
            raise CdkError(self._told(words, f"failed (exit {done.returncode})", done.stdout))
        return Ran(round(time.monotonic() - start, 1), done.stdout)

    def _variables(self) -> dict[str, str]:
        path = f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
        home = {"HOME": str(self.emulator.folder / "home")}
        # The project is installed in place: a copy of the checkout must be told to look at itself.
        code = {"PYTHONPATH": str(self.checkout / "packages/common/src")} if self.checkout != ROOT else {}
        return os.environ | _QUIET | self.emulator.client_environment | home | code | {"PATH": path}

    def _told(self, words: tuple[str, ...], what: str, output: object) -> str:
        text = output.decode(errors="replace") if isinstance(output, bytes) else str(output or "")
        trouble = [
            line for line in self.emulator.tail(200_000).splitlines() if re.search(r"ERROR|Traceback", line)
        ]
        seen = "\n".join(trouble[-20:])
        return (
            f"cdk {words[0]} {what}:\n{text[-6_000:]}\nErrors of the emulator ({self.emulator.log}):\n{seen}"
        )
