from odoo import api, fields, models
from odoo.exceptions import AccessError


class CorrectionPart(models.AbstractModel):
    """A row of a correction: to change the row is to change the correction."""

    _name = "clerk.correction.part"
    _description = "Part of a Correction"
    _inherit = ["clerk.guarded"]

    correction_id = fields.Many2one(
        "clerk.correction", required=True, ondelete="cascade", index=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.correction_id._content_changed()
        return parts

    def write(self, vals):
        self._check_input(vals)
        if "correction_id" in vals:
            raise AccessError(
                self.env._("A line cannot be moved to another correction.")
            )
        self.correction_id._content_changed()
        return super().write(vals)

    def unlink(self):
        self.correction_id.exists()._content_changed()
        return super().unlink()
