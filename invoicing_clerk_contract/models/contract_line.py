from odoo import fields, models


class ContractLine(models.Model):
    """Lines of contracts: what they bill is noted on the invoice."""

    _name = "contract.line"
    _inherit = ["clerk.guarded", "contract.line"]

    cancelled_on = fields.Date(
        copy=False,
        readonly=True,
        help="The day on which the line was cancelled.",
    )

    _guards_computed = False
    _guarded_fields = frozenset({"cancelled_on"})
    _checked_fields = _guarded_fields

    def write(self, vals):
        """Note on which day a line is cancelled."""
        if "is_canceled" not in vals:
            return super().write(vals)
        self._check_guarded(vals)
        changed = self.filtered(lambda each: each.is_canceled != vals["is_canceled"])
        today = bool(vals["is_canceled"]) and fields.Date.context_today(self)
        super(ContractLine, changed._inside_once()).write({"cancelled_on": today})
        return super().write(vals)

    def _last_day(self):
        """Return the last day that the line bills, by itself or its contract, or None.

        Contracts whose lines have one recurrence may have an end that no line has.
        """
        ends = [day for day in (self.date_end, self.contract_id.date_end) if day]
        return min(ends, default=None)

    def _prepare_invoice_line(self):
        values = super()._prepare_invoice_line()
        if not values or self.display_type:
            return values
        return {
            **values,
            "contract_date_start": self.next_period_date_start,
            "contract_date_end": self.next_period_date_end,
            "contract_amount": values["quantity"]
            * values["price_unit"]
            * (1 - (values["discount"] or 0.0) / 100),
        }
