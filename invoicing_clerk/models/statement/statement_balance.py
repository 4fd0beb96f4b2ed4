from odoo import fields, models


class ClerkStatementBalance(models.Model):
    """What a statement says in one currency. Amounts of different ones never mix."""

    _name = "clerk.statement.balance"
    _description = "Balance on a Statement"
    _order = "statement_id, id"
    _log_access = False  # as of lines: the statement tells

    statement_id = fields.Many2one(
        "clerk.statement", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="statement_id.company_id")
    currency_id = fields.Many2one("res.currency", required=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    opening = fields.Monetary()
    invoiced = fields.Monetary()
    credited = fields.Monetary()
    paid = fields.Monetary()
    adjusted = fields.Monetary()
    closing = fields.Monetary()
    closing_company = fields.Monetary(
        currency_field="company_currency_id",
        help="The same in company currency, with exchange differences to be booked.",
    )
    bucket_0 = fields.Monetary(string="Not Due")
    bucket_1 = fields.Monetary(string="1–30")
    bucket_2 = fields.Monetary(string="31–60")
    bucket_3 = fields.Monetary(string="61–90")
    bucket_4 = fields.Monetary(string="91–120")
    bucket_5 = fields.Monetary(string="> 120")
    unapplied = fields.Monetary(
        help="Payments and credits that are not matched with an invoice yet."
    )
    disputed = fields.Monetary(help="Part of the closing balance.")
    promised = fields.Monetary(help="Part of the closing balance.")
