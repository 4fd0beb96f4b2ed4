from odoo import fields, models


class ClerkStatementBalance(models.Model):
    """The balance of a statement in one currency, by movements and age.

    Figures are computed in `statement_run_compute`, of open items with the ageing
    buckets that `receivable/open_item` gives them.
    """

    _name = "clerk.statement.balance"
    _description = "Statement Balance"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "statement_id, id"
    _log_access = False  # The statement has it.

    statement_id = fields.Many2one(
        "clerk.statement", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="statement_id.company_id")
    currency_id = fields.Many2one("res.currency", required=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    opening = fields.Monetary()
    invoiced = fields.Monetary()
    credited = fields.Monetary()
    paid = fields.Monetary()
    adjusted = fields.Monetary()
    closing = fields.Monetary()
    closing_company = fields.Monetary(
        string="Closing (Company Currency)",
        currency_field="company_currency_id",
        help="Includes exchange differences that are not posted yet.",
    )
    bucket_0 = fields.Monetary(string="Not Due")
    bucket_1 = fields.Monetary(string="1–30")
    bucket_2 = fields.Monetary(string="31–60")
    bucket_3 = fields.Monetary(string="61–90")
    bucket_4 = fields.Monetary(string="91–120")
    bucket_5 = fields.Monetary(string="> 120")
    unapplied = fields.Monetary(
        help="Payments and credits that are not reconciled with an invoice."
    )
    disputed = fields.Monetary(help="Part of the closing balance.")
    promised = fields.Monetary(help="Part of the closing balance.")
