from odoo import api, fields, models

from ...rules.statement import statement as rules


class ClerkStatementLine(models.Model):
    """A journal item as the statement shows it, whatever happens to it later."""

    _name = "clerk.statement.line"
    _description = "Statement Line"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "statement_id, section desc, currency_id, date, id"
    # The statement has author and time. Each column that refers to another table costs
    # a look-up per row, and there are hundreds of thousands of rows.
    _log_access = False

    statement_id = fields.Many2one(
        "clerk.statement", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="statement_id.company_id")
    section = fields.Selection(
        [("open", "Open Item"), ("movement", "Movement")],
        required=True,
        help="Open items add up to the closing balance. Movements lead from the "
        "opening to the closing balance.",
    )
    kind = fields.Selection(rules.KINDS, required=True)
    # No foreign key: items that were reset and deleted stay on statements.
    entry_id = fields.Many2oneReference(
        model_field="entry_model", string="Journal Item"
    )
    entry_model = fields.Char(
        string="Model of Journal Item", compute="_compute_entry_model"
    )
    move_id = fields.Many2one(
        "account.move", string="Document", ondelete="set null", index="btree_not_null"
    )
    name = fields.Char(string="Number")
    ref = fields.Char(string="Reference")
    date = fields.Date()
    due_date = fields.Date()
    currency_id = fields.Many2one("res.currency", required=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(help="Amount of the document or the movement.")
    open_amount = fields.Monetary(string="Open")
    open_company = fields.Monetary(
        string="Open (Company Currency)", currency_field="company_currency_id"
    )
    balance = fields.Monetary(help="Running balance after this movement.")
    days_overdue = fields.Integer()
    bucket = fields.Integer(string="Ageing Bucket")
    disputed = fields.Monetary()
    promised = fields.Monetary()

    def _compute_entry_model(self):
        self.entry_model = "account.move.line"

    @api.model
    def _column_sql(self, section):
        """Return the stored columns that other modules add, and what fills them.

        They are part of the seal. Where they are empty, the seal of a statement that
        was computed before they were added still holds.

        :param section: ``open`` or ``movement``
        :return: ``{field: SQL}``, of a journal item named ``line`` with the columns
            ``id``, ``move_id``, ``customer``, ``date``, ``kind`` and ``currency_id``
        """
        return {}
