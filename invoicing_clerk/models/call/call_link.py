from odoo import api, fields, models

from ..mixin.roles import READERS


class CallStarter(models.AbstractModel):
    """A record from which its customer can be called."""

    _name = "clerk.call.starter"
    _description = "Reason for a Call"

    def _call_values(self):
        """What a call about the records starts with, as values of a call."""
        raise NotImplementedError

    def _first(self):
        """The first of these records, read together with the others."""
        return self[:1].with_prefetch(self._prefetch_ids)

    @api.model
    def _values_with(self, partner):
        """How a person or company is called: by its own number or its company's."""
        number = partner.phone or partner.commercial_partner_id.phone
        return {"partner_id": partner.id, "number": number}

    @api.model
    def _call_of_pad(self):
        """The call on whose pad a button of a row was pressed."""
        return self.env["clerk.call"].browse(self.env.context["clerk_call_id"])

    def action_new_call(self):
        """Take down a call about these records: the pad opens on it."""
        return self.env["clerk.call"]._new_call(self._call_values())._pad_action()

    def action_call_list(self):
        """Put the customers of these records on the list of calls to be made."""
        return self.env["clerk.call"]._plan_list(self._call_list_values())

    def _call_list_values(self):
        """What a call about each record starts with."""
        return [record._call_values() for record in self]


class CallLink(models.AbstractModel):
    """The way from a record to its calls, and to the next call about it."""

    _name = "clerk.call.link"
    _description = "Called About"
    _inherit = "clerk.call.starter"

    # The column of a call by which it belongs to the record.
    _call_column: str

    call_count = fields.Integer(
        string="Calls", compute="_compute_call_count", groups=READERS
    )

    def _called_about(self):
        """The records that calls are linked to."""
        return self._origin

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_call_count(self):
        column, calls = self._call_column, self.env["clerk.call"]
        domain = [(column, "in", self._called_about().ids)]
        counts = dict(calls._read_group(domain, [column], ["__count"]))
        for record in self:
            record.call_count = counts.get(record._called_about(), 0)

    def action_view_calls(self):
        """All calls about the record, the latest first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_call_action"
        )
        about = self._called_about()
        domain = [(self._call_column, "in", about.ids)]
        return {**action, "domain": domain, "context": {}}
