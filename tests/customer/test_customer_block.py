from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.customer.common import CustomerCommon


@tagged("post_install", "-at_install")
class TestCustomerBlock(CustomerCommon):
    """The block of a customer, whether a request was ever made or not."""

    def _dialog(self, user, partner=None):
        dialogs = self.env["clerk.customer.reason"].with_user(user)
        partner = partner or self.known
        return dialogs.create(
            {"partner_id": partner.id, "step": "block", "reason": "Bankrupt."}
        )

    def _draft(self, partner):
        line = {"name": "Work", "price_unit": 10.0, "tax_ids": [Command.clear()]}
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-01-20",
                "invoice_line_ids": [Command.create(line)],
            }
        )

    def _refused(self, sentence, work, error=UserError):
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            work()
        self.env.invalidate_all()

    def test_a_customer_who_was_never_requested(self):
        person = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": self.known.id}
        )
        self._dialog(self.supervisor, person).action_confirm()
        self.assertEqual(self.known.sudo().clerk_customer_state, "blocked")
        draft = self._draft(self.known)
        self._refused("is blocked: Bankrupt. Ask a supervisor", draft.action_post)
        self._refused(
            "is blocked already", self._dialog(self.supervisor).action_confirm
        )
        contact = self.known.with_user(self.supervisor)
        contact.action_unblock_customer()
        self._refused("is not blocked", contact.action_unblock_customer)
        self.assertFalse(self.known.sudo().clerk_customer_state)
        draft.action_post()
        self.assertEqual(draft.state, "posted")

    def test_a_block_neither_gives_nor_takes_an_approval(self):
        self.company_a.sudo().clerk_customer_approval = True
        draft = self._draft(self.known)
        contact = self.known.with_user(self.supervisor)
        contact._block_customer("Returned mail")
        contact.action_unblock_customer()
        self._refused("is not an approved customer", draft.action_post)
        # sudo: what two people have approved before.
        self.known.sudo()._inside().clerk_customer_state = "approved"
        contact._block_customer("Returned mail")
        contact.action_unblock_customer()
        draft.action_post()
        self.assertEqual(draft.state, "posted")

    def test_the_request_follows(self):
        request = self._approved()
        contact = request.partner_id.with_user(self.supervisor)
        contact._block_customer("Returned mail")
        self.assertEqual(
            (request.state, request.blocked_reason), ("blocked", "Returned mail")
        )
        contact.action_unblock_customer()
        self.assertEqual(request.state, "active")
        self.assertEqual(contact.sudo().clerk_customer_state, "approved")

    def test_only_supervisors_block(self):
        for user in (self.clerk, self.auditor, self.outsider, self.clerk_b):
            if user == self.clerk_b:
                self.known.company_id = self.company_a
            with self.subTest(user.login):
                self._refused(
                    "",
                    lambda user=user: self._dialog(user).action_confirm(),
                    AccessError,
                )
        self.assertFalse(self.known.sudo().clerk_customer_state)
        contact = self.known.with_user(self.supervisor)
        for name in (
            "clerk_customer_state",
            "clerk_was_approved",
            "clerk_block_reason",
        ):
            self._refused(
                "", lambda name=name: contact.write({name: "blocked"}), AccessError
            )
        self._refused(
            "Select one record",
            self.env["clerk.customer.reason"]
            .with_user(self.supervisor)
            .create({"step": "block", "reason": "x"})
            .action_confirm,
        )
