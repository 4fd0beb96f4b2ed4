"""Odoo 19 Community: Debian's package, completed, or the source in ODOO_HOME.

Debian ships Odoo with fonts and scripts unbundled and one script removed. The missing
ones are unpacked beside it; the removed one comes from its npm package. The machine's
apt configuration is not touched: the download uses a private apt root.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from . import node
from .log import WorkshopError, log
from .paths import cached_folder, key_of
from .process import run
from .system import DEBIAN_KEYS

ODOO_PACKAGE = ("odoo-19", "19.0.0+dfsg-1", "sid")
# Targets of relative links in Odoo's package; sid has other major versions of them.
UNBUNDLED_SUITE = "bookworm"
UNBUNDLED = (
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
REMOVED_FOLDER = "odoo/addons/mail/static/lib/selfie_segmentation"
REMOVED_SCRIPT = "selfie_segmentation.js"


def home():
    """Return the folder to add to Python's path so that ``import odoo`` works."""
    named = os.environ.get("ODOO_HOME")
    if named:
        return _named_home(Path(named).expanduser().resolve())
    key = key_of(ODOO_PACKAGE, UNBUNDLED, UNBUNDLED_SUITE, node.LOCK)
    folder = cached_folder("odoo", key, "Odoo 19 from Debian", _unpack)
    return folder / "usr/lib/python3/dist-packages"


def _named_home(folder):
    release = folder / "odoo" / "release.py"
    if not release.is_file():
        raise WorkshopError(
            f"ODOO_HOME={folder} is not an Odoo source folder: "
            "odoo/release.py is missing."
        )
    if "version_info = (19, 0" not in release.read_text():
        raise WorkshopError(f"The Odoo in ODOO_HOME={folder} is not version 19.0.")
    return folder


def identity():
    """Return a text that identifies this Odoo, for the names of prepared databases."""
    folder = home()
    if not os.environ.get("ODOO_HOME"):
        return str(folder)
    head = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True
    )
    return f"{folder} {(folder / 'odoo/release.py').read_text()} {head.stdout}"


def addons_paths():
    """Return addon folders outside the ``odoo`` package: a source checkout has one."""
    extra = home() / "addons"
    is_checkout = (home() / "odoo-bin").is_file()
    return [extra] if is_checkout and extra.is_dir() else []


def mirror():
    """Return the address of a Debian mirror: the machine's, or DEBIAN_MIRROR."""
    named = os.environ.get("DEBIAN_MIRROR")
    if named:
        return named
    form = "$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)"
    lines = run("apt-get", "indextargets", "--format", form, "Identifier: Packages")
    for line in lines.splitlines():
        address, release, component, *origin = line.split()
        # The origin is known only after an `apt-get update`.
        is_debian = (origin or [_distribution()]) == ["Debian"]
        if is_debian and component == "main" and "-" not in release:
            return address
    raise WorkshopError(
        "No Debian mirror is configured in apt. Set one that has Debian's sid, "
        "for example: DEBIAN_MIRROR=https://…/debian make test"
    )


def _distribution():
    release = Path("/etc/os-release").read_text()
    return "Debian" if re.search(r"^ID=debian$", release, re.MULTILINE) else "other"


def _unpack(folder):
    root = folder / "apt"
    options = _private_apt(root)
    run("apt-get", *options, "update", cwd=root)
    odoo, version, suite = ODOO_PACKAGE
    wanted = _pinned(options, odoo, version, suite)
    others = [f"{name}/{UNBUNDLED_SUITE}" for name in UNBUNDLED]
    run("apt-get", *options, "download", wanted, *others, cwd=root)
    for package in sorted(root.glob("*.deb")):
        run("dpkg-deb", "-x", package, folder)
    shutil.rmtree(root)
    _add_removed_script(folder / "usr/lib/python3/dist-packages")


def _private_apt(root):
    """Return the options of an apt with two suites, independent of the machine's."""
    for sub in ("lists/partial", "cache/archives/partial"):
        (root / sub).mkdir(parents=True)
    sources = root / "sources.list"
    suites = (ODOO_PACKAGE[2], UNBUNDLED_SUITE)
    signed = f"deb [signed-by={DEBIAN_KEYS}] {mirror()}"
    sources.write_text("".join(f"{signed} {suite} main\n" for suite in suites))
    settings = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": root / "lists",
        "Dir::State::status": "/dev/null",
        "Dir::Cache": root / "cache",
        "Acquire::Languages": "none",
        "APT::Update::Error-Mode": "any",
        # apt's download user may not have access to a folder under a private home.
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
    }
    return [f"-o{name}={value}" for name, value in settings.items() if value]


def _pinned(options, package, version, suite):
    """Return the pinned version, or the mirror's: sid keeps only the newest."""
    known = run("apt-cache", *options, "madison", package)
    if version in known:
        return f"{package}={version}"
    newest = re.search(r"\|\s*(\S+)\s*\|", known)
    found = newest[1] if newest else "none"
    log(f"           (the mirror has no {package} {version}; taking {found})")
    return f"{package}/{suite}"


def _add_removed_script(packages):
    target = packages / REMOVED_FOLDER
    target.mkdir(parents=True)
    source = node.modules() / "@mediapipe/selfie_segmentation"
    shutil.copy(source / REMOVED_SCRIPT, target)
