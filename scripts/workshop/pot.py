"""The translation template: every word of ours that a person can read, kept current."""

import difflib
import re

from . import databases, odoo
from .place import ADDON, run_file
from .say import Sentence, run, say, step

POT = ADDON / "i18n" / f"{ADDON.name}.pot"
# Dates would make two exports of the same words differ.
DATES = re.compile(r'^"(POT-Creation|PO-Revision)-Date: .*\n', re.MULTILINE)


def pot(env, check=False):
    """Write the template, or tell whether the committed one is current."""
    words = _exported(env)
    if not check:
        POT.parent.mkdir(exist_ok=True)
        POT.write_text(words)
        say(f"           {POT.name}: {words.count('msgid ')} terms")
        return
    committed = POT.read_text() if POT.exists() else ""
    if committed != words:
        change = difflib.unified_diff(committed.splitlines(), words.splitlines(), n=0)
        raise Sentence("\n".join([*list(change)[:40], f"{POT} is old: make pot"]))


def _exported(env):
    with databases.fresh(env, "pot") as name, step("Translation template"):
        odoo.install(env, name)
        target = run_file("words.pot")
        line = (*odoo.command(env, name, verb=("i18n", "export")), "-o", target)
        run(*line, ADDON.name, env=env, cwd=odoo.neutral())
    return DATES.sub("", target.read_text())
