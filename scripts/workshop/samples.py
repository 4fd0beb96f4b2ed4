"""Sample statements of the documentation: what customers of the demo company get."""

import shutil

from . import demo
from .place import REPO, SCRIPTS
from .say import Sentence, run, say, step

FOLDER = REPO / "docs" / "samples"
PICTURES = REPO / "docs" / "images"
# What is shown in the guide itself.
SHOWN = "statement-open-items"
# Of Debian's poppler-utils.
PAINTER = "pdftoppm"


def make(env):
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo.database(env, "samples") as name:
        job = SCRIPTS / "workshop" / "sample_statements.py"
        if demo.script({**env, "SAMPLES": str(FOLDER)}, name, job):
            raise Sentence("The samples could not be made.")
    with step("The first page as a picture"):
        _paint(env)


def _paint(env):
    """The first page of one, as a picture."""
    if not shutil.which(PAINTER):
        say(f"Without {PAINTER}, {SHOWN}.png stays as it is.")
        return
    words = ("-png", "-r", "72", "-singlefile")
    run(PAINTER, *words, FOLDER / f"{SHOWN}.pdf", PICTURES / SHOWN, env=env)
