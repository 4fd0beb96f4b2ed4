"""Linters: all of them run, then a single verdict."""

from . import node, python_env
from .log import WorkshopError, log, step
from .paths import REPO, SCRIPTS, addons, cache
from .process import follow

XML_STYLE = SCRIPTS / "lock" / "prettier.json"


def lint():
    failed = [name for name, check in CHECKS.items() if not _passes(name, check)]
    if failed:
        raise WorkshopError(f"lint failed: {', '.join(failed)}")


def _passes(name, check):
    try:
        with step(name):
            if any(list(check())):
                raise WorkshopError("see above")
    except WorkshopError as error:
        log(f"           {error}\n")
        return False
    return True


def _module(name, *args, **options):
    """Run a linter as a module: its script in the environment has no valid path."""
    return follow(python_env.python(), "-m", name, *args, cwd=REPO, **options)


def _ruff():
    yield _module("ruff", "check", "--quiet", "--no-cache", ".")


def _ruff_format():
    yield _module("ruff", "format", "--quiet", "--no-cache", "--check", ".")


def _pylint():
    """Check the tests apart: pylint does not follow the link to them.

    pylint-odoo takes tests in nested packages for code that needs translation.
    """
    yield _module("pylint", *(addon.name for addon in addons()))
    yield _module("pylint", "--disable=translation-required", "tests")


def _module_checks():
    for addon in addons():
        yield _module("oca_pre_commit_hooks.cli", addon.name)


def _prettier():
    yield _prettier_on("--check")


def _mypy():
    for addon in addons():
        if (addon / "rules").is_dir():
            yield _types_of_rules(addon)


def _types_of_rules(addon):
    return follow(
        *(python_env.python(), "-m", "mypy", "--no-error-summary", "-p", "rules"),
        *("--config-file", REPO / "pyproject.toml", "--cache-dir", cache() / "mypy"),
        cwd=addon,
    )


def _prettier_on(verb):
    files = sorted(
        path.relative_to(REPO) for addon in addons() for path in addon.rglob("*.xml")
    )
    if not files:
        return 0
    modules = node.modules()
    plugin = f"--plugin={modules / '@prettier/plugin-xml/src/plugin.js'}"
    program = modules / "prettier/bin/prettier.cjs"
    quiet = ("--log-level=warn", "--no-editorconfig", f"--config={XML_STYLE}")
    return follow(*node.node(), program, *quiet, plugin, verb, *files, cwd=REPO)


def reformat():
    """Reformat and fix what the tools can."""
    with step("ruff"):
        _module("ruff", "check", "--quiet", "--no-cache", "--fix-only", ".")
        _module("ruff", "format", "--quiet", "--no-cache", ".")
    with step("prettier"):
        _prettier_on("--write")


CHECKS = {
    "ruff": _ruff,
    "ruff format": _ruff_format,
    "pylint-odoo": _pylint,
    "oca-checks-odoo-module": _module_checks,
    "prettier": _prettier,
    "mypy on rules": _mypy,
}
