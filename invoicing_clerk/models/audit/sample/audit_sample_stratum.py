from odoo import api, fields, models


class ClerkAuditSampleStratum(models.Model):
    """A part of a population from which items were drawn, or that was examined 100%."""

    _name = "clerk.audit.sample.stratum"
    _description = "Stratum of a Sample"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "sample_id, number"

    sample_id = fields.Many2one(
        "clerk.audit.sample", required=True, ondelete="cascade", index=True
    )
    audit_id = fields.Many2one(related="sample_id.audit_id", store=True, index=True)
    company_id = fields.Many2one(related="sample_id.company_id", store=True)
    currency_id = fields.Many2one(related="sample_id.currency_id")
    number = fields.Integer(required=True)
    count = fields.Integer(string="Records")
    size = fields.Integer(string="Examined")
    is_certain = fields.Boolean(string="Examined 100%")
    low = fields.Monetary(string="From")
    high = fields.Monetary(string="To")
    total = fields.Monetary()
    interval = fields.Monetary(
        string="Sampling Interval", help="Largest amount that one item represents."
    )

    @api.depends("number", "is_certain")
    def _compute_display_name(self):
        for stratum in self:
            stratum.display_name = (
                self.env._("Individually significant, examined 100%")
                if stratum.number == 1
                else self.env._("Stratum %s", stratum.number - 1)
            )
