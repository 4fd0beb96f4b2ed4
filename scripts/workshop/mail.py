"""Mail sink for a served demo company: mails are files of a folder, and go nowhere."""

import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

from . import python_env
from .log import WorkshopError
from .paths import SCRIPTS, cache
from .process import stop

PROGRAM = SCRIPTS / "workshop" / "mail_sink.py"


@contextmanager
def kept(name):
    """Run the sink for a database; yield the folder of its mails, and its port.

    The mails can be read until the next run, which removes them.
    """
    folder = _empty_folder(name)
    pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    child = subprocess.Popen([python_env.python(), str(PROGRAM), str(folder)], **pipe)
    try:
        port = child.stdout.readline().strip()
        if not port:
            raise WorkshopError("The mail sink did not start; see above.")
        yield folder, int(port)
    finally:
        child.stdin.close()
        stop(child)


def _empty_folder(name):
    """Return a new folder, and remove those of runs that have ended."""
    parent = cache() / "mail"
    for each in parent.glob("*"):
        owner = each.name.rpartition("_")[2]
        if each.name == name or not Path("/proc", owner).exists():
            shutil.rmtree(each)
    folder = parent / name
    folder.mkdir(parents=True)
    return folder
