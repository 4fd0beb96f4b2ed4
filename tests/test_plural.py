import ast
import re
from pathlib import Path

from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

COUNTED = (
    "invoices|items|records|requests|customers|statements|days|minutes|hours|"
    "months|calls|times|attempts|sessions|seconds|bytes|documents|entries|emails|"
    "payments|promises|errors|cases|rows|lines|files|tests|exceptions|samples|"
    "amounts|numbers|problems|limits|changes|reminders|places|accounts|members|"
    "questions|people|users|findings|worklists|deviations|characters|letters|"
    "packs|confirmations|runs|points|instalments|units"
)
NUMBER = re.compile(
    r"%(?:\((\w+)\))?[sd] (?:more )?((?:[a-z-]+ ){0,2}?(?:" + COUNTED + r"))\b"
)
# What is no number: names, and verbs between.
NO_NUMBERS = {
    *("credits", "other", "manifest", "pack", "invoice", "case", "document", "user"),
    *("journal", "customer", "company", "amount_revenue", "sample", "name", "note"),
}
VERBS = {
    "is",
    "was",
    "has",
    "lists",
    "contains",
    "would",
    "cannot",
    "that",
    "and",
    "by",
}
# Numbers that are always above one.
FIXED = (
    "The server stopped %s times",
    "a list cannot exceed %s requests.",
    "No PDF could be created in %s attempts",
    "The server crashed %s times",
    "wkhtmltopdf did not respond for %s seconds",
    "the mail server ended %s sessions",
    "Finished work items must be kept for at least %s days",
    # The end of a band that begins after the due date.
    "between %(low)s and %(high)s days past due",
    "invoices with our own error reported within %s days",
    # Days next to today have words of their own.
    "in %s days",
    "%s days ago",
)


@tagged("at_install", "-post_install")
class TestPlural(BaseCase):
    """Sentences with a number before a noun have a form for one.

    A sweep over all translated texts of the code. It would have caught "1 statements
    were printed", "1 customers", "1 records" and about 60 others.
    """

    def _texts(self):
        """Yield file, text, and whether it is one of two forms."""
        root = Path(file_path("invoicing_clerk"))
        for path in sorted(root.rglob("*.py")):
            if "tests" in path.relative_to(root).parts:
                continue
            tree = ast.parse(path.read_text())
            inside = {
                id(node)
                for call in ast.walk(tree)
                if isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id == "plural"
                for node in ast.walk(call)
            }
            for node in ast.walk(tree):
                if self._is_translated(node):
                    yield path.name, node.args[0].value, id(node) in inside

    def _is_translated(self, node):
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "_"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        )

    def _numbers(self, text):
        for match in NUMBER.finditer(text):
            words = set(match[2].split())
            if match[1] not in NO_NUMBERS and not words & VERBS:
                yield match[0]

    def test_numbers_have_a_form_for_one(self):
        count = 0
        for name, text, has_forms in self._texts():
            count += 1
            if has_forms or text.startswith(FIXED):
                continue
            for number in self._numbers(text):
                with self.subTest(file=name, text=text):
                    self.fail(f"“{number}” reads wrong for 1: use `plural`.")
        self.assertGreater(count, 1000)

    def test_sweep_finds_them(self):
        for text in (
            "%s statements were printed.",
            "%(count)s open invoices are older",
            "None of the %s selected items",
            "from %(count)s entries.",
        ):
            self.assertTrue(list(self._numbers(text)), text)

    def test_exceptions_exist(self):
        texts = [text for _name, text, _has_forms in self._texts()]
        for start in FIXED:
            with self.subTest(start):
                self.assertTrue([text for text in texts if text.startswith(start)])
