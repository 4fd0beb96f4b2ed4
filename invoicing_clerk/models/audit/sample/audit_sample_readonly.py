from odoo import api, models
from odoo.exceptions import AccessError


class AuditSampleKept(models.AbstractModel):
    """What is drawn and computed is written by the steps of a sample, by nobody else.

    So a figure with a read-only field is what its step made of it, whatever a person
    sends from a screen, an import or another program.
    """

    _name = "clerk.audit.sample.kept"
    _description = "Figures That Only Steps Write"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_theirs(vals)
        usual = {
            key.removeprefix("default_"): value
            for key, value in self.env.context.items()
            if key.startswith("default_")
        }
        self._check_theirs(usual)
        return super().create(vals_list)

    def write(self, vals):
        self._check_theirs(vals)
        return super().write(vals)

    @api.model
    def _check_theirs(self, vals):
        """:raises AccessError: a person writes what a step computes"""
        if self.env.su:
            return
        for name in vals:
            field = self._fields.get(name)
            if field and field.readonly and field.store:
                raise AccessError(
                    self.env._(
                        "“%s” follows from the sample itself and is not written by "
                        "hand.",
                        field._description_string(self.env),
                    )
                )
