from odoo import api, fields, models

from ...rules.customer.credit import usage
from ..mixin.amount import amount_text
from ..mixin.roles import SETTINGS_READERS


class ResPartner(models.Model):
    """Credit limits: how much of one is used, and when it is reviewed.

    Where changes need approval, the day of the review belongs to the guarded data.
    """

    _inherit = "res.partner"

    clerk_credit_review = fields.Date(
        string="Next Credit Review",
        copy=False,
        index="btree_not_null",
        tracking=True,
        groups=SETTINGS_READERS,
        help="From this day on, the customer is in the worklist Credit Limits to "
        "Review.",
    )
    clerk_credit_note = fields.Char(
        string="Used",
        compute="_compute_clerk_credit_note",
        groups=SETTINGS_READERS,
        exportable=False,
        help="Open items, and orders that are still to be billed, of the customer and "
        "its contacts.",
    )

    @api.depends_context("company", "lang")
    @api.depends("credit_limit")
    def _compute_clerk_credit_note(self):
        for partner in self:
            partner.clerk_credit_note = partner.commercial_partner_id._credit_note()

    def _credit_note(self):
        """Return how much of the credit limit is used, and by what."""
        currency = self.env.company.currency_id
        to_bill = self._credit_to_bill()
        share = usage(self.credit + to_bill, self.credit_limit)
        parts = {
            "open": amount_text(currency, self.credit),
            "to_bill": amount_text(currency, to_bill),
        }
        if share is None:
            return self.env._("%(open)s open, %(to_bill)s to bill", **parts)
        return self.env._(
            "%(share)s%% of %(limit)s: %(open)s open, %(to_bill)s to bill",
            share=share,
            limit=amount_text(currency, self.credit_limit),
            **parts,
        )

    def _credit_to_bill(self):
        """Return what is ordered and not billed yet, in the company's currency."""
        return self.credit_to_invoice or 0.0
