import ast
from pathlib import Path

from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

# A package builds on those before it, and knows nothing of those after it.
PACKAGES = [
    *("mixin", "billing_error", "worklist", "correction", "promise", "receivable"),
    *("statement", "billing_check", "customer", "call", "audit", "setup"),
]
ROOTS = ("models", "wizards", "rules")


def _package(path):
    """Return the package of a file of the addon, or None."""
    return next((part for part in path.parts[1:2] if part in PACKAGES), None)


@tagged("at_install", "-post_install")
class TestLayers(BaseCase):
    """Dependencies between the packages of the addon point one way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        addon = Path(file_path("invoicing_clerk"))
        cls.trees = {
            file.relative_to(addon): ast.parse(file.read_text())
            for root in ROOTS
            for file in sorted((addon / root).rglob("*.py"))
            if file.name != "__init__.py"
        }
        cls.models = {
            name: _package(path)
            for path, tree in cls.trees.items()
            if path.parts[0] == "models"
            for name in _defined_models(tree)
        }

    def test_every_file_is_in_a_package(self):
        self.assertFalse(
            [
                path
                for path in self.trees
                if not _package(path) and path.parent.as_posix() != "rules"
            ]
        )

    def test_no_package_names_a_model_of_a_later_one(self):
        for path, package, tree in self._files():
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and str(node.value) in self.models:
                    self._check(path, node, package, self.models[node.value])

    def test_no_package_imports_a_later_one(self):
        for path, package, tree in self._files():
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and node.level:
                    base = path.parts[: -node.level]
                    names = [*base, *(node.module or "").split("."), ""]
                    self._check(path, node, package, _package(Path(*names)))

    def _files(self):
        for path, tree in self.trees.items():
            package = _package(path)
            if package:
                yield path, package, tree

    def _check(self, path, node, package, used):
        allowed = PACKAGES[: PACKAGES.index(package) + 1]
        with self.subTest(file=str(path), line=node.lineno):
            self.assertIn(used or package, allowed)


def _defined_models(tree):
    """Yield the names of the models that a module defines, not those it extends."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            values = {
                statement.targets[0].id: statement.value
                for statement in node.body
                if isinstance(statement, ast.Assign)
                and isinstance(statement.targets[0], ast.Name)
            }
            if "_name" in values and "_description" in values:
                yield values["_name"].value
