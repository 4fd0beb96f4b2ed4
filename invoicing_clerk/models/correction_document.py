from odoo import api, fields, models


class CorrectionDocument(models.AbstractModel):
    """A document and its corrections, each known to the other."""

    _name = "clerk.correction.document"
    _description = "Document and its Corrections"

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
            ("transfer", "Transfer"),
        ],
        copy=False,
        readonly=True,
        help="What this document is in the correction that made it.",
    )
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
