from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Invoices with work items, and what is done with many of them."""

    _name = "account.move"
    _inherit = ["account.move", "clerk.work.item.link"]

    def _bulk_obstacle(self, step):
        if step == "send":
            return self._sending_obstacle()
        if step == "post":
            return self._posting_obstacle()
        return super()._bulk_obstacle(step)

    def _sending_obstacle(self):
        """Return why the document cannot be emailed, or nothing."""
        sending = self.env["account.move.send"]
        if reasons := sending._get_move_constraints(self):
            return next(iter(reasons.values()))
        methods = sending._get_default_sending_methods(self)
        if methods == {"manual"}:
            return self.env._(
                "%s is downloaded, not sent by email: open it and press Send.",
                self.display_name,
            )
        if "email" in methods and not self.partner_id._mailable():
            return self.partner_id._no_email_text()
        return None

    def _posting_obstacle(self):
        if self.state == "draft":
            return None
        return self.env._("%s is not a draft.", self.display_name)

    def _bulk_do(self, step):
        if step == "send":
            self._send_many()
        else:
            self._post_many()

    def _bulk_sorted(self, step):
        # Numbers follow the dates.
        today = fields.Date.context_today(self)
        return self.sorted(lambda move: (move.invoice_date or today, move.id))

    def _post_many(self):
        """Post drafts as a person does, with everything that other modules add.

        :raises UserError: a module asks for a confirmation instead
        """
        self.action_post()
        for move in self.filtered(lambda each: each.state != "posted"):
            raise UserError(
                self.env._(
                    "%s was not posted, because another module asks for a "
                    "confirmation: open it and press Confirm.",
                    move.display_name,
                )
            )

    def _send_many(self):
        """Email documents, the documents of each company printed together.

        Emails are left to their scheduled action: those that are sent with a
        transaction would be sent even if the savepoint is rolled back.
        """
        sending = self.env["account.move.send"].with_context(
            mail_notify_force_send=False
        )
        for moves in self.grouped("company_id").values():
            sending._generate_and_send_invoices(moves.with_env(sending.env))
        # sudo: only wakes the scheduled action.
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _work_list_action(self):
        action = super()._work_list_action()
        if not all(move.is_sale_document(include_receipts=True) for move in self):
            return action
        rows = self.env.ref("account.view_out_invoice_tree")
        return {
            **action,
            "name": self.env._("Invoices"),
            "views": [(rows.id, "list"), (False, "form")],
            "context": {"create": False, "default_move_type": "out_invoice"},
        }
