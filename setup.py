"""The addon as a Python distribution: pip installs it where Odoo finds it.

The manifests are the only source of version, summary and licences.
"""

import ast
import os
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).resolve().parent
ADDON = HERE / "invoicing_clerk"
# Bridges to other apps, which Odoo installs by itself where both sides are there.
BRIDGES = sorted(each.parent for each in HERE.glob(f"{ADDON.name}_*/__manifest__.py"))
ADDONS = (ADDON, *BRIDGES)
LEFTOVERS = ("__pycache__", ".pyc", ".pyo", "~", ".orig", ".rej", ".swp")


def manifest_of(addon):
    return ast.literal_eval((addon / "__manifest__.py").read_text())


manifest = manifest_of(ADDON)
# A bridge to an app under another license has the license of that app.
LICENSES = sorted({manifest_of(addon)["license"] for addon in ADDONS}, reverse=True)


def package(addon):
    return f"odoo.addons.{addon.name}"


def folders(addon):
    """Return all folders of an addon, also those behind the link to the tests."""
    walk = os.walk(addon, followlinks=True)
    return sorted(Path(top) for top, _dirs, _files in walk if keeps(Path(top).name))


def keeps(name):
    return not name.endswith(LEFTOVERS)


def files(folder):
    return sorted(
        path.name for path in folder.iterdir() if path.is_file() and keeps(path.name)
    )


def python_packages():
    """Return the folders with Python code, nested ones too, by their dotted names."""
    return {
        ".".join((package(addon), *folder.relative_to(addon).parts)): folder
        for addon in ADDONS
        for folder in folders(addon)
        if (folder / "__init__.py").exists()
    }


def data_files(addon):
    """Return all files, relative to the addon: views, data, translations, images."""
    return [
        str(folder.relative_to(addon) / name)
        for folder in folders(addon)
        for name in files(folder)
    ]


def project_urls():
    """Return the links to the repository that the wheel is built in, where known.

    PROJECT_URL names it; GitHub's runners do so by themselves.
    """
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY")
    github = "/".join(os.environ.get(name, "") for name in names).strip("/")
    source = os.environ.get("PROJECT_URL") or github
    if not source.startswith("https://"):
        return {}
    return {"Source": source, "Issues": f"{source}/issues"}


setup(
    name=f"odoo-addon-{ADDON.name}",
    version=manifest["version"],
    description=manifest["summary"],
    long_description=(HERE / "README.md").read_text(),
    long_description_content_type="text/markdown",
    author=manifest["author"],
    url=manifest.get("website"),
    project_urls=project_urls(),
    license=" and ".join(LICENSES),
    license_files=["LICENSE", f"{ADDON.name}_*/LICENSE"],
    packages=list(python_packages()),
    package_dir={package(addon): addon.name for addon in ADDONS},
    package_data={package(addon): data_files(addon) for addon in ADDONS},
    include_package_data=False,
    zip_safe=False,
    python_requires=">=3.10",
    install_requires=["odoo==19.0.*"],
    classifiers=[
        "Framework :: Odoo",
        "Framework :: Odoo :: 19.0",
        "Programming Language :: Python :: 3",
    ],
)
