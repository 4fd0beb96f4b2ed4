"""Python environment: the packages of the lock file, checked by hash, and no others.

The folder is renamed after the build, so the scripts in its ``bin`` have invalid paths:
run tools as ``python -m``.
"""

import os
import sys
from pathlib import Path

from .paths import SCRIPTS, cached_folder, key_of
from .process import run

LOCK = SCRIPTS / "lock" / "requirements.txt"
NEEDS = SCRIPTS / "lock" / "requirements.in"


def folder():
    key = key_of(LOCK, sys.version, sys.executable)
    return cached_folder("python", key, "Python environment", _build)


def python():
    return folder() / "bin" / "python"


def bin_folder():
    """Return the folder with the patched wkhtmltopdf, to be first on PATH."""
    return folder() / "bin"


def pip_environment():
    """Return the environment for pip, without local folders of wheels."""
    dropped = ("PIP_FIND_LINKS", "PYTHONPATH", "PIP_REQUIRE_VIRTUALENV")
    return {name: value for name, value in os.environ.items() if name not in dropped}


def _build(part):
    run(sys.executable, "-m", "venv", part)
    run(
        *(part / "bin/python", "-m", "pip", "install", "--quiet"),
        *("--require-hashes", "--no-input", "--disable-pip-version-check", "-r", LOCK),
        env=pip_environment(),
    )
    # PyPI's package ships the patched binary under a name that Odoo does not look for.
    Path(part / "bin/wkhtmltopdf").symlink_to("wkhtmltopdf-pack")


def lock():
    """Resolve the requirements again and write the lock file."""
    resolve(NEEDS, LOCK)


def resolve(needs, target, *args):
    """Write the versions that meet some requirements, with hashes."""
    tools = cached_folder("uv", key_of("uv", sys.version), "uv", _build_uv)
    run(
        *(tools / "bin/python", "-m", "uv", "pip", "compile", "--quiet", "--upgrade"),
        *("--universal", "--python-version", "3.10", "--generate-hashes"),
        *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate"),
        *("--custom-compile-command", "make lock", *args),
        *(needs.name, "-o", target.name),
        cwd=needs.parent,
        env={k: v for k, v in pip_environment().items() if not k.startswith("PIP_")},
    )


def _build_uv(part):
    run(sys.executable, "-m", "venv", part)
    pip = (part / "bin/python", "-m", "pip", "install", "--quiet")
    run(*pip, "uv", env=pip_environment())
