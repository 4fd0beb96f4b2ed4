"""A real Odoo 19 Community: Debian's package, made whole, or the one ODOO_HOME names.

Debian ships Odoo with fonts and scripts unbundled and one script removed. The missing
ones are unpacked beside it; the removed one comes from its own npm package. Nothing of
the machine's apt set-up is touched: an apt root of ours does the download.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from . import node
from .place import key_of, piece
from .say import Sentence, run, say
from .system import DEBIAN_KEYS

ODOO_PACKAGE = ("odoo-19", "19.0.0+dfsg-1", "sid")
# Relative links in Odoo's package lead to these; sid's versions are other majors.
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
    """The folder to put on Python's path so that ``import odoo`` works."""
    named = os.environ.get("ODOO_HOME")
    if named:
        return _named_home(Path(named).expanduser().resolve())
    key = key_of(ODOO_PACKAGE, UNBUNDLED, UNBUNDLED_SUITE, node.LOCK)
    folder = piece("odoo", key, "Odoo 19 from Debian", _unpack)
    return folder / "usr/lib/python3/dist-packages"


def _named_home(folder):
    release = folder / "odoo" / "release.py"
    if not release.is_file():
        raise Sentence(f"ODOO_HOME={folder} holds no Odoo source (odoo/release.py).")
    if "version_info = (19, 0" not in release.read_text():
        raise Sentence(f"The Odoo in ODOO_HOME={folder} is not version 19.0.")
    return folder


def identity():
    """What tells this Odoo from another one, for the names of prepared databases."""
    folder = home()
    if not os.environ.get("ODOO_HOME"):
        return str(folder)
    head = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True
    )
    return f"{folder} {(folder / 'odoo/release.py').read_text()} {head.stdout}"


def addons_paths():
    """Addon folders outside the ``odoo`` package: a source checkout has one more."""
    extra = home() / "addons"
    is_checkout = (home() / "odoo-bin").is_file()
    return [extra] if is_checkout and extra.is_dir() else []


def mirror():
    """The address of a Debian mirror: the machine's, or the one in DEBIAN_MIRROR."""
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
    raise Sentence(
        "This machine's apt knows no Debian mirror. Name one that holds Debian's sid, "
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
    """An apt that knows two suites and shares nothing with the machine's."""
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
        # The download user of apt may not reach a folder under a private home.
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
    }
    return [f"-o{name}={value}" for name, value in settings.items() if value]


def _pinned(options, package, version, suite):
    """The version we know, or what the mirror has: sid keeps only the newest."""
    known = run("apt-cache", *options, "madison", package)
    if version in known:
        return f"{package}={version}"
    newest = re.search(r"\|\s*(\S+)\s*\|", known)
    found = newest[1] if newest else "none"
    say(f"           (the mirror has no {package} {version}; taking {found})")
    return f"{package}/{suite}"


def _add_removed_script(packages):
    target = packages / REMOVED_FOLDER
    target.mkdir(parents=True)
    source = node.modules() / "@mediapipe/selfie_segmentation"
    shutil.copy(source / REMOVED_SCRIPT, target)
