import ast
import re
from pathlib import Path

from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

# What a reader would have to puzzle out, and the term of the field to use instead.
TERMS = {
    "To Look At": "To Review",
    "Looked At": "Reviewed",
    "Left Out": "Excluded",
    "What Goes Out": "Selection",
    "Who Owe or Moved": "Balance or Movements",
    "Also in Credit Only": "Include Credit Balances",
    "Also Where Nothing Is Open": "Include Zero Balances",
    "Statements Go": "Delivery",
    "What is open on": "Open items as of",
    "Nothing is open": "There are no open items",
    "Your number": "Customer No.",
    "Days late": "Days Overdue",
    "Something is wrong": "Report a problem",
    "We look into it": "Under review",
    "See it online": "View online",
    "answer this mail": "reply to this email",
    "a small rest": "a small remaining balance",
    "in the books": "Overstatement, Understatement",
    "The risk of more": "risk of incorrect acceptance",
    "cannot be accepted": "the population is not accepted",
    "Of Which": "Stratum",
    "taken with certainty": "individually significant, examined 100%",
    "Hit By": "Selected Monetary Unit",
    "Take Verdict Back": "Reopen Evaluation",
    "Confirmed Otherwise": "Differences",
    "Done Otherwise": "Alternative Procedures",
    "As It Was Signed": "Signed Response",
    "not open to be answered": "can no longer be answered",
    "reading room": "read-only access for auditors",
    "Mended By": "Remediation Due",
    "borne by": "belongs to",
    "Who Has What": "Workload",
    "Given to Me": "Assigned to Me",
    "Deal Out": "Distribute",
    "In and Out": "Inflow and Outflow",
    "Not Kept, No New Word": "Broken, Not Renewed",
    "Leave It": "Do Nothing",
    "without Money": "No Amount Change",
    "What it will do": "Preview",
    "step is not open": "this action is not available",
    "it is not for you": "You are not allowed",
    "Say first": "Select … first",
    "less than no": "the number must be 0 or more",
    "asks nobody": "selects no customers",
    "Lawyers speak": "The customer is in legal proceedings",
    "taken for spam": "spam filters",
    "nobody's": "the noun",
    "by now": "so far",
    "so many days": "the number of days",
    "e-mail": "email",
    "log-in": "login",
    "telephone": "phone",
    "disposition": "call outcome",
    "answer until": "reply by",
}
RIDDLE = re.compile(
    "|".join(rf"(?<![a-z]){re.escape(term)}(?![a-z])" for term in TERMS), re.IGNORECASE
)
OPENINGS = ("Whether", "What", "Who", "Whose", "Where", "How")


@tagged("at_install", "-post_install")
class TestWords(BaseCase):
    """Texts and docstrings use the terms of the field."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addon = Path(file_path("invoicing_clerk"))

    def test_texts_of_the_interface(self):
        template = (self.addon / "i18n" / "invoicing_clerk.pot").read_text()
        texts = re.findall(r"^msgid ((?:\".*\"\n)+)", template, re.MULTILINE)
        self.assertGreater(len(texts), 1000)
        for text in texts:
            text = "".join(re.findall(r"\"(.*)\"\n", text))
            with self.subTest(text=text):
                self.assertNotRegex(text, RIDDLE)

    def test_docstrings_open_with_a_verb_or_a_noun(self):
        for file in self.addon.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.Module):
                    opening = (ast.get_docstring(node) or "").split(" ")[0]
                    with self.subTest(file=str(file), name=getattr(node, "name", "")):
                        self.assertNotIn(opening, OPENINGS)
