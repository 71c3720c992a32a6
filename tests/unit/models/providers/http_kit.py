"""What the tests of the HTTP client share."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from reelwright.models.http import HttpClient
from reelwright.resilience.deadline import Deadline
from tests.simulators.access import call_to
from tests.simulators.server import Answer, Cut, Received, Simulator, json_answer

HTTP = HttpClient()
VIDEO = {"content-type": "video/mp4"}


class Echo(Simulator):
    """Answers with what it is told, or with what it was asked."""

    def __init__(self, *answers: Answer | Cut) -> None:
        super().__init__()
        self.answers = list(answers)

    def respond(self, request: Received) -> Answer | Cut:
        self.received.append(request)
        return self.answers.pop(0) if self.answers else json_answer({"path": request.path})


def within(seconds: float) -> Deadline:
    return call_to(seconds=seconds).deadline


@contextmanager
def raw_server(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """One connection, handed to ``talk`` in a thread of its own."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            made, _ = listening.accept()
            with made:
                talk(made, over)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


def drip(text: bytes) -> Callable[[socket.socket, threading.Event], None]:
    def talk(made: socket.socket, over: threading.Event) -> None:
        made.recv(65536)
        for number in range(len(text)):
            if over.wait(0.03):
                return
            made.sendall(text[number : number + 1])

    return talk
