from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    correction_id = fields.Many2one(
        "clerk.correction",
        string="Made by Correction",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The approved correction that made this document.",
    )
    corrected_move_id = fields.Many2one(
        "account.move",
        string="Corrects",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The document that this one credits, debits, replaces or writes off.",
    )
    correction_role = fields.Selection(
        [
            ("credit", "Credit Note"),
            ("debit", "Debit Note"),
            ("rebill", "Rebill"),
            ("write_off", "Write-off"),
        ],
        copy=False,
        readonly=True,
        help="What this document is in the correction that made it.",
    )
