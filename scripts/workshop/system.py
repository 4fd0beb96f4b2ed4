"""Programs and libraries that the machine must have from its distribution.

Missing ones are installed as root or with a sudo that asks no password; otherwise the
user is shown the command that installs them.
"""

import ctypes.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from .log import WorkshopError, step
from .process import run

BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
DEBIAN_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Shared libraries of PyPI's wkhtmltopdf binary.
PDF_LIBRARIES = {
    "Xrender": "libxrender1",
    "fontconfig": "libfontconfig1",
    "freetype": "libfreetype6",
    "Xext": "libxext6",
    "X11": "libx11-6",
}


def postgres_bin():
    """Return the folder with PostgreSQL's server programs, or None."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(versions, key=lambda path: int(path.parts[-3]))
    if newest:
        return newest[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def is_debian_like():
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def missing_packages(own_server=True, own_odoo=True):
    """Return the Debian packages that are missing on this machine."""
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
    """Return whether venv works: Debian's Python needs python3-venv for it."""
    code = "import ensurepip, venv"
    return _succeeds(sys.executable, "-c", code)


def _succeeds(*command):
    return not subprocess.run(command, capture_output=True).returncode


def ensure(own_server, own_odoo):
    """Install missing packages, or show the command that does."""
    _check_machine(own_odoo)
    packages = missing_packages(own_server, own_odoo)
    if not packages:
        return
    sudo = _root_prefix()
    if sudo is None or not is_debian_like():
        raise WorkshopError(
            "Some programs are missing. Please run this, then try again:\n"
            f"    sudo apt-get install -y {' '.join(packages)}"
        )
    with step(f"Debian packages {' '.join(packages)}"):
        _apt_install(sudo, packages)
    still = missing_packages(own_server, own_odoo)
    if still:
        raise WorkshopError(_cannot_install(still))


def _check_machine(own_odoo):
    # ruff assumes 3.10, but the user's machine may have an older one.
    if sys.version_info < (3, 10):  # noqa: UP036
        raise WorkshopError(
            f"Python 3.10 is needed; this is {platform.python_version()}."
        )
    if own_odoo and not is_debian_like():
        raise WorkshopError(
            "Odoo 19 is downloaded with apt-get, which this machine does not have. "
            "Set ODOO_HOME to an Odoo 19 source folder instead."
        )


def _root_prefix():
    """Return the prefix of a command that needs root, or None if we cannot run one."""
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
        hint = " Where chromium is only a snap, install Google Chrome's own package."
    return f"Still missing after apt-get install: {' '.join(packages)}.{hint}"
