"""Paths, locks and cached folders; all state is kept outside the checkout.

The name of a cached folder is a hash of its inputs. It is built in a temporary folder,
under a lock, and renamed when it is complete: a killed build leaves a temporary folder
that the next one removes, and of two builds at once one waits for the other.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from .log import log, step

REPO = Path(__file__).resolve().parents[2]
ADDON = REPO / "invoicing_clerk"
SCRIPTS = REPO / "scripts"


def bridges():
    """Return the folders of the addons that join the addon with other apps."""
    manifests = REPO.glob(f"{ADDON.name}_*/__manifest__.py")
    return sorted(manifest.parent for manifest in manifests)


def addons():
    """Return the folders of the addon and of the bridges beside it."""
    return [ADDON, *bridges()]


def cache():
    """Return the folder of all our files; they can be built again."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification: a relative path in the variable is to be ignored.
    parent = Path(base) if base.startswith("/") else Path.home() / ".cache"
    return parent / "invoicing_clerk"


def key_of(*parts):
    """Return a short hash of the inputs of a build; files stand for their contents."""
    digest = hashlib.sha256()
    for part in parts:
        is_file = isinstance(part, Path) and part.is_file()
        content = part.read_bytes() if is_file else str(part).encode()
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:12]


def run_file(name):
    """Return the path of a private file, removed when this process ends."""
    folder = cache() / "run" / str(os.getpid())
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def remove_run_files():
    """Remove the private files of this process, and of those that were killed."""
    for folder in (cache() / "run").glob("*"):
        is_dead = not Path("/proc", folder.name).exists()
        if is_dead or folder.name == str(os.getpid()):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def lock(name, shared=False):
    """Hold a lock that the system releases even when we are killed."""
    path = cache() / "locks" / name
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a") as handle:
            _wait_for(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, name)
            # `make clean` may have removed the file we were waiting for.
            if path.exists() and path.stat().st_ino == os.fstat(handle.fileno()).st_ino:
                yield handle
                return


def _wait_for(handle, kind, name):
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        log(f"           … waiting for another run: {name}")
        fcntl.flock(handle, kind)


def user_lock():
    """Return the shared lock that each run of the workshop holds."""
    return lock("users", shared=True)


def is_last_user(user):
    """Return whether we are the only user; if so, keep others out until we exit."""
    try:
        fcntl.flock(user, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def cached_folder(name, key, title, build):
    """Return the folder ``name-key``, made by ``build(folder)`` if missing."""
    target = cache() / f"{name}-{key}"
    if target.is_dir():
        return target
    with lock(name):
        if not target.is_dir():
            _remove_parts(name)
            part = Path(tempfile.mkdtemp(prefix=f"{name}.part-", dir=cache()))
            part.chmod(0o755)
            with step(title):
                build(part)
                part.rename(target)
    return target


def _remove_parts(name):
    """Remove what killed runs have left; call it under the lock."""
    for part in cache().glob(f"{name}.part-*"):
        shutil.rmtree(part)
