from datetime import date, timedelta
from decimal import Decimal
from itertools import product

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    CheckedBooks,
)
from odoo.addons.invoicing_clerk.rules.billing_check import (
    billing_check,
    document_check,
    payment_check,
)
from odoo.addons.invoicing_clerk.tests.billing_check.corpus import Corpus

DAY = date(2026, 3, 1)
ADDRESS = ("street", "zip", "city", "country_id")


@tagged("post_install", "-at_install")
class TestBillingCheckRules(Corpus):
    """The SQL of checks finds what their rules say."""

    def _rows(self, statement, *args):
        return self.env.execute_query(SQL(statement, *args))

    def _found(self, *codes, reason=None):
        """Run checks; return the codes of findings by document."""
        self.env.flush_all()
        checks = self.checks.filtered(lambda check: check.code in codes)
        for check in checks.sudo():
            check._run(self.company_a)
        self.findings.invalidate_model()
        self.assertFalse(any(checks.mapped("run_error")))
        findings = self.findings.search([("check_id", "in", checks.ids)])
        if reason:
            findings = findings.filtered(lambda each: each.reason == reason)
        return {each.move_id: each.check_id.code for each in findings}

    def test_states(self):
        check = self.checks[0]
        books = CheckedBooks(check, self.company_a)
        books.today = DAY
        states = [state for state, _label in billing_check.FINDING_STATES]
        untils = (None, DAY - timedelta(1), DAY, DAY + timedelta(1))
        cases = list(product(states, (True, False), untils, (True, False)))
        for state, same, until, covered in cases:
            with self.subTest(state=state, same=same, until=until, covered=covered):
                [[found]] = self._rows(
                    """SELECT %s FROM (SELECT %s AS state, %s AS accepted_fingerprint,
                        %s::date AS accepted_until, %s::int AS acceptance_id) AS finding
                        CROSS JOIN (SELECT 'a' AS fingerprint) AS excluded""",
                    check._state_sql(books),
                    state,
                    "a" if same else "b",
                    until,
                    1 if covered else None,
                )
                expected = billing_check.state_found(state, same, until, DAY, covered)
                self.assertEqual(found, expected)

    def test_missing_parts_of_addresses(self):
        texts = ("Elm Street 1", " ", None)
        for street, postcode, city, country, required in product(
            texts, texts, texts, (1, None), (True, False, None)
        ):
            [[found]] = self._rows(
                """SELECT ARRAY_REMOVE(ARRAY[%s], NULL)
                     FROM (SELECT %s::text AS street, ' ' AS street2, %s::text AS zip,
                           %s::text AS city, %s::int AS country_id) AS partner
                    CROSS JOIN (SELECT %s::boolean AS zip_required) AS country
                    CROSS JOIN (SELECT FALSE AS vat_required) AS position
                    CROSS JOIN (SELECT '' AS vat) AS customer""",
                *(self.checks._missing_sql(), street, postcode, city, country),
                required,
            )
            parts = [each or "" for each in (street, postcode, city)]
            expected = document_check.missing_parts(
                *parts, "BE" if country else "", required is not False
            )
            self.assertEqual(found, expected, (street, postcode, city, country))

    def test_references_in_texts(self):
        """All texts of five characters, and a few long ones."""
        texts = ["".join(each) for each in product("Ab1/-. ", repeat=5)]
        texts += ["Inv. INV/2026/0004, INV/2026/0005-INV/2026/0007", "rf18-539_007", ""]
        rows = self._rows(
            """SELECT given.text, ARRAY(%s) FROM UNNEST(%s) AS given (text)""",
            self.checks._tokens_sql(SQL("LOWER(given.text)")),
            texts,
        )
        self.assertEqual(len(rows), len(texts))
        for text, found in rows:
            self.assertEqual(set(found), payment_check.tokens(text), text)

    def test_taxes(self):
        expected = set()
        moves = self.env["account.move"]
        for lines, off in product((1, 3), ("0", "0.01", "0.02", "0.03", "-0.02", "5")):
            move = self._invoice(*[100] * lines, taxes=self.tax, post=False)
            line = move.line_ids.filtered("tax_line_id")
            amount = line.amount_currency + float(off)
            move.line_ids = [Command.update(line.id, {"amount_currency": amount})]
            move.action_post()
            moves |= move
            base = Decimal(-100 * lines)
            percent = Decimal(str(self.tax.amount))
            tax = base * percent / 100 + Decimal(off)
            if document_check.is_tax_wrong(base, percent, tax, lines):
                expected.add(move)
        self.assertTrue(0 < len(expected) < len(moves))
        found = self._found("ARITH", reason="tax_amount")
        self.assertEqual(found.keys() & set(moves), expected)

    def test_rates(self):
        right = self._foreign()
        rate = Decimal(str(right.invoice_currency_rate))
        expected = set()
        moves = right
        for share in ("0.9", "0.9899", "0.99", "1", "1.01", "1.0101", "1.5"):
            found = rate * Decimal(share)
            move = self._foreign(float(found))
            moves |= move
            if document_check.is_rate_wrong(found, [rate]):
                expected.add(move)
        self.assertEqual(len(expected), 4)
        self.assertEqual(self._found("RATE").keys() & set(moves), expected)

    def test_instalments(self):
        """Paid in part, in time or late, with and without a discount, due or not."""
        expected, moves = {}, self.env["account.move"]
        for day, less in product(
            (date(2026, 1, 20), date(2026, 2, 20)),
            ("0", "0.5", "1", "1.01", "discount", "discount and 1", "300"),
        ):
            for make in (self._discounted, self._not_due):
                move = make()
                moves |= move
                expected[move] = self._pay_less(move, less, day)
        self.assertEqual(set(expected.values()), {"EPD", "ROUND", "SHORT", None})
        found = self._found("EPD", "ROUND", "SHORT")
        self.assertEqual(
            {move: found.get(move) for move in moves},
            expected,
        )

    def _not_due(self):
        return self._invoice(500, invoice_payment_term_id=self._far_term().id)

    def _pay_less(self, move, less, day):
        """Pay an invoice in part; return the code of the check that it fails."""
        line = self._receivable(move)
        amount = Decimal(str(move.amount_total))
        has_discount = bool(line.discount_date)
        discounted = Decimal(str(round(line.discount_amount_currency, 2)))
        if less.startswith("discount"):
            deducted = amount - discounted if has_discount else Decimal(10)
            deducted += 1 if less.endswith("1") else 0
        else:
            deducted = Decimal(less)
        self._receive(move, float(amount - deducted), str(day))
        item = payment_check.Instalment(
            amount=amount,
            paid=amount - deducted,
            last_paid=day,
            due=line.date_maturity,
            discounted=discounted if has_discount else None,
            discount_day=line.discount_date or None,
        )
        return payment_check.verdict(item, self.today)
