"""Wheels of the addon: built from a clean copy, tested in a clean environment."""

import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from . import databases, odoo, odoo_source, python_env
from .log import WorkshopError, log, step
from .paths import ADDON, REPO, addons
from .process import run

SOURCES = ("setup.py", "pyproject.toml", "README.md", "LICENSE")
# Odoo's metadata requires these; the lock file has psycopg2-binary and pypdf instead.
ALIASES = {"psycopg2": "2.9", "PyPDF2": "2.0"}
FOUND = "import odoo.modules as m; print('FOUND', m.get_module_path({name!r}))"


def build(target):
    """Build the wheel into a folder and return its path."""
    with tempfile.TemporaryDirectory() as folder, step("Wheel"):
        _copy_sources(Path(folder))
        run(
            *(python_env.python(), "-m", "pip", "wheel", "--quiet", "--no-deps"),
            *("--no-index", "--no-build-isolation", "-w", target, folder),
            env=python_env.pip_environment(),
        )
    return max(target.glob("*.whl"), key=lambda path: path.stat().st_mtime)


def _copy_sources(folder):
    """Copy the sources, because setuptools leaves folders behind and reuses them."""
    for name in SOURCES:
        shutil.copy(REPO / name, folder)
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for addon in addons():
        shutil.copytree(addon, folder / addon.name, ignore=ignored)


def to_dist():
    wheel = build(REPO / "dist")
    check_contents(wheel)
    log(f"           {wheel.relative_to(REPO)}")


def check_contents(wheel):
    """Fail unless every file of the addon and of its bridges is in the wheel."""
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"odoo/addons/{addon.name}/{name}"
        for addon in addons()
        for name in _files_of(addon)
    }
    if wanted - inside:
        raise WorkshopError(
            f"Missing in the wheel: {', '.join(sorted(wanted - inside))}"
        )


def _files_of(addon):
    for top, _folders, names in os.walk(addon, followlinks=True):
        for name in names:
            if not name.endswith(".pyc"):
                yield Path(top, name).relative_to(addon).as_posix()


def prove(env):
    """Install the wheel with pip, then the addon with Odoo from there."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = build(Path(folder))
        check_contents(wheel)
        clean = _clean_environment(Path(folder) / "venv", wheel)
        with databases.fresh(env, "wheel") as name:
            _install_from_site_packages({**env, "PYTHONPATH": ""}, clean, name)


def _clean_environment(folder, wheel):
    """Return the Python of an environment with the wheel, beside Odoo's packages."""
    with step("Install the wheel with pip in a clean environment"):
        run(sys.executable, "-m", "venv", folder)
        python = folder / "bin/python"
        site = _site_packages(folder)
        needs = _site_packages(python_env.folder())
        (site / "odoo.pth").write_text(f"{odoo_source.home()}\n{needs}\n")
        _declare_present(site)
        install = (python, "-m", "pip", "install", "--quiet", "--no-index", wheel)
        run(*install, env=python_env.pip_environment())
    return python


def _site_packages(environment):
    return next(environment.glob("lib/python*/site-packages"))


def _declare_present(site):
    for name, version in ALIASES.items():
        folder = site / f"{name}-{version}.dist-info"
        folder.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (folder / "METADATA").write_text(metadata)


def _install_from_site_packages(env, python, name):
    elsewhere = {"python": python, "addons": ()}
    with step(f"Install {ADDON.name} from site-packages"):
        odoo.install(env, name, **elsewhere)
        shell = odoo.command(env, name, "--no-http", verb=("shell",), **elsewhere)
        question = FOUND.format(name=ADDON.name)
        found = run(*shell, env=env, cwd=odoo.neutral_folder(), stdin=question)
    if f"FOUND {python.parents[1]}" not in found:
        raise WorkshopError(f"Odoo loaded the addon from elsewhere:\n{found}")
