"""A small driver for a real Chromium: the DevTools protocol over two pipes, no network, no library."""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-pipe",
)
ANSWER_SECONDS = 30


def executable() -> str | None:
    """Return the browser's path, or None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def browser(profile: Path) -> Iterator["Connection"]:
    """Start a browser with a fresh profile and end it, whatever happens."""
    from_us, to_browser = _pipe()
    from_browser, to_us = _pipe()

    def place_pipes() -> None:
        os.dup2(from_us, 3)
        os.dup2(to_us, 4)

    process = subprocess.Popen(
        [executable() or "chromium", *FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=place_pipes,  # noqa: PLW1509 (single-threaded here, and the protocol wants these numbers)
        pass_fds=(3, 4),
        start_new_session=True,
    )
    os.close(from_us)
    os.close(to_us)
    try:
        yield Connection(from_browser, to_browser)
    finally:
        os.close(to_browser)
        _end(process)
        os.close(from_browser)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let the browser go by itself now that its pipe is closed; end its whole group if it does not."""
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Connection:
    """Commands out, answers and events in; messages end with a NUL."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._last_id = 0
        self._buffer = b""
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None = None, **params: object) -> dict[str, Any]:
        """Send one command and return its answer; AssertionError when the browser refuses it."""
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": params}
        data = json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0"
        while data:
            data = data[os.write(self._writing, data) :]
        while True:
            answer = self._receive(ANSWER_SECONDS)
            if answer.get("id") == self._last_id:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def wait_for(self, method: str) -> dict[str, Any]:
        """Return the next event called ``method``, heard already or to come."""
        for event in self.events:
            if event.get("method") == method:
                self.events.remove(event)
                return event
        while True:
            event = self._receive(ANSWER_SECONDS)
            if event.get("method") == method:
                return event
            self.events.append(event)

    def _receive(self, seconds: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._reading], [], [], seconds)
            assert ready, "the browser did not answer"
            data = os.read(self._reading, 1 << 20)
            assert data, "the browser ended"
            self._buffer += data
        message, self._buffer = self._buffer.split(b"\0", 1)
        heard: dict[str, Any] = json.loads(message)
        return heard


class Page:
    """One tab at one width, with everything that it said, asked for or popped up."""

    def __init__(self, connection: Connection, width: int, height: int = 900, *, dark: bool = False) -> None:
        self._connection = connection
        target = connection.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = connection.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def call(self, method: str, **params: object) -> dict[str, Any]:
        return self._connection.call(method, self._session, **params)

    def open(self, path: Path) -> None:
        """Load a file and wait until everything in it is loaded."""
        self._connection.events.clear()
        self.call("Page.navigate", url=path.as_uri())
        self._connection.wait_for("Page.loadEventFired")

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression, awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def screenshot(self, path: Path, *, whole: bool = True) -> None:
        """Write a PNG of the whole page, or of what the window shows."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(answer["data"]))

    def named(self, method: str) -> list[dict[str, Any]]:
        """Return the parameters of every event called ``method`` since the page was opened."""
        return [event["params"] for event in self._connection.events if event.get("method") == method]

    @property
    def complaints(self) -> list[str]:
        """Everything that a developer would see in red or yellow in the console."""
        logged = [entry["entry"]["text"] for entry in self.named("Log.entryAdded")]
        said = [json.dumps(call["args"]) for call in self.named("Runtime.consoleAPICalled")]
        thrown = [json.dumps(event["exceptionDetails"]) for event in self.named("Runtime.exceptionThrown")]
        return logged + said + thrown

    @property
    def requests(self) -> list[str]:
        """Every address asked for."""
        return [event["request"]["url"] for event in self.named("Network.requestWillBeSent")]

    @property
    def dialogs(self) -> list[str]:
        """Every alert, confirm and prompt."""
        return [event["message"] for event in self.named("Page.javascriptDialogOpening")]


def _pipe() -> tuple[int, int]:
    """Return a pipe whose ends are numbered well above the ones the protocol wants."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for end in ends)
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
