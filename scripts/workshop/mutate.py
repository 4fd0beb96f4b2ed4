"""Mutation testing of the rules: set up the tool and select the files."""

import os
import shlex

from . import odoo, python_env
from .log import WorkshopError
from .paths import ADDON, REPO, SCRIPTS, addons, cached_folder, key_of
from .process import follow, run

NEEDS = SCRIPTS / "lock" / "mutation.in"
LOCK = SCRIPTS / "lock" / "mutation.txt"


def mutate(env, narrow="", jobs=""):
    """Mutate all rules, or those that ``narrow`` names, such as ``rules/promise``."""
    files = _files(narrow)
    count = jobs or str(os.cpu_count() or 1)
    return follow(
        *(python_env.python(), "-m", "workshop.mutation", _tools(), count, *files),
        cwd=odoo.neutral_folder(),
        env={**env, "PYTHONPATH": os.pathsep.join((env["PYTHONPATH"], str(SCRIPTS)))},
    )


def _files(narrow):
    """Return rules by a folder or a file, with or without ``.py``.

    Names begin in the addon, such as ``rules/promise``, or with the name of a bridge.
    """
    rules = sorted(
        file
        for addon in addons()
        for file in (addon / "rules").rglob("*.py")
        if file.name != "__init__.py"
    )
    names = [
        (REPO if word.startswith(ADDON.name) else ADDON) / word
        for word in shlex.split(narrow)
    ]
    if not names:
        return rules
    chosen = [
        file
        for file in rules
        if any(name in (file, file.with_suffix(""), *file.parents) for name in names)
    ]
    if not chosen:
        raise WorkshopError(f"T={narrow} names no rules; try T=rules/promise.")
    return chosen


def _tools():
    title = "Mutation operators from PyPI"
    return cached_folder("mutation", key_of(LOCK), title, _build)


def _build(folder):
    run(
        *(python_env.python(), "-m", "pip", "install", "--quiet", "--no-deps"),
        *("--require-hashes", "--no-input", "--disable-pip-version-check"),
        *("--target", folder, "-r", LOCK),
        env=python_env.pip_environment(),
    )


def lock():
    python_env.resolve(NEEDS, LOCK)
