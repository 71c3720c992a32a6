"""Runs a piece of work that dies at its first call to the disk, then one that dies at its second, and so on.

Called as a program: ``dying.py documents|audit FOLDER``. Prints how often the work died before it came
through; an invariant that does not hold after a death ends it with a traceback.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from reelwright.storage.local_audit import FolderAuditLog
from reelwright.storage.local_documents import FolderDocuments
from reelwright.storage.schema import Author

DISK_CALLS = {"open", "os.rename", "os.mkdir", "os.remove", "os.truncate", "os.listdir", "fcntl.flock"}
ANN = Author(actor="ann", reason="to try")


def dies(work: Callable[[], object], call: int) -> bool:
    """Do the work in a process that is killed at its n-th call to the disk; return whether it was."""
    child = os.fork()
    if child == 0:
        left = [call]

        def count(event: str, _: object) -> None:
            if event not in DISK_CALLS:
                return
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        sync = os.fsync

        def counted(fd: int) -> None:
            count("open", None)
            sync(fd)

        os.fsync = counted  # type: ignore[assignment]  # which takes what has a number, too
        sys.addaudithook(count)
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0, "the work failed"
        return False
    return True


def documents(root: Path) -> int:
    """Every version that was there stays; at most the one on its way is added; each is whole."""
    deaths, store = 0, FolderDocuments(root)
    while True:
        before = store.history("settings")
        content = b"%d" % (deaths + 1) * 1000
        died = dies(lambda: store.put("settings", content, expect=None, author=ANN), deaths + 1)  # noqa: B023 (called at once)
        after = store.history("settings")
        assert after[len(after) - len(before) :] == before
        assert len(after) - len(before) in ({0, 1} if died else {1})
        for version in after:
            assert len(store.read("settings", version.version).content) == version.size_bytes
        if len(after) > len(before):
            assert store.read("settings").content == content
        if not died:
            left = [path.name for path in (root / "settings").iterdir()]
            assert len(left) == 2 * len(after) + 1, "what the dead left was tidied away"
            return deaths
        deaths += 1


def audit(root: Path) -> int:
    """The chain is whole after every death, and goes on."""
    deaths = 0
    log = FolderAuditLog(root)
    while True:
        before = log.entries()

        def work() -> None:
            log.append(actor="ann", action="a", subject="s", reason="r", details={"n": deaths})  # noqa: B023 (called at once)

        died = dies(work, deaths + 1)
        assert log.verify() == (), log.verify()
        after = log.entries()
        assert after[len(after) - len(before) :] == before
        assert len(after) - len(before) in ({0, 1} if died else {1})
        if not died:
            return deaths
        deaths += 1


if __name__ == "__main__":
    sys.stdout.write(str({"documents": documents, "audit": audit}[sys.argv[1]](Path(sys.argv[2]))))
