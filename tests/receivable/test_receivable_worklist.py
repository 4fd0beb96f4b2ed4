from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.worklist.common import TODAY, ShippedCommon


@tagged("post_install", "-at_install")
class TestReceivableWorklist(ShippedCommon):
    """The worklists of customer balances."""

    def _invoice(self, amount, due, **values):
        return self._posted(
            (1, amount),
            taxes=self.env["account.tax"],
            invoice_payment_term_id=False,
            invoice_date_due=due,
            **values,
        )

    def _customers(self, *labels):
        partners = self.env["res.partner"].create([{"name": label} for label in labels])
        return dict(zip(labels, partners, strict=True))

    def _assert_contains_customers(self, name, caught, neighbours):
        self._list(name)
        rows = self.env["clerk.receivable"].sudo().search([])
        row_of = {row.partner_id: row for row in rows}
        self._assert_contains(
            name,
            {label: row_of[partner] for label, partner in caught.items()},
            {
                label: row_of[partner]
                for label, partner in neighbours.items()
                if partner in row_of
            },
        )

    def test_overdue(self):
        who = self._customers("late", "in time", "disputed", "on account", "partly")
        for partner in who.values():
            due = "2026-04-30" if partner == who["in time"] else "2026-03-09"
            invoice = self._invoice(100, due, partner=partner)
            if partner in (who["disputed"], who["partly"]):
                claimed = 0 if partner == who["disputed"] else 60
                self._open_error(invoice, {"claimed_price_unit": claimed})
        self._invoice(100, TODAY, partner=who["on account"], move_type="out_refund")
        caught = {key: who.pop(key) for key in ("late", "partly")}
        self._assert_contains_customers("overdue", caught, who)
        items = self._open_items(self._list("overdue"))
        amounts = {item.partner_id: item.amount for item in items}
        self.assertEqual([amounts[each] for each in caught.values()], [100, 60])

    def test_paid_customers_leave(self):
        invoice = self._invoice(100, "2026-03-09")
        self.assertTrue(self._open_items(self._list("overdue")))
        self._pay(invoice)
        self.assertFalse(self._open_items(self._list("overdue")))

    def test_unapplied(self):
        who = self._customers("credit beside invoice", "credit alone", "invoice alone")
        for label, partner in who.items():
            if label != "credit alone":
                self._invoice(100, "2026-05-31", partner=partner)
            if label != "invoice alone":
                self._invoice(30, TODAY, partner=partner, move_type="out_refund")
        caught = {"both": who.pop("credit beside invoice")}
        self._assert_contains_customers("unapplied", caught, who)

    def test_unapplied_payment_of_a_contact(self):
        self._invoice(100, "2026-05-31", partner=self.contact_a)
        payment = self.env["account.payment"].create(
            {"partner_id": self.contact_a.id, "amount": 40, "payment_type": "inbound"}
        )
        payment.action_post()
        self._assert_contains_customers("unapplied", {"customer": self.partner_a}, {})

    def test_credit_limit(self):
        who = self._customers("above", "at it", "without", "limit alone")
        self.company_a.account_use_credit_limit = True
        for label, partner in who.items():
            if label != "without":
                partner.with_company(self.company_a).credit_limit = 100
            if label != "limit alone":
                amount = 100 if label == "at it" else 101
                self._invoice(amount, "2026-05-31", partner=partner)
        caught = {"above": who.pop("above")}
        self._assert_contains_customers("credit_limit", caught, who)

    def test_balances_are_brought_up_to_date_once_a_run(self):
        names = ("overdue", "unapplied", "credit_limit")
        lists = self.worklists.browse(
            self.env.ref(f"invoicing_clerk.worklist_{name}").id for name in names
        )
        lists.active = True
        model = type(self.env["clerk.receivable"])
        counts = []
        original = model._update_from_ledger

        def counted(records):
            counts.append(1)
            return original(records)

        self.patch(model, "_update_from_ledger", counted)
        lists.with_user(self.clerk).action_refresh()
        self.assertEqual(len(counts), 1)
        lists.with_user(self.clerk).action_refresh()
        self.assertEqual(len(counts), 2, "and again with the next")
