from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixin.roles import BOOKKEEPERS


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["clerk.guarded", "account.move.line"]

    corrected_line_id = fields.Many2one(
        "account.move.line",
        string="Corrects Line",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The invoice line that this line corrects.",
        groups=BOOKKEEPERS,
    )

    _guarded_fields = frozenset({"corrected_line_id"})
    _checked_fields = _guarded_fields

    @api.model
    def _guard_hint(self):
        return self.env["clerk.correction"]._guard_hint()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_corrected(self):
        # sudo: only checks that evidence is kept; nothing is shown but its name.
        applied = (
            self.env["clerk.correction.line"]
            .sudo()
            .search(
                [
                    ("move_line_id", "in", self.ids),
                    ("correction_id.state", "=", "applied"),
                ],
                limit=1,
            )
        )
        if applied:
            raise UserError(
                self.env._(
                    "“%(line)s” of %(document)s was corrected by %(correction)s and "
                    "stays on record.",
                    line=applied.name,
                    document=applied.move_line_id.move_id.name,
                    correction=applied.correction_id.name,
                )
            )
