from odoo import api, fields, models
from odoo.exceptions import UserError


class ClerkDepositConfirm(models.TransientModel):
    """Dialog for the credit of the bank, as on its statement or its notice.

    After that, it takes a stamped copy that came later.
    """

    _name = "clerk.deposit.confirm"
    _description = "Credit of the Bank"
    _inherit = "clerk.checked"

    deposit_id = fields.Many2one("clerk.deposit", string="Bank Deposit", required=True)
    deposit_state = fields.Selection(related="deposit_id.state")
    currency_id = fields.Many2one(related="deposit_id.currency_id")
    total = fields.Monetary(related="deposit_id.total")
    amount = fields.Monetary(
        string="Amount Credited",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
    )
    fitting_line_ids = fields.Many2many(
        "account.bank.statement.line",
        string="Fitting Statement Lines",
        compute="_compute_fitting_line_ids",
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank Statement Line",
        compute="_compute_statement_line_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', fitting_line_ids)]",
        help="The credit on the bank statement, which is reconciled with the payments. "
        "Without one, an entry is posted.",
    )
    date = fields.Date(
        string="Credited On",
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    difference = fields.Char(compute="_compute_difference")
    accountant_note = fields.Char(compute="_compute_accountant_note")
    note = fields.Char(
        help="The reason why the credit differs from the slip, or from the bank "
        "statement."
    )
    document = fields.Binary(string="Stamped Copy")
    document_name = fields.Char(string="File Name")

    @api.depends("deposit_id")
    def _compute_amount(self):
        for dialog in self:
            dialog.amount = dialog.deposit_id.total

    @api.depends("deposit_id", "amount")
    def _compute_fitting_line_ids(self):
        for dialog in self:
            deposit = dialog.deposit_id._origin
            dialog.fitting_line_ids = deposit._fitting_statement_lines(dialog.amount)

    @api.depends("fitting_line_ids")
    def _compute_statement_line_id(self):
        for dialog in self:
            dialog.statement_line_id = dialog.fitting_line_ids[:1]._origin

    @api.depends("statement_line_id")
    def _compute_date(self):
        today = fields.Date.context_today(self)
        for dialog in self:
            dialog.date = dialog.statement_line_id.date or dialog.date or today

    @api.depends("amount", "total")
    @api.depends_context("lang")
    def _compute_difference(self):
        for dialog in self:
            dialog.difference = dialog.deposit_id._difference_text(
                dialog.amount - dialog.total
            )

    @api.depends("statement_line_id")
    @api.depends_context("uid", "lang")
    def _compute_accountant_note(self):
        for dialog in self:
            line = dialog.statement_line_id._origin
            dialog.accountant_note = (
                bool(line)
                and not line.has_access("write")
                and dialog.deposit_id._ask_accountant(line)
            )

    def action_confirm(self):
        """Book the credit.

        :raises UserError: it needs a note, or cannot be booked
        """
        self.ensure_one()
        self.deposit_id._confirm(
            document=self._document(),
            credited_on=self.statement_line_id.date or self.date,
            credited_amount=self.amount,
            credit_note=self.note,
            statement_line_id=self.statement_line_id.id,
        )
        return {"type": "ir.actions.act_window_close"}

    def action_add_copy(self):
        """Keep the stamped copy.

        :raises UserError: no file is selected, or it cannot be kept
        """
        self.ensure_one()
        document = self._document()
        if not document:
            raise UserError(self.env._("Select the file of the stamped copy."))
        self.deposit_id._add_copy(document)
        return {"type": "ir.actions.act_window_close"}

    def _document(self):
        """Return name, bytes and mimetype of the stamped copy; nothing without one."""
        document = self.with_context(bin_size=False).document
        return document and self.env["clerk.limited"]._document_of(
            document, self.document_name or self.env._("Stamped copy")
        )
