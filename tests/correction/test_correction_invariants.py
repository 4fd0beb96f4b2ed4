from collections import defaultdict
from decimal import Decimal

from hypothesis import event, example, given
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)
from odoo.addons.invoicing_clerk.tests.correction.correction_cases import (
    CENTS_OF_FORMER_TAXES,
    OPPOSED_TAX_ITEMS,
)
from odoo.addons.invoicing_clerk.tests.properties import property_of

TAXES = (
    "none",
    "excluded",
    "included",
    "group",
    "stacked",
    "split",
    "reverse",
    "fixed",
    "cash",
)


def _decimals(smallest, largest, places):
    return st.decimals(smallest, largest, places=places).map(float)


def _line():
    return st.fixed_dictionaries(
        {
            "quantity": _decimals("0.01", "50", 2),
            "price_unit": _decimals("0.01", "999", 2) | _decimals("0.01", "99", 4),
            "discount": st.sampled_from([0.0, 0.0, 5.0, 12.5, 33.33]),
            "tax": st.sampled_from(TAXES),
            "account": st.integers(0, 1),
        }
    )


def _change():
    """Draw a change of one line; absent values stay."""
    return st.fixed_dictionaries(
        {},
        optional={
            "quantity": _decimals("0.01", "60", 2) | st.just(0.0),
            "price_unit": _decimals("0", "999", 2),
            "discount": st.sampled_from([0.0, 10.0, 100.0]),
            "tax": st.sampled_from(TAXES),
        },
    )


CASES = st.fixed_dictionaries(
    {
        "rounding": st.sampled_from(["round_per_line", "round_globally"]),
        "currency": st.sampled_from(["company", "yen", "euro", "dinar"]),
        "move_type": st.sampled_from(["out_invoice", "out_invoice", "out_refund"]),
        "lines": st.lists(_line(), min_size=1, max_size=8),
        "rounds": st.lists(
            st.dictionaries(st.integers(0, 7), _change(), max_size=4),
            min_size=1,
            max_size=2,
        ),
        "added": st.lists(st.lists(_line(), max_size=2), min_size=2, max_size=2),
        "paid": st.sampled_from([0.0, 0.0, 0.4, 1.0]),
        "credited": st.booleans(),
    }
)

PROPERTY = property_of(5)


@tagged("post_install", "-at_install")
class TestCorrectionInvariants(CorrectionCommon):
    """Whatever is billed and however it is corrected, the ledger adds up."""

    yen = "JPY"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accounts = cls.company_data["default_account_revenue"]
        cls.accounts += cls.accounts.copy({"name": "Other revenue"})
        cls.taxes = cls._make_taxes()
        cls.currencies = {
            "company": cls.currency_a,
            "yen": cls._currency(cls.yen, 1.0, 131.77),
            "euro": cls._currency("CHF", 0.01, 0.8731),
            "dinar": cls._currency("TND", 0.001, 3.1234),
        }

    @classmethod
    def _currency(cls, name, rounding, rate):
        return cls.setup_other_currency(
            name, rounding=rounding, rates=[("2000-01-01", rate)]
        )

    @classmethod
    def _make_taxes(cls):
        account = cls.company_data["default_account_tax_sale"]
        other = account.copy({"name": "Other tax"})

        def tax(name, amount, **values):
            return cls.env["account.tax"].create(
                {"name": name, "amount": amount, "type_tax_use": "sale", **values}
            )

        def parts(*factors):
            return [
                Command.clear(),
                Command.create({"repartition_type": "base"}),
                *(
                    Command.create(
                        {
                            "repartition_type": "tax",
                            "factor_percent": factor,
                            "account_id": each.id,
                        }
                    )
                    for factor, each in factors
                ),
            ]

        split = parts((33.33, account), (66.67, other))
        reverse = parts((100, account), (-100, other))
        excluded = tax("Excluded", 21)
        cls.company_a.tax_exigibility = True
        return cls._with_tags(
            {
                "none": cls.env["account.tax"],
                "excluded": excluded,
                "included": tax("Included", 6, price_include_override="tax_included"),
                "group": tax(
                    "Group",
                    0,
                    amount_type="group",
                    children_tax_ids=[
                        Command.set(
                            (
                                tax(
                                    "Child one", 9, include_base_amount=True, sequence=1
                                )
                                + tax("Child two", 9.975, sequence=2)
                            ).ids
                        )
                    ],
                ),
                "stacked": excluded + tax("Second", 2.5),
                "split": tax(
                    "Split",
                    19,
                    invoice_repartition_line_ids=split,
                    refund_repartition_line_ids=split,
                ),
                "reverse": tax(
                    "Reverse",
                    15,
                    invoice_repartition_line_ids=reverse,
                    refund_repartition_line_ids=reverse,
                ),
                "fixed": tax("Fixed", 0.37, amount_type="fixed"),
                "cash": tax(
                    "Cash basis",
                    17,
                    tax_exigibility="on_payment",
                    cash_basis_transition_account_id=other.copy(
                        {"name": "Tax not due yet", "reconcile": True}
                    ).id,
                ),
            }
        )

    @classmethod
    def _with_tags(cls, taxes):
        """Give each part of each tax its own box in the tax return."""
        each = cls.env["account.tax"].union(*taxes.values())
        for tax in each | each.children_tax_ids:
            for lines in (
                tax.invoice_repartition_line_ids,
                tax.refund_repartition_line_ids,
            ):
                for place, line in enumerate(lines):
                    line.tag_ids = cls._tag(f"{tax.name} {place}")
        return taxes

    @classmethod
    def _tag(cls, name):
        tags = cls.env["account.account.tag"]
        values = {"name": name, "applicability": "taxes"}
        return tags.search([("name", "=", name)]) or tags.create(values)

    # Building

    def _invoice(self, case, lines):
        move = self.env["account.move"].create(
            {
                **self._head(case),
                "move_type": case["move_type"],
                "partner_id": self.partner_a.id,
                "invoice_date": "2026-01-15",
                "currency_id": self.currencies[case["currency"]].id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": f"Line {index}",
                            "quantity": line["quantity"],
                            "price_unit": line["price_unit"],
                            "discount": line["discount"],
                            "account_id": self.accounts[line["account"]].id,
                            "tax_ids": [Command.set(self.taxes[line["tax"]].ids)],
                        }
                    )
                    for index, line in enumerate(lines)
                ],
            }
        )
        move.action_post()
        return move

    def _head(self, case):
        """Return further values of the documents of a case."""
        return {}

    def _change_lines(self, correction, lines, changes):
        for index, change in changes.items():
            line = correction.line_ids[index]
            values = {key: value for key, value in change.items() if key != "tax"}
            if "tax" in change:
                values["tax_ids"] = [Command.set(self.taxes[change["tax"]].ids)]
            line.write(values)
            lines[index].update(change)

    def _pay_part(self, move, part):
        """Pay a part, unless core cannot match it: worth nothing in our currency."""
        amount = move.currency_id.round(move.amount_total * part)
        if not self.currency_a.is_zero(amount / move.invoice_currency_rate):
            self._pay(move, amount)

    def _add_lines(self, correction, lines, added):
        for line in added:
            name = f"Line {len(lines)}"
            correction.line_ids = [
                Command.create({"name": name, **self._added_values(line)})
            ]
            lines.append(dict(line))

    def _added_values(self, line):
        return {
            "quantity": line["quantity"],
            "price_unit": line["price_unit"],
            "discount": line["discount"],
            "account_id": self.accounts[line["account"]].id,
            "tax_ids": [Command.set(self.taxes[line["tax"]].ids)],
        }

    # Reading

    def _ledger(self, moves):
        """Owed by item, in both currencies: what the invariants speak of."""
        items = defaultdict(lambda: (Decimal(0), Decimal(0)))
        for line in moves.line_ids:
            boxes = [("box", tag.name) for tag in line.tax_tag_ids]
            for key in filter(None, [self._item(line), *boxes]):
                document, company = items[key]
                items[key] = (
                    document - self._exact(line.currency_id, line.amount_currency),
                    company - self._exact(line.company_currency_id, line.balance),
                )
        return {key: amounts for key, amounts in items.items() if any(amounts)}

    def _item(self, line):
        if line.tax_line_id:
            factor = line.tax_repartition_line_id.factor_percent
            return ("tax", line.tax_line_id.name, factor, line.account_id.id)
        if line.account_id.account_type == "asset_receivable":
            return ("customer",)
        return (
            ("account", line.account_id.id) if line.display_type == "product" else None
        )

    def _exact(self, currency, amount):
        return Decimal(f"{currency.round(amount):.{currency.decimal_places}f}")

    def _frozen(self, move):
        return [
            (line.id, line.name, line.balance, line.amount_currency, line.account_id.id)
            for line in move.line_ids
        ]

    # The invariants

    @PROPERTY
    @example(case=OPPOSED_TAX_ITEMS[0])
    @example(case=OPPOSED_TAX_ITEMS[1])
    @example(case=CENTS_OF_FORMER_TAXES)
    @given(case=CASES)
    def test_document_and_notes_are_the_document_as_it_should_have_been(self, case):
        with self.env.cr.savepoint() as savepoint:
            try:
                self._check_case(case)
            finally:
                savepoint.rollback()

    def _check_case(self, case):
        self.company_a.tax_calculation_rounding_method = case["rounding"]
        lines = [dict(line) for line in case["lines"]]
        move = self._invoice(case, lines)
        frozen = self._frozen(move)
        self._pay_part(move, case["paid"])
        moves = move
        added = case.get("added", [[], []])
        for changes, forgotten in zip(case["rounds"], added, strict=False):
            changes = {
                index: change
                for index, change in changes.items()
                if index < len(lines) and lines[index]["quantity"] and change
            }
            before = [dict(line) for line in lines]
            correction = self._correction(move)
            self._change_lines(correction, lines, changes)
            only_adds = lines == before and forgotten
            self._add_lines(correction, lines, forgotten)
            if lines == before:
                continue
            shown = correction.preview
            correction.is_confirmed = True
            correction.action_apply()
            note = correction.document_ids
            moves += note
            self._check_shown(shown, note, only_adds)
            event(correction.document_ids.move_type)
            expected = self._invoice(case, lines)
            self.assertEqual(self._ledger(moves), self._ledger(expected))
            self.assertEqual(self._frozen(move), frozen)
            self.assertEqual(
                correction.action_apply()["res_id"], correction.document_ids.id
            )
            self.assertEqual(
                move.with_user(self.clerk).correction_ids.document_ids, moves - move
            )
        if case.get("credited") and any(line["quantity"] for line in lines):
            moves += self._corrected(move, "credit_full").document_ids
            self.assertEqual(self._ledger(moves), {})

    def _check_shown(self, shown, note, only_adds):
        """The note is what the preview has shown; what only adds is all at stake."""
        [document] = shown["documents"]
        total = note.amount_total_in_currency_signed
        self.assertEqual(note.currency_id.compare_amounts(document["total"], total), 0)
        change = note.amount_total_signed
        self.assertEqual(self.currency_a.compare_amounts(document["change"], change), 0)
        at_stake = self.currency_a.compare_amounts(shown["stake"], abs(change))
        self.assertGreaterEqual(at_stake, 0, "no less is at stake than is booked")
        if only_adds and not note.line_ids.filtered(self._is_reverse_charged):
            # Taxes that are rounded together move cents between lines.
            together = self.company_a.tax_calculation_rounding_method
            cents = len(note.line_ids) * (together == "round_globally")
            largest = abs(change) + cents * self.currency_a.rounding
            self.assertLessEqual(shown["stake"], self.currency_a.round(largest))

    def _is_reverse_charged(self, line):
        return self.taxes["reverse"] in line.tax_ids

    @PROPERTY
    @given(case=CASES)
    def test_credit_and_rebill_nets_to_the_rebill_and_keeps_every_payment(self, case):
        with self.env.cr.savepoint() as savepoint:
            try:
                self._check_rebill({**case, "move_type": "out_invoice"})
            finally:
                savepoint.rollback()

    def _check_rebill(self, case):
        self.company_a.tax_calculation_rounding_method = case["rounding"]
        lines = [dict(line) for line in case["lines"]]
        move = self._invoice(case, lines)
        frozen = self._frozen(move)
        self._pay_part(move, case["paid"])
        owed_before = self._owed()
        correction = self._correction(move, "rebill")
        changes = {
            index: change
            for index, change in case["rounds"][0].items()
            if index < len(lines)
        }
        self._change_lines(correction, lines, changes)
        self._add_lines(correction, lines, case["added"][0])
        lines = [line for line in lines if line["quantity"]]
        if not lines:
            return
        correction.is_confirmed = True
        correction.action_apply()
        credit, rebill = correction.document_ids.sorted("id")
        self.assertEqual(self._ledger(move + credit), {})
        self.assertEqual(self._frozen(move), frozen)
        self.assertEqual(self._ledger(rebill), self._ledger(self._invoice(case, lines)))
        change = rebill.amount_total_signed - move.amount_total_signed
        owed = self._owed() - rebill.amount_total_signed
        self.assertTrue(self.currency_a.is_zero(owed - owed_before - change))
        self._check_payments(move, rebill)

    def _owed(self):
        """Return what the customer owes, without exchange differences."""
        items = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.partner_a.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                (
                    "move_id.journal_id",
                    "!=",
                    self.company_a.currency_exchange_journal_id.id,
                ),
            ]
        )
        return sum(items.mapped("balance"))

    def _check_payments(self, move, rebill):
        payments = self.env["account.payment"].search(
            [("partner_id", "=", self.partner_a.id)]
        )
        items = payments.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        settled = items.matched_debit_ids.debit_move_id.move_id.filtered(
            lambda each: each.journal_id != self.company_a.currency_exchange_journal_id
        )
        self.assertFalse(settled - rebill, "a payment settles only the rebill")
        for item in items:
            used = sum(item.matched_debit_ids.mapped("credit_amount_currency"))
            left = -item.amount_residual_currency
            self.assertEqual(
                item.currency_id.compare_amounts(used + left, -item.amount_currency), 0
            )
        # What is paid first settles the rebill, and only the rest stays free.
        free = any(not item.reconciled for item in items)
        self.assertFalse(free and rebill.amount_residual)
        self.assertNotIn(move, payments.reconciled_invoice_ids)


@tagged("post_install", "-at_install")
class TestCorrectionInvariantsInDinars(TestCorrectionInvariants):
    """The same where the company itself counts in thousandths."""

    allow_inherited_tests_method = True

    @classmethod
    def setup_independent_company(cls, **kwargs):
        currencies = cls.env["res.currency"].with_context(active_test=False)
        dinar = currencies.search([("name", "=", "KWD")])
        dinar.active = True
        return super().setup_independent_company(currency_id=dinar.id, **kwargs)


@tagged("post_install", "-at_install")
class TestCorrectionInvariantsInYen(TestCorrectionInvariants):
    """The same where the company itself counts in whole units."""

    allow_inherited_tests_method = True
    yen = "KRW"

    @classmethod
    def setup_independent_company(cls, **kwargs):
        currencies = cls.env["res.currency"].with_context(active_test=False)
        yen = currencies.search([("name", "=", "JPY")])
        yen.active = True
        return super().setup_independent_company(currency_id=yen.id, **kwargs)
