from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ClerkContractIndex(models.Model):
    """A published index by which contracts revise their prices."""

    _name = "clerk.contract.index"
    _description = "Price Index"
    _inherit = ["clerk.checked"]
    _order = "name, id"

    active = fields.Boolean(default=True)
    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty for all companies."
    )
    source = fields.Char(help="Who publishes it, and where.")
    value_ids = fields.One2many(
        "clerk.contract.index.value", "index_id", string="Values"
    )

    def _value_of(self, day):
        """Return the value of the month of a day, or none."""
        self.ensure_one()
        month = day.replace(day=1)
        values = self.value_ids.filtered(lambda each: each.month == month)
        return values[:1].value


class ClerkContractIndexValue(models.Model):
    """The value of an index for a month."""

    _name = "clerk.contract.index.value"
    _description = "Value of a Price Index"
    _inherit = ["clerk.checked"]
    _order = "month desc, id"
    _rec_name = "month"

    index_id = fields.Many2one(
        "clerk.contract.index", required=True, index=True, ondelete="cascade"
    )
    month = fields.Date(required=True, help="Any day of the month.")
    value = fields.Float(required=True, digits=(16, 4))

    _one_per_month = models.Constraint(
        "UNIQUE (index_id, month)", "An index has one value for each month."
    )
    _above_zero = models.Constraint(
        "CHECK (value > 0)", "The value of an index must be above zero."
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_inputs(vals_list)
        return super().create([self._of_month(vals) for vals in vals_list])

    def write(self, vals):
        self._check_input(vals)
        return super().write(self._of_month(vals))

    @api.model
    def _of_month(self, vals):
        """Return values with the first day of the month."""
        day = fields.Date.to_date(vals.get("month"))
        return {**vals, "month": day.replace(day=1)} if day else vals

    @api.constrains("month")
    def _check_month(self):
        """:raises ValidationError: the index has no value for a month that is over"""
        today = fields.Date.context_today(self)
        for value in self.filtered(lambda each: each.month > today):
            raise ValidationError(
                self.env._(
                    "%(index)s: enter values when they are published, not ahead "
                    "(%(month)s).",
                    index=value.index_id.name,
                    month=value.month,
                )
            )
