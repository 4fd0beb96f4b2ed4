import ast
import re
from pathlib import Path

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import TranslationModuleReader

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
    "Of Which:": "Stratum",
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
    "VAT number": "tax ID",
    "log-in": "login",
    "telephone": "phone",
    "disposition": "call outcome",
    "answer until": "reply by",
    "may not": "is not allowed to, does not have access to, does not allow",
    "any more": "no longer",
    "in favour of": "a credit balance",
    "of ours": "our",
    "starts as": "the first status is",
    "nothing of": "none of, no longer outstanding",
    "make again": "recreate",
    "make and send": "recreate and send",
    "take back": "withdraw",
    "put back": "back to …",
    "called back": "recalled",
    "by hand": "manually",
    "what was said": "the contents of the call",
    "in words": "as text",
    "binds": "applies to",
    "would come to": "the corrected total would be",
    "to be right": "to be correct",
    "restore the": "unarchive the",
    "for good": "permanently",
    "analyze": "analyse",
    "anonymize": "anonymise",
    "summarize": "summarise",
    "aging": "ageing",
    "canceled": "cancelled",
    "favor": "favour",
}
RIDDLE = re.compile(
    "|".join(rf"(?<![a-z]){re.escape(term)}(?![a-z])" for term in TERMS), re.IGNORECASE
)
OPENINGS = ("Whether", "What", "Who", "Whose", "Where", "How")
# Words that stand for a noun, or for a date or a reason, at the start of a tooltip.
RIDDLING_HELP = re.compile(r"(Whether|What|Whose?|Whom|Where|When|Why|How)\b")
# In docstrings: word order and words from another language.
BORROWED = re.compile(
    r"\bfor (?:good|ever)\b|\bany more\b|\blaw asks for\b|\bby which way\b|\btold to\b"
    r"|\bis no (?:PNG|PDF|clerk|search|invoice|filter|text|address|domain|member)\b"
    r"|\bis no (?:supervisor|user|number)\b"
    r"|\bare no (?:duplicates|references|phone numbers)\b|^Tell whether\b"
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|%%")
# Slips of the pen: a word twice, a space before a sign, a customer as he or she.
SLIP = re.compile(
    r"\b(?!that )(\w+) \1\b|\w [,;:.?!](?:\s|$)|\d %|\b(?:he|him|his|she|her)\b"
    r"|(?<!\.)\.\.(?!\.)",
    re.IGNORECASE,
)
TAG = re.compile(r"<[^>]*>")
# A label is a noun or a participle, and no name that code has for a value.
VERBAL_LABEL = re.compile(r"^(?:Is|Has|Can|May|Was|Needs|Makes) (?!a )(?!Be )|\bKpi\b")
CODED_LABEL = re.compile(
    r"\b(?:Bucket|Codes|Count|Fingerprint|Html|Json|Label|Mimetype|Text|Value)$"
    r"|^(?:Find|Paper|Part|Piece|Place|Tries|Why|Worker|Model)$"
)
# Plain words that no guide needs.
PLAIN = {
    *("adjusted", "allowed", "analytic", "anonymised", "assignment", "color"),
    *("concluded", "curve", "detail", "direction", "distribution", "escalated"),
    *("instructions", "remark", "remind", "sequence", "signature", "street2"),
    *("unlimited", "weight", "refusal", "undone", "explained", "purpose"),
}
DOCS = (
    *("docs/*.md", "readme/*.md", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"),
    *("*/readme/*.md", "*/static/description/*.html"),
)


@tagged("at_install", "-post_install")
class TestWords(TransactionCase):
    """Texts, guides and docstrings use the terms of the field.

    Texts are exported as `make pot` does, so that none escapes in a stale template.
    This would have caught "%s may not log calls", which reads as doubt, and 25
    tooltips such as "How the status follows from payments."
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addon = Path(file_path("invoicing_clerk"))
        cls.terms = [
            (name, place, " ".join(source.split()))
            for _module, _type, name, place, source, *_value in TranslationModuleReader(
                cls.env.cr, modules=["invoicing_clerk"]
            )
        ]

    def _texts(self):
        texts = {text for _name, _place, text in self.terms}
        self.assertGreater(len(texts), 3000)
        return sorted(texts | self._texts_of_bridges())

    def _texts_of_bridges(self):
        """Return the texts of addons that join this one with another app.

        They are not installed here, so their templates are read.
        """
        beside = self.addon.resolve().parent
        templates = beside.glob(f"{self.addon.name}_*/i18n/*.pot")
        return {
            " ".join(entry.msgid.split())
            for template in templates
            for entry in polib.pofile(str(template))
        }

    def test_texts_of_the_interface(self):
        for text in self._texts():
            with self.subTest(text=text):
                self.assertNotRegex(text, RIDDLE)

    def test_status_is_one_word(self):
        """Records have a status, as in Odoo; a state is a part of a country."""
        places = {
            place
            for name, place, text in self.terms
            if name == "ir.model.fields,field_description" and text == "State"
        }
        self.assertTrue(places)
        for place in sorted(places):
            with self.subTest(place=place):
                self.assertTrue(place.endswith("__state_id"))

    def test_no_term_is_a_technical_name(self):
        """List strings beside a label that the export takes for texts."""
        names = {
            name for model in self.env.values() for name in model._fields if "_" in name
        } | {"state"}
        taken = {text for name, _place, text in self.terms if text in names}
        self.assertFalse(taken)

    def _labels(self):
        """Yield field, label, and whether it is the one Odoo makes from the name."""
        for model in self.env.values():
            for name, field in model._fields.items():
                ours = "invoicing_clerk" in field._modules
                if ours and field.export_string_translation:
                    base = re.sub(r"_ids?$", "", name)
                    made = base.replace("_", " ").title()
                    yield field, field.string, field.string == made

    def test_labels_are_no_names_of_code(self):
        """Labels that fields get from their names read as if a person had given them.

        It would have caught "Kpi Clerk Error Open Value", "Is Corrected Document",
        "Exception Codes", "Held Text" and 70 others. Whatever no user sees is not
        exported for translation.
        """
        guides = " ".join(map(self._prose, self._guides()))
        known = set(re.findall(r"[a-z]+", guides.lower())) | PLAIN
        known |= {word.removesuffix("s") for word in known}
        labels = list(self._labels())
        self.assertGreater(len(labels), 1500)
        for field, label, made in labels:
            with self.subTest(field=str(field)):
                self.assertNotRegex(label, VERBAL_LABEL)
                if made:
                    self.assertNotRegex(label, CODED_LABEL)
                    unknown = set(re.findall(r"[a-z0-9]+", label.lower())) - known
                    self.assertFalse(unknown)

    def _guides(self):
        """Return the guides for users and contributors."""
        return [
            page for names in DOCS for page in self.addon.resolve().parent.glob(names)
        ]

    def test_slips(self):
        for text in self._texts():
            sentence = TAG.sub("|", PLACEHOLDER.sub("¤", text))
            with self.subTest(text=text):
                self.assertNotRegex(sentence, SLIP)

    def test_help_opens_with_a_noun(self):
        helps = {text for name, _, text in self.terms if name == "ir.model.fields,help"}
        self.assertGreater(len(helps), 350)
        for text in sorted(helps):
            with self.subTest(text=text):
                self.assertNotRegex(text, rf"^{RIDDLING_HELP.pattern}")

    def test_guides(self):
        pages = self._guides()
        self.assertGreater(len(pages), 15)
        for page in pages:
            text = TAG.sub("|", self._prose(page))
            with self.subTest(page=str(page)):
                self.assertNotRegex(text, RIDDLE)
                self.assertNotRegex(text, SLIP)

    def _prose(self, page):
        """Return the text of a page, without its code and the targets of its links."""
        text = re.sub(r"```.*?```|`[^`]*`", "¤", page.read_text(), flags=re.DOTALL)
        text = re.sub(r"\]\([^)]*\)", "]", text)
        return " ".join(text.split())

    def _python_files(self):
        """Return the files of the addon, of its tests, and of what is beside it."""
        beside = self.addon.resolve().parent
        folders = [
            self.addon,
            self.addon / "tests",
            *beside.glob(f"{self.addon.name}_*"),
        ]
        folders += [beside / "scripts" / "workshop", beside / "benchmarks"]
        return [file for folder in folders for file in folder.rglob("*.py")]

    def test_docstrings_open_with_a_verb_or_a_noun(self):
        for file in self._python_files():
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.Module):
                    text = ast.get_docstring(node) or ""
                    with self.subTest(file=str(file), name=getattr(node, "name", "")):
                        self.assertNotIn(text.split(" ")[0], OPENINGS)
                        self.assertNotRegex(" ".join(text.split()), BORROWED)
