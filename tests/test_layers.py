import ast
import re
from pathlib import Path

from lxml import etree

from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

# A package builds on those before it, and knows nothing of those after it.
PACKAGES = [
    *("mixin", "billing_error", "worklist", "correction", "promise", "receivable"),
    *("forecast", "statement", "ageing", "billing_check", "customer", "call"),
    *("reminder", "receipt", "voucher", "petty_cash", "document", "exemption", "close"),
    *("key_figure", "audit", "setup"),
]
ROOTS = ("models", "wizards", "rules", "controllers")
# Their files are named after a package instead of being in its folder.
FLAT = ("controllers", "data", "report")
XML_ROOTS = ("views", "report", "data")
# One file for all packages each.
SHARED = {
    *("views/menus.xml", "views/res_config_settings_views.xml"),
    *("data/ir_cron_data.xml", "data/ir_sequence_data.xml"),
    *("data/mail_activity_type_data.xml", "data/mail_message_subtype_data.xml"),
    "data/mail_template_data.xml",
}
# Attributes that name a record of the addon, or several in an expression.
NAMING = ("ref", "eval", "inherit_id", "action", "parent", "t-call", "name", "context")
GUIDE = "CONTRIBUTING.md"
XML_ID = re.compile(r"[a-z]\w*")


def _package(path):
    """Return the package of a file of the addon, or None."""
    root, folder = (*path.parts, "")[:2]
    if root in FLAT and folder not in PACKAGES:
        starts = [each for each in PACKAGES if f"{path.stem}_".startswith(f"{each}_")]
        return max(starts, key=len, default=None)
    return folder if folder in PACKAGES else None


@tagged("at_install", "-post_install")
class TestLayers(BaseCase):
    """Dependencies between the packages of the addon point one way.

    In Python, and in views, reports and data. It would catch a view of promises that
    opens a window of the calls, which are built on them.
    """

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
            if path.parts[0] in ("models", "wizards")
            for name in _defined_models(tree)
        }
        cls.pages = {
            file.relative_to(addon): etree.parse(str(file))
            for root in XML_ROOTS
            for file in sorted((addon / root).rglob("*.xml"))
            if file.relative_to(addon).as_posix() not in SHARED
        }
        cls.records = {
            node.get("id"): _package(path)
            for path, page in cls.pages.items()
            for node in page.iter("record", "template", "menuitem")
        }

    def test_every_file_is_in_a_package(self):
        self.assertFalse(
            [
                path
                for path in self.trees
                if not _package(path) and path.parent.as_posix() != "rules"
            ]
        )
        self.assertFalse([path for path in self.pages if not _package(path)])

    def test_contributors_read_the_same_order(self):
        # An installed addon does not have the page beside it.
        for page in Path(file_path("invoicing_clerk")).resolve().parent.glob(GUIDE):
            _before, _found, after = page.read_text().partition("checks:\n\n")
            order, _end, _after = after.partition("\n\n")
            self.assertEqual(re.findall(r"`(\w+)`", order), PACKAGES)

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

    def test_no_page_names_a_model_or_record_of_a_later_package(self):
        known = {**self.records, **self.models}
        named = set()
        for path, page in self.pages.items():
            for node in page.iter(etree.Element):
                for name in _named(node):
                    if name in known:
                        self._check(path, node, _package(path), known[name])
                        named.add(name)
        # Otherwise the check would find none whatever is named.
        self.assertGreater(len(named & self.models.keys()), 50)
        self.assertGreater(len(named & self.records.keys()), 50)

    def _files(self):
        for path, tree in self.trees.items():
            package = _package(path)
            if package:
                yield path, package, tree

    def _check(self, path, node, package, used):
        allowed = PACKAGES[: PACKAGES.index(package) + 1]
        line = getattr(node, "lineno", None) or node.sourceline
        with self.subTest(file=str(path), line=line):
            self.assertIn(used or package, allowed)


def _named(node):
    """Yield models that an element of a page names, and records without their id."""
    yield (node.text or "").strip()
    yield node.get("model")
    for attribute in NAMING:
        value = (node.get(attribute) or "").replace("invoicing_clerk.", "")
        yield from XML_ID.findall(value)


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
