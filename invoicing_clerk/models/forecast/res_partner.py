from odoo import api, fields, models

from ..mixin.roles import READERS


class ResPartner(models.Model):
    """When a customer usually pays the current company."""

    _inherit = "res.partner"

    payment_pattern = fields.Char(
        string="Usual Payment",
        compute="_compute_payment_pattern",
        groups=READERS,
        help="Median and band of the days past due of the last 24 months, in which "
        "recent payments weigh more.",
    )

    @api.depends_context("uid", "company", "lang")
    def _compute_payment_pattern(self):
        patterns = self.env["clerk.payment.pattern"]
        found = patterns._patterns_of(self.commercial_partner_id, self.env.company)
        for partner in self:
            key = partner.commercial_partner_id, self.env.company
            partner.payment_pattern = found.get(key, patterns).sentence
