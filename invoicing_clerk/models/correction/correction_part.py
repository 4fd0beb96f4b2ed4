from odoo import api, fields, models
from odoo.exceptions import AccessError


class CorrectionPart(models.AbstractModel):
    """A row that says part of a correction: a change of it is a change of the whole."""

    _name = "clerk.correction.part"
    _description = "Part of a Correction"

    correction_id = fields.Many2one(
        "clerk.correction", required=True, ondelete="cascade", index=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.correction_id._touch()
        return parts

    def write(self, vals):
        if "correction_id" in vals:
            raise AccessError(
                self.env._("A line stays with the correction that it was made for.")
            )
        self.correction_id._touch()
        return super().write(vals)

    def unlink(self):
        self.correction_id.exists()._touch()
        return super().unlink()
