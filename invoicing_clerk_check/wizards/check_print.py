from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.invoicing_clerk.models.mixin.gate import only_one


class ClerkCheckPrint(models.TransientModel):
    """Print the checks of payments and of approved vouchers of one bank account."""

    _name = "clerk.check.print"
    _description = "Print Checks"
    _inherit = "clerk.checked"

    payment_ids = fields.Many2many("account.payment", readonly=True)
    voucher_ids = fields.Many2many("clerk.voucher", readonly=True)
    journal_id = fields.Many2one(
        "account.journal", string="Bank Account", compute="_compute_journal_id"
    )
    is_numbered = fields.Boolean(
        string="Numbered Stock",
        compute="_compute_journal_id",
        help="The numbers are printed on the stock beforehand.",
    )
    count = fields.Integer(string="Checks", compute="_compute_journal_id")
    first_number = fields.Char(
        string="Number on the First Sheet",
        size=20,
        help="Compare it with the stock in the printer. Each sheet takes a number, "
        "including those with the end of a long stub.",
    )

    @api.depends("payment_ids", "voucher_ids")
    def _compute_journal_id(self):
        for dialog in self:
            journals = dialog.payment_ids.journal_id | dialog.voucher_ids.journal_id
            unpaid = dialog.voucher_ids.filtered(lambda each: not each.payment_id)
            dialog.journal_id = journals[:1]
            dialog.is_numbered = not journals[:1].check_manual_sequencing
            dialog.count = len(dialog.payment_ids) + len(unpaid)

    @api.model
    def _open(self, payments, vouchers=()):
        """Return an action that opens the dialog for payments and vouchers."""
        vouchers = vouchers or self.env["clerk.voucher"]
        journals = payments.journal_id | vouchers.journal_id
        self.env["clerk.check"]._check_one_journal(journals)
        dialog = self.create(
            {
                "payment_ids": [Command.set(payments.ids)],
                "voucher_ids": [Command.set(vouchers.ids)],
                "first_number": journals._next_check_number(),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Print Checks"),
            "res_model": self._name,
            "res_id": dialog.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_print(self):
        """Pay what is approved, and print the checks.

        :raises UserError: one cannot be paid or printed; nothing is changed
        """
        only_one(self)
        payments = self.payment_ids | self.voucher_ids._pay_for_checks()
        return self.env["clerk.check"]._print(payments, self.first_number)
