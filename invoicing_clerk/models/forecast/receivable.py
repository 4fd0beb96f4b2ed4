from odoo import api, fields, models


class ClerkReceivable(models.Model):
    """When the customer of a balance usually pays."""

    _inherit = "clerk.receivable"

    payment_pattern = fields.Char(
        string="Usual Payment", compute="_compute_payment_pattern"
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_payment_pattern(self):
        patterns = self.env["clerk.payment.pattern"]
        found = patterns._patterns_of(self.partner_id, self.company_id)
        for row in self:
            pattern = found.get((row.partner_id, row.company_id), patterns)
            row.payment_pattern = pattern.sentence
