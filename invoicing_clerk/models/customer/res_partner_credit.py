from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.customer.credit import usage
from ..mixin.amount import amount_text
from ..mixin.roles import READERS, SETTINGS_READERS
from ..mixin.traces import reads


class ResPartner(models.Model):
    """Credit limits: how much of one is used, and when it is reviewed.

    As the limit itself, the day of the review is that of each company. Where changes
    need approval, it belongs to the guarded data.
    """

    _inherit = "res.partner"

    clerk_credit_review = fields.Date(
        string="Next Credit Review",
        company_dependent=True,
        copy=False,
        tracking=True,
        groups=SETTINGS_READERS,
        help="From this day on, the customer is in the worklist Credit Limits to "
        "Review.",
    )
    clerk_credit_review_due = fields.Boolean(
        string="Credit Review Due",
        compute="_compute_clerk_credit_review_due",
        search="_search_clerk_credit_review_due",
        groups=SETTINGS_READERS,
        exportable=False,
        help="The credit review has come in one of the companies.",
    )
    clerk_credit_note = fields.Char(
        string="Credit Used",
        compute="_compute_clerk_credit_note",
        groups=READERS,
        exportable=False,
        help="Open items, and orders that are still to be billed, of the customer and "
        "its contacts.",
    )

    @api.depends("clerk_credit_review")
    def _compute_clerk_credit_review_due(self):
        partners = self.with_context(active_test=False)
        due = partners.search(
            Domain("id", "in", self._origin.ids)
            & Domain("clerk_credit_review_due", "=", True),
            order="id",
        )
        for partner in self:
            partner.clerk_credit_review_due = partner._origin in due

    @api.model
    @reads("clerk_credit_review")
    def _search_clerk_credit_review_due(self, operator, value):
        self._check_field_access(self._fields["clerk_credit_review_due"], "read")
        if operator != "in":
            return NotImplemented
        today = fields.Date.to_string(fields.Date.context_today(self))
        due = self._set_somewhere("clerk_credit_review", SQL("<= %s", today))
        return due if True in value else ~due

    @api.depends_context("company", "lang")
    @api.depends("credit_limit")
    def _compute_clerk_credit_note(self):
        for partner in self:
            partner.clerk_credit_note = partner.commercial_partner_id._credit_note()

    def _credit_note(self):
        """Return how much of the credit limit is used, and by what."""
        currency = self.env.company.currency_id
        to_bill = self.credit_to_invoice or 0.0
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
