from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.customer.common import CustomerCommon


@tagged("post_install", "-at_install")
class TestCustomerCredit(CustomerCommon):
    """Credit limits: their use, and the day of the next review."""

    def test_use_of_a_limit(self):
        line = {"name": "Work", "price_unit": 800.0, "tax_ids": [Command.clear()]}
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "invoice_date": "2026-01-20",
                "invoice_line_ids": [Command.create(line)],
            }
        )
        invoice.action_post()
        known = self.partner_a.with_user(self.clerk).with_company(self.company_a)
        self.assertRegex(known.clerk_credit_note, r"800\.00 open, .*0\.00 to bill$")
        known.sudo().credit_limit = 1000.0
        self.assertRegex(
            known.clerk_credit_note, r"^80% of .*1,000\.00: .*800\.00 open"
        )
        other = self.partner_a.with_user(self.clerk_b).with_company(self.company_b)
        self.assertNotIn("800", other.clerk_credit_note)

    def test_reviews_that_are_due(self):
        worklist = self.env.ref("invoicing_clerk.worklist_credit_review")
        today = fields.Date.today()
        # sudo: the day of another company, which the list shows as well.
        known = self.known.sudo().with_company(self.company_b)
        known.clerk_credit_review = today
        self.partner_a.clerk_credit_review = fields.Date.add(today, days=1)
        worklist.sudo().action_refresh()
        items = (
            self.env["clerk.work.item"]
            .with_user(self.clerk)
            .search([("worklist_id", "=", worklist.id), ("state", "=", "open")])
        )
        self.assertEqual(items.mapped("res_id"), self.known.ids)
