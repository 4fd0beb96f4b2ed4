from odoo import fields, models


class StatementCase(models.AbstractModel):
    """Where a billing error was seen."""

    _name = "clerk.statement.case"
    _description = "Billing Error on a Statement"

    statement_id = fields.Many2one(
        "clerk.statement",
        string="Seen on Statement",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
