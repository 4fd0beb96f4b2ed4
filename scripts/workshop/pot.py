"""Translation template: export, and check that the committed one is current."""

import difflib
import re

from . import databases, odoo
from .log import WorkshopError, log, step
from .paths import addons, run_file
from .process import run

# Dates would make two exports of the same terms differ.
DATES = re.compile(r'^"(POT-Creation|PO-Revision)-Date: .*\n', re.MULTILINE)


def pot(env, check=False):
    """Write the templates, or fail if a committed one is outdated."""
    ours = addons()
    with databases.fresh(env, "pot", bridges=True) as name, step("Export templates"):
        odoo.install(env, name, ",".join(addon.name for addon in ours))
        exported = {addon: _exported(env, name, addon.name) for addon in ours}
    for addon, text in exported.items():
        template = addon / "i18n" / f"{addon.name}.pot"
        if check:
            _compare(template, text)
            continue
        template.parent.mkdir(exist_ok=True)
        template.write_text(text)
        log(f"           {template.name}: {text.count('msgid ')} terms")


def _compare(template, exported):
    committed = template.read_text() if template.exists() else ""
    if committed != exported:
        change = difflib.unified_diff(
            committed.splitlines(), exported.splitlines(), n=0
        )
        reason = f"{template} is outdated: run make pot"
        raise WorkshopError("\n".join([*change, reason]))


def _exported(env, database, module):
    target = run_file("export.pot")
    line = (*odoo.command(env, database, verb=("i18n", "export")), "-o", target)
    run(*line, module, env=env, cwd=odoo.neutral_folder())
    return DATES.sub("", target.read_text())
