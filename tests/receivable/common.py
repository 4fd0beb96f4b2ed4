from collections import defaultdict
from datetime import date
from decimal import Decimal

from freezegun import freeze_time
from hypothesis import event
from hypothesis import strategies as st

from odoo.fields import Command

from odoo.addons.invoicing_clerk.rules.billing_error.billing_error import OPEN_STATES
from odoo.addons.invoicing_clerk.rules.receivable import open_item
from odoo.addons.invoicing_clerk.rules.receivable import receivable as rules
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

TODAY = "2026-06-15"
DUE = ["2025-12-31", "2026-05-20", TODAY, "2026-07-31"]

# Act, customer, whether in company B and in foreign currency, amount and due date.
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                *["invoice"] * 2,
                *["instalments"] * 2,
                *("entry", "credit", "pay"),
                *["dispute"] * 2,
                "underbilled",
                *["promise"] * 2,
                *("promise_instalment", "promise_parts"),
            )
        ),
        st.sampled_from(["partner_a", "partner_b", "contact_a"]),
        st.booleans(),
        st.booleans(),
        st.integers(1, 20_000).map(lambda cents: cents / 100),
        st.sampled_from(DUE),
    ),
    min_size=1,
    max_size=8,
)


def exact(amount):
    return Decimal(str(amount))


class ReceivableCommon(ClerkCommon):
    """Random acts on a ledger, and the balances that the rules make of it."""

    freeze_time = freeze_time(TODAY)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receivables = cls.env["clerk.receivable"].sudo()
        shares = [(40, 0), (60, 45)]
        cls.instalment_term = cls.env["account.payment.term"].create(
            {
                "name": "40% now, 60% in 45 days",
                "line_ids": [
                    Command.create({"value_amount": share, "nb_days": days})
                    for share, days in shares
                ],
            }
        )

    def _undone(self, function, *args):
        """Call a function and roll back what it wrote."""
        with self.env.cr.savepoint() as savepoint:
            try:
                function(*args)
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def _follow(self, acts, check=lambda: None):
        """Do the acts in turn, with a check after each."""
        self.invoices = self.env["account.move"]
        for act, partner, is_b, is_foreign, amount, due in acts:
            data = self.company_b_data if is_b else self.company_data
            getattr(self, f"_act_{act}")(
                amount,
                partner=getattr(self, partner),
                company_data=data,
                currency=self.foreign_currency if is_foreign else data["currency"],
                invoice_date_due=due,
                invoice_payment_term_id=False,
                taxes=self.env["account.tax"],
            )
            check()

    # Acts

    def _act_invoice(self, amount, **values):
        self.invoices += self._posted((1, amount), **values)

    def _act_instalments(self, amount, invoice_date_due, **values):
        """Post an invoice of two instalments; both, one or none are overdue."""
        values["invoice_payment_term_id"] = self.instalment_term.id
        values["invoice_date"] = min(invoice_date_due, TODAY)
        self.invoices += self._posted((1, amount), **values)

    def _act_entry(self, amount, partner, invoice_date_due, **_values):
        """Post an entry with a charge and an older credit; promise half of it."""
        receivable = self.company_data["default_account_receivable"]
        revenue = self.company_data["default_account_revenue"]
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2025-12-01",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": partner.id,
                            "date_maturity": due,
                            "balance": balance,
                        }
                    )
                    for account, due, balance in (
                        (receivable, "2025-12-02", -5.0),
                        (receivable, invoice_date_due, amount),
                        (revenue, False, 5.0 - amount),
                    )
                ],
            }
        )
        move.action_post()
        if charges := self._instalments(move, partner):
            self._promise(charges, amount / 2)

    def _act_credit(self, amount, **values):
        self._posted((1, amount), move_type="out_refund", **values)

    def _act_pay(self, amount, partner, **_values):
        if invoice := self._open_invoices(partner)[:1]:
            self._pay(invoice, min(amount, invoice.amount_residual))
            event("paid")

    def _act_dispute(self, amount, partner, **_values):
        if invoice := self._open_invoices(partner)[-1:]:
            price = max(0.0, invoice.amount_total - amount)
            self._open_error(invoice, {"claimed_price_unit": price})
            event("disputed")

    def _act_underbilled(self, amount, partner, **_values):
        """Record that the customer was billed too little."""
        if invoice := self._open_invoices(partner)[-1:]:
            price = invoice.amount_total + amount / 10
            self._open_error(invoice, {"claimed_price_unit": price})
            event("underbilled")

    def _act_promise(self, amount, partner, currency, **_values):
        """Promise all open instalments of a customer at once."""
        self._promise(self._promisable(partner, currency), amount)

    def _act_promise_instalment(self, amount, partner, currency, **_values):
        self._promise(self._promisable(partner, currency)[-1:], amount)

    def _act_promise_parts(self, amount, partner, currency, **_values):
        if items := self._promisable(partner, currency):
            half = min(amount, sum(items.mapped("amount_residual_currency"))) / 2
            if currency.compare_amounts(half, 0.02) > 0:
                half = currency.round(half - 0.01)
                self.env["clerk.promise"].sudo()._create_plan(
                    items, [("2026-06-20", half), ("2026-06-30", half)]
                )
                event("promised in parts")

    def _open_invoices(self, partner):
        return self.invoices.filtered(
            lambda move: (
                move.commercial_partner_id == partner.commercial_partner_id
                and move.company_id == self.company_a
                and move.payment_state in ("not_paid", "partial")
            )
        )

    def _instalments(self, moves, partner):
        """Return the open charges of a customer, the earliest due first."""
        return moves.line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and line.partner_id.commercial_partner_id
                == partner.commercial_partner_id
                and line.balance > 0
                and not line.reconciled
            )
        ).sorted("date_maturity")

    def _promisable(self, partner, currency):
        invoices = self._open_invoices(partner).filtered(
            lambda move: (
                move.currency_id == currency and not move.has_open_billing_error
            )
        )
        return self._instalments(invoices, partner)

    def _promise(self, items, amount):
        if items:
            owed = sum(items.mapped("amount_residual_currency"))
            self.env["clerk.promise"].sudo().create(
                {
                    "item_ids": items.ids,
                    "amount": min(amount, owed),
                    "date": "2026-06-30",
                }
            )
            event("promised")

    # The same in plain Python

    def _added_up(self):
        """Map each (company, customer) with open items to its balance."""
        items, claims = defaultdict(list), {}
        lines = self.env["account.move.line"].search(
            [
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("partner_id", "!=", False),
            ],
            order="id",
        )
        promises = self.env["clerk.promise"].sudo().search([("state", "=", "open")])
        for line in lines:
            key = line.company_id, line.partner_id.commercial_partner_id
            items[key].append(self._item(line, promises))
            claims[line.move_id] = self._claim(line.move_id)
        today, missing = date.fromisoformat(TODAY), self._missing(promises)
        return {
            key: rules.receivable(found, today, 2, claims, missing)
            for key, found in items.items()
            if any(item.is_open for item in found)
        }

    def _item(self, line, promises):
        is_foreign = line.currency_id != line.company_currency_id
        naming = promises.filtered(lambda each: line in each.item_ids)
        return open_item.Item(
            due=line.date_maturity,
            residual=exact(line.amount_residual),
            foreign=exact(line.amount_residual_currency) if is_foreign else None,
            document=line.move_id,
            promise=self._plan(naming[:1]),
        )

    def _plan(self, promise):
        return promise.plan_id or promise

    def _claim(self, move):
        """Return the amount that open billing errors claim not to be owed."""
        errors = move.sudo().billing_error_ids.filtered(
            lambda error: error.state in OPEN_STATES
        )
        lines = errors.line_ids.filtered(lambda line: line.move_id == move)
        return sum(map(exact, lines.mapped("disputed_amount")), Decimal(0))

    def _missing(self, promises):
        missing = defaultdict(Decimal)
        for promise in promises:
            missing[self._plan(promise)] += exact(promise.amount_missing)
        return missing
