from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    corrected_line_id = fields.Many2one(
        "account.move.line",
        string="Corrects Line",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The invoice line that this line corrects.",
    )
