import ast
from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path

from odoo.addons.invoicing_clerk.models.mixin.amount import amount_text

SPACE = "\N{NO-BREAK SPACE}"


@tagged("at_install", "-post_install")
class TestAmount(TransactionCase):
    """Amounts in messages are written by one function.

    This would have caught six methods of the same purpose, of which some wrote the
    minus of a credit with an invisible character, so that a search did not find it.
    """

    def test_table(self):
        self.env["res.lang"]._activate_lang("de_DE")
        dollar, yen = self.env.ref("base.USD"), self.env.ref("base.JPY")
        yen.position, dollar.position = "after", "before"
        for currency, lang, amount, expected in (
            (dollar, "en_US", 1234.5, f"${SPACE}1,234.50"),
            (dollar, "en_US", -3, f"${SPACE}-3.00"),
            (dollar, "en_US", 0.125, f"${SPACE}0.13"),
            (dollar, "en_US", False, f"${SPACE}0.00"),
            (dollar, "de_DE", 1234.5, f"${SPACE}1.234,50"),
            (yen, "en_US", 1234.4, f"1,234{SPACE}¥"),
            (dollar.browse(), "en_US", 0.5, "0.50"),
        ):
            with self.subTest(currency=currency.name, lang=lang, amount=amount):
                text = amount_text(currency.with_context(lang=lang), amount)
                self.assertEqual(text, expected)

    def test_no_other_formatter(self):
        addon = Path(file_path("invoicing_clerk"))
        found = [
            f"{file.relative_to(addon)}:{node.lineno}"
            for folder in ("models", "wizards", "controllers")
            for file in sorted((addon / folder).rglob("*.py"))
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Call) and self._formats_amount(node)
        ]
        self.assertEqual(len(found), 1, found)

    def _formats_amount(self, call):
        name = getattr(call.func, "id", getattr(call.func, "attr", None))
        if name == "format":
            return ast.unparse(call.func.value).endswith(("currency", "currency_id"))
        return name == "format_amount" or (
            name == "formatLang"
            and "currency_obj" in {key.arg for key in call.keywords}
        )
