"""Where things lie: state outside the checkout, each piece whole or not there at all.

A *piece* is a folder named after what it was built from. It is built aside, under a
lock, and renamed into place when it is whole: a set-up that is killed leaves a part
that the next one removes, and of two set-ups at once one waits for the other.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from .say import say, step

REPO = Path(__file__).resolve().parents[2]
ADDON = REPO / "invoicing_clerk"
SCRIPTS = REPO / "scripts"


def cache():
    """The folder of everything that is ours and can be made again."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG rules: a relative path in the variable is to be ignored.
    parent = Path(base) if base.startswith("/") else Path.home() / ".cache"
    return parent / "invoicing_clerk"


def key_of(*parts):
    """A short name for what something is built from: files stand for their contents."""
    digest = hashlib.sha256()
    for part in parts:
        is_file = isinstance(part, Path) and part.is_file()
        content = part.read_bytes() if is_file else str(part).encode()
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:12]


def run_file(name):
    """A file of this process alone, removed when it ends."""
    folder = cache() / "run" / str(os.getpid())
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def forget_run():
    """Remove the files of this process, and of those that were killed."""
    for folder in (cache() / "run").glob("*"):
        is_dead = not Path("/proc", folder.name).exists()
        if is_dead or folder.name == str(os.getpid()):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def lock(name, shared=False):
    """Hold a lock that the system takes back even when we are killed."""
    path = cache() / "locks" / name
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a") as handle:
            _wait_for(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, name)
            # `make clean` may have removed the file that we were waiting for.
            if path.exists() and path.stat().st_ino == os.fstat(handle.fileno()).st_ino:
                yield handle
                return


def _wait_for(handle, kind, name):
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        say(f"           … waiting for another run that is busy with: {name}")
        fcntl.flock(handle, kind)


def user_lock():
    """Held by each run of the workshop as long as it lasts."""
    return lock("users", shared=True)


def is_last(user):
    """Whether nobody else holds the lock; then nobody gets it before we let it go."""
    try:
        fcntl.flock(user, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def piece(name, key, what, build):
    """The folder ``name-key``, made by ``build(folder)`` unless it is already there."""
    whole = cache() / f"{name}-{key}"
    if whole.is_dir():
        return whole
    with lock(name):
        if not whole.is_dir():
            _remove_parts(name)
            part = Path(tempfile.mkdtemp(prefix=f"{name}.part-", dir=cache()))
            part.chmod(0o755)
            with step(what):
                build(part)
                part.rename(whole)
    return whole


def _remove_parts(name):
    """Under the lock, whatever is still a part was left by a run that was killed."""
    for part in cache().glob(f"{name}.part-*"):
        shutil.rmtree(part)
