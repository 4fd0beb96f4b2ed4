"""The Python environment: everything in the lock file, with hashes, and nothing else.

It is built aside and renamed, so the scripts in its ``bin`` name a folder that is gone:
tools are always run as ``python -m``.
"""

import os
import sys
from pathlib import Path

from .place import SCRIPTS, key_of, piece
from .say import run

LOCK = SCRIPTS / "lock" / "requirements.txt"
NEEDS = SCRIPTS / "lock" / "requirements.in"


def folder():
    key = key_of(LOCK, sys.version, sys.executable)
    return piece("python", key, "Python environment", _build)


def python():
    return folder() / "bin" / "python"


def bin_folder():
    """Goes first on PATH: it holds the patched wkhtmltopdf."""
    return folder() / "bin"


def pip_environment():
    """Local wheel folders of this machine must not stand in for what the lock names."""
    dropped = ("PIP_FIND_LINKS", "PYTHONPATH", "PIP_REQUIRE_VIRTUALENV")
    return {name: value for name, value in os.environ.items() if name not in dropped}


def _build(part):
    run(sys.executable, "-m", "venv", part)
    run(
        *(part / "bin/python", "-m", "pip", "install", "--quiet"),
        *("--require-hashes", "--no-input", "--disable-pip-version-check", "-r", LOCK),
        env=pip_environment(),
    )
    # Odoo looks for the name; PyPI's package ships the patched binary under another.
    Path(part / "bin/wkhtmltopdf").symlink_to("wkhtmltopdf-pack")


def lock():
    """Resolve the needs again and write the lock file."""
    resolve(NEEDS, LOCK)


def resolve(needs, target, *words):
    """Write down which versions meet some needs, with their hashes."""
    tools = piece("uv", key_of("uv", sys.version), "uv, to resolve", _build_uv)
    run(
        *(tools / "bin/python", "-m", "uv", "pip", "compile", "--quiet", "--upgrade"),
        *("--universal", "--python-version", "3.10", "--generate-hashes"),
        *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate"),
        *("--custom-compile-command", "make lock", *words),
        *(needs.name, "-o", target.name),
        cwd=needs.parent,
        env={k: v for k, v in pip_environment().items() if not k.startswith("PIP_")},
    )


def _build_uv(part):
    run(sys.executable, "-m", "venv", part)
    pip = (part / "bin/python", "-m", "pip", "install", "--quiet")
    run(*pip, "uv", env=pip_environment())
