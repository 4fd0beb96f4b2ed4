from odoo import api, fields, models


class AccountMove(models.Model):
    """A document and its corrections, each known to the other."""

    _inherit = "account.move"

    correction_ids = fields.One2many(
        "clerk.correction",
        "move_id",
        string="Corrections",
        groups="invoicing_clerk.group_clerk,invoicing_clerk.group_auditor",
    )
    correction_family_ids = fields.Many2many(
        "account.move",
        string="Original and Corrections",
        compute="_compute_correction_family_ids",
        help="The original, its credit and debit notes and its rebill.",
    )

    @api.depends("corrected_move_id")
    def _compute_correction_family_ids(self):
        origins = {move: move.corrected_move_id or move for move in self}
        members = self.search(
            [("corrected_move_id", "in", [origin.id for origin in origins.values()])],
            order="id",
        ).grouped("corrected_move_id")
        for move, origin in origins.items():
            others = members.get(origin._origin, self.browse())
            move.correction_family_ids = others and origin._origin + others
