from odoo import api, fields, models
from odoo.fields import Domain

from ...rules.customer import customer_change as rules
from ..mixin.gate import only_one
from ..mixin.roles import READERS


class ResPartner(models.Model):
    """Changes of a customer: those under way, and the history."""

    _inherit = "res.partner"

    customer_change_count = fields.Integer(
        string="Changes", compute="_compute_figures", groups=READERS
    )
    open_customer_change_count = fields.Integer(
        string="Open Changes", compute="_compute_figures", groups=READERS
    )
    can_propose_change = fields.Boolean(
        string="Changed by Two People",
        compute="_compute_can_propose_change",
        groups=READERS,
        exportable=False,
        help="Guarded data of this contact are proposed by one person and approved by "
        "another.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_can_propose_change(self):
        guards = self.env["clerk.customer.field"]._guards()
        # One of each group whose answer is the same.
        kinds = {
            (kind == rules.BANK, kind in rules.PER_COMPANY): kind for kind in guards
        }.values()
        for partner in self:
            origin = partner._origin
            partner.can_propose_change = bool(origin) and any(
                origin._needs_two_people(kind) for kind in kinds
            )

    def _figure_queries(self):
        changes = self.env["clerk.customer.change"]
        counted = self._count_sql("changes", changes, Domain.TRUE, by="state")
        return [*super()._figure_queries(), *counted]

    def _set_figures(self, figures):
        result = super()._set_figures(figures)
        numbers = {
            state: self._customer_figure(figures, f"changes.{state}").number
            for state, _label in rules.STATES
        }
        self.customer_change_count = sum(numbers.values())
        self.open_customer_change_count = sum(
            numbers[state] for state in rules.OPEN_STATES
        )
        return result

    def action_propose_change(self):
        """Open the dialog in which a change is proposed."""
        contact = only_one(self)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "invoicing_clerk.clerk_customer_propose_action"
        )
        return {**action, "context": {"default_contact_id": contact.id}}

    def action_view_changes(self):
        """Open the changes of the customer."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "invoicing_clerk.clerk_customer_change_action"
        )
        customers = self.commercial_partner_id
        return {
            **action,
            "context": {},
            "domain": [("partner_id", "in", customers.ids)],
        }
