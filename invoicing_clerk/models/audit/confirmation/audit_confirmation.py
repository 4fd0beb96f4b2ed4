from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ....rules.audit.confirmation import audit_confirmation as rules

# Auditors write these; all other fields are set by steps and replies.
WRITABLE_FIELDS = {"contact_id", "delivery_way", "conclusion", "difference_ids"}
# Fixed once the request is released.
DRAFT_FIELDS = {"delivery_way"}


class ClerkAuditConfirmation(models.Model):
    """A request to one customer to confirm a balance as of a date, and its outcome.

    The balance of our records is stored when the request is created, the customer's
    reply when it is signed; neither can be changed afterwards. Sending, replies and
    follow-up are each in a file of their own.
    """

    _name = "clerk.audit.confirmation"
    _description = "Confirmation Request"
    _inherit = [
        "clerk.lifecycle",
        "clerk.automated",
        "clerk.audit.part",
        "clerk.statement.delivery",
        "portal.mixin",
        "clerk.audit.thread",
    ]
    _lifecycle = rules.LIFECYCLE
    _state_subtypes = {
        "agreed": "subtype_audit_confirmation_agreed",
        "differs": "subtype_audit_confirmation_differs",
    }
    _writable_fields = WRITABLE_FIELDS
    _order = "stated_company desc, id"

    run_id = fields.Many2one(
        "clerk.audit.confirmation.run",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    name = fields.Char(string="Number", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Addressee",
        domain="[('id', 'child_of', partner_id)]",
        help="A contact at the customer who knows the balance. Verify that the address "
        "belongs to the customer.",
    )
    partner_name = fields.Char(
        string="Customer's Name",
        readonly=True,
        copy=False,
        help="The name of the customer when the request was released.",
    )
    contact_email = fields.Char(
        string="Sent To",
        readonly=True,
        copy=False,
        help="The email address to which the request was sent.",
    )
    date = fields.Date(string="As Of", required=True, readonly=True)
    type = fields.Selection(rules.TYPES, required=True, readonly=True)
    state = fields.Selection(
        rules.STATES,
        string="Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    stated_company = fields.Monetary(
        string="Balance",
        readonly=True,
        help="In company currency, as of the general ledger when the request was "
        "created.",
    )
    delivery_way = fields.Selection(readonly=False)
    is_credit = fields.Boolean(
        string="Credit Balance", compute="_compute_is_credit", store=True
    )
    balance_ids = fields.One2many(
        "clerk.audit.confirmation.balance",
        "confirmation_id",
        string="Balances",
        readonly=True,
    )
    item_ids = fields.One2many(
        "clerk.audit.confirmation.item",
        "confirmation_id",
        string="Open Items",
        readonly=True,
    )
    difference_ids = fields.One2many(
        "clerk.audit.confirmation.difference",
        "confirmation_id",
        string="Differences",
    )
    # Its holder can reply in the customer's name: no user of the company may read it.
    access_token = fields.Char(groups=fields.NO_ACCESS)

    # Customers who were merged later keep the requests they were sent.
    _one_per_run = models.UniqueIndex(
        "(run_id, partner_id) WHERE merged_from IS NULL",
        "A customer can have only one request per run.",
    )

    @api.depends("stated_company")
    def _compute_is_credit(self):
        for confirmation in self:
            confirmation.is_credit = (
                confirmation.currency_id.compare_amounts(confirmation.stated_company, 0)
                < 0
            )

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for confirmation in self:
            confirmation.display_name = (
                f"{confirmation.name} {confirmation.partner_id.name}"
            )

    @api.constrains("contact_id")
    def _check_contact(self):
        for confirmation in self.filtered("contact_id"):
            if not confirmation._is_own_contact(confirmation.contact_id):
                raise ValidationError(
                    self.env._(
                        "%(confirmation)s: %(contact)s is not a contact of the "
                        "customer. Add the contact to %(customer)s first.",
                        confirmation=confirmation.name,
                        contact=confirmation.contact_id.display_name,
                        customer=confirmation.partner_id.display_name,
                    )
                )

    def _is_own_contact(self, contact):
        return contact.commercial_partner_id == self.partner_id

    def write(self, vals):
        """:raises AccessError: a field of our records or of the reply is given
        :raises UserError: the request is released or concluded"""
        self._check_guarded(vals)
        if not self._passes_guard():
            if vals.keys() & DRAFT_FIELDS:
                self._check_step_access()
                self._check_step("release")
            if "conclusion" in vals:
                self._check_not_concluded()
        return super().write(vals)

    @api.model
    def _guard_hint(self):
        return self.env._("It comes from our records or from the customer's reply.")

    def _check_not_concluded(self):
        if done := self.filtered("concluded_on"):
            raise UserError(
                self.env._(
                    "%(confirmation)s was concluded on %(day)s: the conclusion is "
                    "final.",
                    confirmation=done[0].display_name,
                    day=format_date(self.env, done[0].concluded_on),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released(self):
        """Keep requests that were sent; customers can be excluded before."""
        for confirmation in self:
            if confirmation.state != "draft":
                raise UserError(
                    self.env._(
                        "%s has been released and is kept with the engagement.",
                        confirmation.display_name,
                    )
                )

    def _complete_new(self):
        """Set number and addressee of requests that were created by SQL.

        Statements may go to an external bookkeeper; only the customer's own contacts
        confirm balances.
        """
        contacts = self.partner_id._statement_contacts()
        for confirmation in self:
            own = contacts[confirmation.partner_id].filtered(
                confirmation._is_own_contact
            )
            confirmation.write(
                {
                    "name": f"BC{confirmation.id:06}",
                    "contact_id": (own[:1] or confirmation.partner_id).id,
                }
            )

    def _check_step_access(self):
        self._check_audit_open()
        return super()._check_step_access()
