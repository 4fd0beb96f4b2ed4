from odoo import api, models


class IrDefault(models.Model):
    """Defaults that people set for themselves do not reach fields that steps set.

    Any employee may keep defaults of any field of any model. Core gives them to each
    record that the person creates, after the values were checked.
    """

    _inherit = "ir.default"

    @api.model
    def _get_model_defaults(self, model_name, condition=False):
        defaults = super()._get_model_defaults(model_name, condition)
        checked = self.env.registry["clerk.checked"]
        if not defaults or not issubclass(self.env.registry[model_name], checked):
            return defaults
        forged = self.env[model_name]._never_by_default()
        # The answer of core is cached, and stays as it is.
        return {name: value for name, value in defaults.items() if name not in forged}
