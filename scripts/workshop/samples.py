"""Sample statements and checks for the documentation, from the demo company."""

import shutil

from . import demo, odoo
from .log import WorkshopError, log, step
from .paths import REPO, SCRIPTS
from .process import run

FOLDER = REPO / "docs" / "samples"
PICTURES = REPO / "docs" / "images"
# The sample whose first page is shown in the guide.
PICTURED = "statement-open-items"
# Part of Debian's poppler-utils.
PDF_TO_PNG = "pdftoppm"


def make(env):
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo.database(env, "samples") as name:
        _run(env, name, "sample_statements.py")
        with step("Install checks"):
            odoo.install(env, name, "account_check_printing")
        _run(env, name, "sample_checks.py")
    with step("First page as PNG"):
        _draw_first_page(env)


def _run(env, name, job):
    if demo.script({**env, "SAMPLES": str(FOLDER)}, name, SCRIPTS / "workshop" / job):
        raise WorkshopError("Making the samples failed; see above.")


def _draw_first_page(env):
    """Save the first page of one sample as PNG."""
    if not shutil.which(PDF_TO_PNG):
        log(f"{PDF_TO_PNG} is not installed: {PICTURED}.png is not renewed.")
        return
    args = ("-png", "-r", "72", "-singlefile")
    run(PDF_TO_PNG, *args, FOLDER / f"{PICTURED}.pdf", PICTURES / PICTURED, env=env)
