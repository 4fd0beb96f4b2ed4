from odoo import fields, models

from ...rules.statement import statement as rules


class ClerkStatementLine(models.Model):
    """A journal item as a statement showed it, whatever became of it since."""

    _name = "clerk.statement.line"
    _description = "Line of a Statement"
    _order = "statement_id, section desc, currency_id, date, id"
    # Who made it and when is the statement's to tell. Each column that leads to
    # another table costs a look-up a row, and there are rows by the hundred thousand.
    _log_access = False

    statement_id = fields.Many2one(
        "clerk.statement", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="statement_id.company_id")
    section = fields.Selection(
        [("open", "Open Item"), ("movement", "Movement")],
        required=True,
        help="Open items add up to the closing balance, movements lead from the "
        "opening to the closing balance.",
    )
    kind = fields.Selection(rules.KINDS, required=True)
    # No constraint of the database: what was reset and deleted stays on statements.
    entry_id = fields.Many2oneReference(model_field="entry_model", string="Item")
    entry_model = fields.Char(compute="_compute_entry_model")
    move_id = fields.Many2one(
        "account.move", string="Document", ondelete="set null", index="btree_not_null"
    )
    name = fields.Char(string="Number")
    ref = fields.Char(string="Reference")
    date = fields.Date()
    due_date = fields.Date(string="Due")
    currency_id = fields.Many2one("res.currency", required=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(help="Of the document, or what moved.")
    open_amount = fields.Monetary(string="Open")
    open_company = fields.Monetary(currency_field="company_currency_id")
    balance = fields.Monetary(help="After this movement.")
    days_overdue = fields.Integer()
    bucket = fields.Integer()
    disputed = fields.Monetary()
    promised = fields.Monetary()

    def _compute_entry_model(self):
        self.entry_model = "account.move.line"
