from odoo import api, fields, models
from odoo.fields import Command

READERS = "invoicing_clerk.group_clerk,invoicing_clerk.group_auditor"


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


class CallPartner(models.AbstractModel):
    """What clerks must know of a customer before they say a word."""

    _name = "clerk.call.partner"
    _description = "Customer on the Telephone"
    _inherit = "clerk.call.link"
    _call_column = "partner_id"

    # Not copied: who may not read them copies customers, too.
    clerk_alert = fields.Char(
        string="Note for Calls",
        tracking=True,
        groups=READERS,
        copy=False,
        help="Shown on top of every call with the customer.",
    )
    clerk_legal_hold = fields.Boolean(
        string="Legal Hold",
        tracking=True,
        groups=READERS,
        copy=False,
        help="Lawyers speak with this customer: promise, grant and dispute nothing.",
    )
    clerk_do_not_call = fields.Boolean(
        string="Do Not Call",
        tracking=True,
        groups=READERS,
        copy=False,
        help="Asked not to be called: call lists leave the customer out.",
    )

    def _called_about(self):
        return self.commercial_partner_id

    def _call_values(self):
        return self._values_with(self._first())

    def action_pick_for_call(self):
        """Say on the pad that it is this one of several who calls."""
        self.ensure_one()
        self._call_of_pad().partner_id = self


class CallMove(models.AbstractModel):
    """An invoice on the telephone."""

    _name = "clerk.call.move"
    _description = "Invoice on the Telephone"
    _inherit = "clerk.call.link"
    _call_column = "move_ids"

    def _call_values(self):
        self.env["clerk.billing.error"]._check_one_customer(self)
        return {
            **self._values_with(self._first().partner_id),
            "company_id": self.company_id.id,
            "move_ids": [Command.link(move.id) for move in self],
        }

    def action_pick_for_call(self):
        """Say on the pad that a call is about this invoice, or that it is not."""
        call = self._call_of_pad()
        picked = call.move_ids
        call.move_ids = picked - self if self <= picked else picked | self

    def action_dispute_on_call(self):
        call = self._call_of_pad()
        call.move_ids |= self
        return call._dispute(self)

    def action_promise_on_call(self):
        call = self._call_of_pad()
        call.move_ids |= self
        return call._promise(self)

    def action_copy_on_call(self):
        call = self._call_of_pad()
        call.move_ids |= self
        return call._send_copies(self)


class CallError(models.AbstractModel):
    """A billing error on the telephone."""

    _name = "clerk.call.error"
    _description = "Billing Error on the Telephone"
    _inherit = "clerk.call.link"
    _call_column = "error_ids"

    call_ids = fields.Many2many(
        "clerk.call",
        "clerk_call_error_rel",
        "error_id",
        "call_id",
        string="Calls about It",
        copy=False,
    )

    def _call_values(self):
        error = self._first()
        return {
            **self._values_with(error.contact_id or error.partner_id),
            "company_id": error.company_id.id,
            "move_ids": [Command.link(move.id) for move in error.move_ids],
            "error_ids": [Command.link(error.id)],
        }


class CallPromise(models.AbstractModel):
    """A promise on the telephone."""

    _name = "clerk.call.promise"
    _description = "Promise on the Telephone"
    _inherit = "clerk.call.link"
    _call_column = "promise_ids"

    call_ids = fields.Many2many(
        "clerk.call",
        "clerk_call_promise_rel",
        "promise_id",
        "call_id",
        string="Calls about It",
        copy=False,
    )

    def _call_values(self):
        promise = self._first()
        return {
            **self._values_with(promise.contact_id or promise.partner_id),
            "company_id": promise.company_id.id,
            "move_ids": [Command.link(move.id) for move in promise.move_ids],
            "promise_ids": [Command.link(promise.id)],
        }


class CallItem(models.AbstractModel):
    """A work item on the telephone: about the invoice or case that it stands for."""

    _name = "clerk.call.item"
    _description = "Work Item on the Telephone"
    _inherit = "clerk.call.starter"

    def _call_values(self):
        return self[:1]._call_list_values()[0]

    def _call_list_values(self):
        self._check_records_exist()
        values = []
        for model, items in self.grouped("res_model").items():
            records = self.env[model].browse(items.mapped("res_id"))
            records.check_access("read")
            if isinstance(records, self.env.registry["clerk.call.starter"]):
                values += records._call_list_values()
            else:
                values += [self._values_with(item.partner_id) for item in items]
        return values
