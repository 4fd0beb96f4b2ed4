"""Translation template: export, and check that the committed one is current."""

import difflib
import re

from . import databases, odoo
from .log import WorkshopError, log, step
from .paths import ADDON, run_file
from .process import run

POT = ADDON / "i18n" / f"{ADDON.name}.pot"
# Dates would make two exports of the same terms differ.
DATES = re.compile(r'^"(POT-Creation|PO-Revision)-Date: .*\n', re.MULTILINE)


def pot(env, check=False):
    """Write the template, or fail if the committed one is outdated."""
    exported = _exported(env)
    if not check:
        POT.parent.mkdir(exist_ok=True)
        POT.write_text(exported)
        log(f"           {POT.name}: {exported.count('msgid ')} terms")
        return
    committed = POT.read_text() if POT.exists() else ""
    if committed != exported:
        change = difflib.unified_diff(
            committed.splitlines(), exported.splitlines(), n=0
        )
        raise WorkshopError("\n".join([*change, f"{POT} is outdated: run make pot"]))


def _exported(env):
    with databases.fresh(env, "pot") as name, step("Translation template"):
        odoo.install(env, name)
        target = run_file("export.pot")
        line = (*odoo.command(env, name, verb=("i18n", "export")), "-o", target)
        run(*line, ADDON.name, env=env, cwd=odoo.neutral_folder())
    return DATES.sub("", target.read_text())
