from collections import defaultdict
from datetime import date
from decimal import Decimal

from freezegun import freeze_time
from hypothesis import event, given
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.billing_error.billing_error import OPEN_STATES
from odoo.addons.invoicing_clerk.rules.receivable import receivable as rules
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon
from odoo.addons.invoicing_clerk.tests.properties import property_of

TODAY = "2026-06-15"
DUE = ["2025-12-31", "2026-05-20", TODAY, "2026-07-31"]

# What happens, to which customer, in which company and currency, how much and when due.
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            (*["invoice"] * 3, "credit", "pay", "dispute", "promise", "promise")
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


@tagged("post_install", "-at_install")
class TestReceivableInvariants(ClerkCommon):
    """The statement says of each customer what adding up its items one by one does."""

    freeze_time = freeze_time(TODAY)

    @property_of(20)
    @given(acts=ACTS)
    def test_rows_are_what_adding_up_says(self, acts):
        with self.env.cr.savepoint() as savepoint:
            try:
                self._follow(acts)
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def _follow(self, acts):
        self.receivables = self.env["clerk.receivable"].sudo()
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
            # Rows that exist are changed, not only made.
            self._compare()

    # Acts

    def _act_invoice(self, amount, **values):
        self.invoices += self._posted((1, amount), **values)

    def _act_credit(self, amount, **values):
        self._posted((1, amount), move_type="out_refund", **values)

    def _open_invoices(self, partner):
        return self.invoices.filtered(
            lambda move: (
                move.commercial_partner_id == partner.commercial_partner_id
                and move.company_id == self.company_a
                and move.payment_state in ("not_paid", "partial")
            )
        )

    def _act_pay(self, amount, partner, **_values):
        if invoice := self._open_invoices(partner)[:1]:
            self._pay(invoice, min(amount, invoice.amount_residual))
            event("paid")

    def _act_dispute(self, amount, partner, **_values):
        if invoice := self._open_invoices(partner)[-1:]:
            claimed = max(0.0, invoice.amount_total - amount)
            self._open_error(invoice, {"claimed_price_unit": claimed})
            event("disputed")

    def _act_promise(self, amount, partner, currency, **_values):
        """All that can be promised at once: so it is of several invoices sometimes."""
        invoices = self._open_invoices(partner).filtered(
            lambda move: (
                move.currency_id == currency and not move.has_open_billing_error
            )
        )
        if invoices:
            owed = sum(invoices.mapped("amount_residual"))
            self.env["clerk.promise"].sudo().create(
                {
                    "move_ids": invoices.ids,
                    "amount": min(amount, owed),
                    "date": "2026-06-30",
                }
            )
            event("promised")

    # What must hold

    def _compare(self):
        self.receivables._before_refresh()
        rows = self.receivables.search([])
        expected = self._added_up()
        self.assertEqual(
            {(row.company_id, row.partner_id) for row in rows}, set(expected)
        )
        for row in rows:
            self._compare_row(row, expected[row.company_id, row.partner_id])

    def _compare_row(self, row, expected):
        for name in (
            "balance",
            "owed",
            "unapplied",
            "overdue",
            "disputed",
            "promised",
            "to_collect",
        ):
            self.assertEqual(exact(row[name]), getattr(expected, name), name)
        for name, _first, _last in rules.BUCKETS:
            self.assertEqual(exact(row[name]), expected.buckets.get(name, 0), name)
        self.assertEqual(row.date_due or None, expected.date_due)
        words = ("disputed", "promised", "to_collect")
        event(", ".join(f"{word}: {bool(row[word])}" for word in words))

    def _added_up(self):
        items = defaultdict(list)
        for line in self.env["account.move.line"].search(
            [
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("partner_id", "!=", False),
            ]
        ):
            key = line.company_id, line.partner_id.commercial_partner_id
            items[key].append(self._item(line))
        today, missing = date.fromisoformat(TODAY), self._missing()
        return {
            key: rules.receivable(found, today, 2, missing)
            for key, found in items.items()
            if any(item.is_open for item in found)
        }

    def _running(self):
        return self.env["clerk.promise"].sudo().search([("state", "=", "open")])

    def _missing(self):
        return {each: exact(each.amount_missing) for each in self._running()}

    def _item(self, line):
        is_foreign = line.currency_id != line.company_currency_id
        claims = line.move_id.sudo().billing_error_ids.filtered(
            lambda error: error.state in OPEN_STATES
        )
        disputes = claims.line_ids.filtered(lambda each: each.move_id == line.move_id)
        return rules.Item(
            due=line.date_maturity,
            residual=exact(line.amount_residual),
            foreign=exact(line.amount_residual_currency) if is_foreign else None,
            document=line.move_id,
            claimed=sum(map(exact, disputes.mapped("disputed_amount")), Decimal(0)),
            promise=self._running().filtered(lambda each: line in each.item_ids),
        )
