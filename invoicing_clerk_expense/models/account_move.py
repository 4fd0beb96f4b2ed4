from odoo import api, fields, models

from odoo.addons.invoicing_clerk.models.mixin.evidence import CURRENT
from odoo.addons.invoicing_clerk.models.mixin.roles import READERS


class AccountMove(models.Model):
    """Invoices that charge expenses on, with their receipts."""

    _inherit = "account.move"

    clerk_expense_count = fields.Integer(
        string="Expenses Charged On",
        compute="_compute_clerk_expense_count",
        groups=READERS,
    )
    clerk_receipt_ids = fields.Many2many(
        "ir.attachment",
        string="Receipts of Expenses",
        compute="_compute_clerk_receipt_ids",
        groups=READERS,
        exportable=False,
        help="Evidence of the expenses that the invoice charges on. Nobody can change "
        "the files.",
    )

    @api.depends("invoice_line_ids.clerk_expense_id")
    def _compute_clerk_expense_count(self):
        counts = self.env["account.move.line"]._read_group(
            [("move_id", "in", self.ids), ("clerk_expense_id", "!=", False)],
            ["move_id"],
            ["clerk_expense_id:count_distinct"],
        )
        by_move = {move.id: count for move, count in counts}
        for move in self:
            move.clerk_expense_count = by_move.get(move.id, 0)

    @api.depends("invoice_line_ids.clerk_expense_id.attachment_ids")
    def _compute_clerk_receipt_ids(self):
        for move in self:
            expenses = move.invoice_line_ids.clerk_expense_id
            move.clerk_receipt_ids = expenses.attachment_ids

    def _receipts_to_send(self):
        """Return the receipts that the customer gets with the invoice.

        Receipts of expenses with a mark-up are left out, as they show the cost. So are
        files that were attached after the expense was charged on, or are damaged.
        """
        files = self.env["ir.attachment"]
        # sudo: a setting of the company.
        if self.move_type != "out_invoice" or not (
            self.company_id.sudo().clerk_expense_attach
        ):
            return files
        # sudo: compares amounts; users get those files only that they may read.
        expenses_sudo = self.sudo().invoice_line_ids.clerk_expense_id
        at_cost = expenses_sudo.filtered(lambda each: each._is_charged_at_cost())
        seals = at_cost._seals(("piece", "=", "receipt"), *CURRENT)
        found = files.union(
            *(
                file
                for seal, file in seals._with_files()
                if not seal._problem(file, is_brief=True)
            )
        )
        return found.with_env(self.env)._filtered_access("read")

    def action_open_charged_expenses(self):
        """Open the expenses that the invoice charges on."""
        self.ensure_one()
        expenses = self.invoice_line_ids.clerk_expense_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk_expense.clerk_expense_action"
        )
        return {**action, "domain": [("id", "in", expenses.ids)], "context": {}}

    def write(self, vals):
        """:raises UserError: an expense would be billed twice"""
        done = super().write(vals)
        if vals.get("state") in ("draft", "cancel"):
            # sudo: whoever cancels a document learns which one bills the expense.
            lines_sudo = self.sudo().invoice_line_ids
            lines_sudo |= lines_sudo.corrected_line_id
            lines_sudo.clerk_expense_id._check_billed_once()
        return done

    def _reverse_moves(self, default_values_list=None, cancel=False):
        reversals = super()._reverse_moves(default_values_list, cancel)
        for reversal in reversals:
            reversal.reversed_entry_id._hand_on_expenses(reversal)
        return reversals

    def _hand_on_expenses(self, copy):
        """Have the lines of a credit note or a new invoice name the same expenses."""
        # sudo: whoever reverses an invoice may have no right to read expenses.
        pairs = zip(
            self.sudo().invoice_line_ids.sorted("id"),
            copy.sudo().invoice_line_ids.sorted("id"),
            strict=False,
        )
        for line, copied in pairs:
            if line.clerk_expense_id and line.product_id == copied.product_id:
                copied._inside().clerk_expense_id = line.clerk_expense_id
