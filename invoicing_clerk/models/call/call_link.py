from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixin.gate import at_least_one, only_one
from ..mixin.roles import READERS


class CallStarter(models.AbstractModel):
    """A record whose customer can be called about it."""

    _name = "clerk.call.starter"
    _description = "Subject of a Call"

    def _call_values(self):
        """Return the values of a new call about the records."""
        raise NotImplementedError

    def _first(self):
        """Return the first of these records, prefetched with the others."""
        return self[:1].with_prefetch(self._prefetch_ids)

    @api.model
    def _values_with(self, partner):
        """Return a contact and its phone number, or that of its company."""
        number = partner.phone or partner.commercial_partner_id.phone
        return {"partner_id": partner.id, "number": number}

    @api.model
    def _call_of_pad(self):
        """Return the call whose pad has the row of the pressed button."""
        call_id = self.env.context.get("clerk_call_id")
        if not isinstance(call_id, int) or isinstance(call_id, bool):
            raise UserError(
                self.env._("Open the call first, and press the button there.")
            )
        return self.env["clerk.call"].browse(call_id)

    def action_new_call(self):
        """Log a call about these records, and open the pad on it."""
        values = at_least_one(self)._call_values()
        return self.env["clerk.call"]._new_call(values)._pad_action()

    def action_call_list(self):
        """Add the customers of these records to the call list."""
        return self.env["clerk.call"]._plan_list(self._call_list_values())

    def _call_list_values(self):
        """Return the values of a new call about each record."""
        return [record._call_values() for record in self]


class CallLink(models.AbstractModel):
    """A record that calls are linked to."""

    _name = "clerk.call.link"
    _description = "Linked to Calls"
    _inherit = "clerk.call.starter"

    # The field of a call that links it to the record.
    _call_field: str

    call_count = fields.Integer(
        string="Calls", compute="_compute_call_count", groups=READERS
    )

    def _called_about(self):
        """Return the records that calls are linked to."""
        return self._origin

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_call_count(self):
        name, calls = self._call_field, self.env["clerk.call"]
        domain = [(name, "in", self._called_about().ids)]
        counts = dict(calls._read_group(domain, [name], ["__count"]))
        for record in self:
            record.call_count = counts.get(record._called_about(), 0)

    def action_view_calls(self):
        """Open all calls about the record, the latest first."""
        only_one(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_call_action"
        )
        about = self._called_about()
        domain = [(self._call_field, "in", about.ids)]
        return {**action, "domain": domain, "context": {}}
