from odoo import models

from .order_lines import build_order_lines


class ClerkBillingCheck(models.Model):
    _inherit = "clerk.billing.check"

    def _prepare_run(self, company, moves):
        res = super()._prepare_run(company, moves)
        build_order_lines(self.env, company, moves)
        return res
