from odoo import api, fields, models

from ..mixin.gate import only_one
from ..mixin.roles import READERS


class ResPartner(models.Model):
    """Customers whose payments bounced, for as long as the company remembers it."""

    _inherit = "res.partner"

    bounce_count = fields.Integer(
        string="Bounced Payments", compute="_compute_figures", groups=READERS
    )
    bounce_note = fields.Char(
        string="Last Bounced Payment",
        compute="_compute_bounce_note",
        groups=READERS,
        exportable=False,
        help="The latest payment that bounced and that the company still remembers.",
    )

    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_bounce_note(self):
        customers = self.commercial_partner_id
        bounces = self.env["clerk.bounce"].search(
            [
                ("partner_id", "in", customers.ids),
                *self.env["clerk.bounce"]._remembered(),
            ],
            order="date desc, id desc",
        )
        latest = bounces.grouped("partner_id")
        for partner in self:
            own = latest.get(partner.commercial_partner_id)
            partner.bounce_note = own[0]._mark_text() if own else False

    def _figure_queries(self):
        bounces = self.env["clerk.bounce"]
        counted = self._count_sql("bounces", bounces, bounces._remembered())
        return [*super()._figure_queries(), *counted]

    def _set_figures(self, figures):
        self.bounce_count = self._customer_figure(figures, "bounces").number
        return super()._set_figures(figures)

    def action_view_bounces(self):
        """Open all bounced payments of the customer."""
        only_one(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_bounce_action"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
        }
