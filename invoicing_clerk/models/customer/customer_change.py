from odoo import api, fields, models

from ...rules.customer import customer_change as rules


class ClerkCustomerChange(models.Model):
    """Data of a customer that one person proposes to change and another approves.

    Values are noted as they were and as they are to become. A change of bank data is
    confirmed by a call to a number that was on file before, and waits for some days.
    It is applied on its day if nothing else has changed the data
    meanwhile. Documents that were issued keep the data that they were issued with.

    Proposals are in `customer_change_propose`, steps in `customer_change_step`, and how
    values are written in `customer_change_apply`.
    """

    _name = "clerk.customer.change"
    _description = "Change of Customer Data"
    _inherit = [
        *("clerk.evidence", "clerk.lifecycle", "clerk.numbered", "clerk.thread"),
        *("clerk.work.item.link", "mail.activity.mixin"),
    ]
    _lifecycle = rules.LIFECYCLE
    _number_prefix = "CC"
    _order = "id desc"
    _rec_names_search = ["name", "partner_id", "contact_id"]
    _evidence_fields = {"document": None}
    # Our code alone makes and changes them; see `_propose`.
    _guards_all = True

    name = fields.Char(string="Number", readonly=True, copy=False)
    state = fields.Selection(
        rules.STATES,
        string="Status",
        required=True,
        readonly=True,
        default="proposed",
        copy=False,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
    )
    contact_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        help="The customer or the address whose data change.",
    )
    line_ids = fields.One2many(
        "clerk.customer.change.line", "change_id", string="Changes", copy=False
    )
    summary = fields.Char(
        string="What Changes", compute="_compute_summary", exportable=False
    )
    source = fields.Selection(rules.SOURCES, required=True)
    note = fields.Text(string="Request")
    document = fields.Binary(
        string="Evidence",
        attachment=True,
        help="The email or letter that asks for the change.",
    )
    document_name = fields.Char(string="File Name")
    effective_date = fields.Date(
        string="Effective From",
        help="The day from which the new data apply; empty for the day of approval.",
    )
    needs_call = fields.Boolean(string="Needs a Call Back")
    days = fields.Integer(string="Waiting Period (Days)")

    proposed_by_id = fields.Many2one("res.users", required=True)
    proposed_on = fields.Datetime(required=True)
    known_numbers = fields.Json(
        exportable=False,
        help="Phone numbers on file when the change was proposed, by contact.",
    )
    informed_emails = fields.Char(
        string="Customer Informed At",
        help="Email addresses on file to which a notice of the request was sent.",
    )
    called_by_id = fields.Many2one("res.users")
    called_on = fields.Datetime()
    called_number = fields.Char()
    called_person = fields.Char(string="Confirmed By")
    call_note = fields.Text(string="Result of the Call")
    approved_by_id = fields.Many2one("res.users")
    approved_on = fields.Datetime()
    apply_on = fields.Date(
        string="Applied From",
        index=True,
        help="The first day on which the approved change is applied.",
    )
    applied_on = fields.Datetime()
    problem = fields.Text(
        help="The reason why the approved change could not be applied.",
    )
    refused_by_id = fields.Many2one("res.users")
    refusal_reason = fields.Text()
    undo_of_id = fields.Many2one(
        "clerk.customer.change",
        string="Undoes",
        ondelete="restrict",
        index="btree_not_null",
    )
    undone_by_id = fields.Many2one("res.users")
    merged_from = fields.Char(
        string="Original Customer",
        help="Name of the customer before the merge.",
    )

    @api.depends("line_ids.label", "line_ids.new_text")
    @api.depends_context("lang")
    def _compute_summary(self):
        for change in self:
            change.summary = ", ".join(
                f"{line.label}: {line.new_text or '–'}" for line in change.line_ids
            )

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for change in self:
            parts = (change.name, change.partner_id.display_name)
            change.display_name = " · ".join(filter(None, parts))

    @api.model
    def _guard_hint(self):
        return self.env._("Use the buttons of the change instead.")

    @api.model
    def _evidence_hint(self):
        return self.env._("Withdraw the change, and propose it with the right file.")

    def _of_contact(self):
        """Return the contact in the company of the change, archived or not."""
        contact = self.contact_id.with_context(active_test=False)
        return contact.with_company(self.company_id)

    def _kinds(self):
        return set(self.line_ids.mapped("kind"))

    def _is_bank(self):
        return rules.BANK in self._kinds()
