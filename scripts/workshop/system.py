"""What the machine itself must have: programs and libraries from its distribution.

As root, or with sudo that asks no password, missing ones are installed; otherwise the
person is told the one command that does it.
"""

import ctypes.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from .say import Sentence, run, step

BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
DEBIAN_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Libraries that the wkhtmltopdf binary of PyPI takes from the machine.
PDF_LIBRARIES = {
    "Xrender": "libxrender1",
    "fontconfig": "libfontconfig1",
    "freetype": "libfreetype6",
    "Xext": "libxext6",
    "X11": "libx11-6",
}


def postgres_bin():
    """The folder with PostgreSQL's server programs, or None."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(versions, key=lambda path: int(path.parts[-3]))
    if newest:
        return newest[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def is_debian_like():
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def missing_packages(own_server=True, own_odoo=True):
    """Debian's names of what is not on this machine."""
    wanted = {
        "python3-venv": _has_venv(),
        "chromium": any(map(shutil.which, BROWSERS)),
        "poppler-utils": shutil.which("pdftotext"),
        "libmagic1": ctypes.util.find_library("magic"),
        "postgresql-client": shutil.which("createdb"),
        "postgresql": postgres_bin() or not own_server,
        "debian-archive-keyring": DEBIAN_KEYS.exists() or not own_odoo,
    }
    wanted |= {
        package: ctypes.util.find_library(library)
        for library, package in PDF_LIBRARIES.items()
    }
    return [package for package, there in wanted.items() if not there]


def _has_venv():
    """Debian's Python has ``venv`` but cannot use it until python3-venv is there."""
    code = "import ensurepip, venv"
    return _succeeds(sys.executable, "-c", code)


def _succeeds(*command):
    return not subprocess.run(command, capture_output=True).returncode


def provide(own_server, own_odoo):
    """Make the machine ready, or say which command does."""
    _check_machine(own_odoo)
    packages = missing_packages(own_server, own_odoo)
    if not packages:
        return
    sudo = _without_password()
    if sudo is None or not is_debian_like():
        raise Sentence(
            "This machine lacks some programs. Please run, then try again:\n"
            f"    sudo apt-get install -y {' '.join(packages)}"
        )
    with step(f"Debian packages {' '.join(packages)}"):
        _apt_install(sudo, packages)
    still = missing_packages(own_server, own_odoo)
    if still:
        raise Sentence(_cannot_install(still))


def _check_machine(own_odoo):
    # ruff takes 3.10 for granted, the person's machine need not have it.
    if sys.version_info < (3, 10):  # noqa: UP036
        raise Sentence(f"Python 3.10 is needed; this is {platform.python_version()}.")
    if own_odoo and not is_debian_like():
        raise Sentence(
            "Odoo 19 comes from Debian's archive, and this machine has no apt-get. "
            "Point ODOO_HOME to an Odoo 19 source folder instead."
        )


def _without_password():
    """The words before a command that needs root, or None when we may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _succeeds("sudo", "-n", "true"):
        return ["sudo", "-n"]
    return None


def _apt_install(sudo, packages):
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(*sudo, "apt-get", "update", "-q", env=quiet)
    install = ("apt-get", "install", "-q", "-y", "--no-install-recommends")
    run(*sudo, *install, *packages, env=quiet)


def _cannot_install(packages):
    hint = ""
    if "chromium" in packages:
        hint = " Where chromium is only a snap, Google Chrome's own package serves too."
    return f"Still missing after apt-get install: {' '.join(packages)}.{hint}"
