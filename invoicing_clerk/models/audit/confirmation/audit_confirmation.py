from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ....rules.audit.confirmation import audit_confirmation as rules

# What auditors write themselves; all else changes by steps and answers.
AUDITORS_FIELDS = {"contact_id", "delivery_way", "conclusion", "difference_ids"}
# Settled once the letter has gone out.
DRAFT_FIELDS = {"delivery_way"}


class ClerkAuditConfirmation(models.Model):
    """A letter that asks one customer what it owes on a day, and what came of it.

    What the books said is frozen when the letter is made, what the customer says when
    it is signed: nobody changes either after that. How it goes out, is answered and is
    worked through are each in a file of their own.
    """

    _name = "clerk.audit.confirmation"
    _description = "Balance Confirmation"
    _inherit = [
        "clerk.audit.part",
        "clerk.statement.delivery",
        "portal.mixin",
        "clerk.audit.thread",
    ]
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
        string="Addressed To",
        domain="[('id', 'child_of', partner_id)]",
        help="Somebody at the customer who knows the balance. See for yourself that "
        "the address is theirs.",
    )
    contact_email = fields.Char(
        string="Asked At",
        readonly=True,
        copy=False,
        help="The address that the letter went to.",
    )
    date = fields.Date(string="As Of", required=True, readonly=True)
    type = fields.Selection(rules.TYPES, required=True, readonly=True)
    state = fields.Selection(
        rules.STATES,
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
        help="In company currency, as the general ledger had it when the letter was "
        "made.",
    )
    delivery_way = fields.Selection(readonly=False)
    is_credit = fields.Boolean(
        string="In Credit", compute="_compute_is_credit", store=True
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
    # Whoever has it answers in the customer's place: nobody of the company reads it.
    access_token = fields.Char(groups=fields.NO_ACCESS)

    _one_per_run = models.UniqueIndex(
        "(run_id, partner_id)", "A customer is asked once in a run."
    )

    @api.depends("stated_company")
    def _compute_is_credit(self):
        for letter in self:
            letter.is_credit = (
                letter.currency_id.compare_amounts(letter.stated_company, 0) < 0
            )

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for letter in self:
            letter.display_name = f"{letter.name} {letter.partner_id.name}"

    @api.constrains("contact_id")
    def _check_contact(self):
        for letter in self.filtered("contact_id"):
            if not letter._is_own_contact(letter.contact_id):
                raise ValidationError(
                    self.env._(
                        "%(letter)s: %(contact)s is no contact of the customer. Add "
                        "one to %(customer)s first.",
                        letter=letter.name,
                        contact=letter.contact_id.display_name,
                        customer=letter.partner_id.display_name,
                    )
                )

    def _is_own_contact(self, contact):
        return contact.commercial_partner_id == self.partner_id

    def write(self, vals):
        """:raises AccessError: somebody changes what the books or the customer said
        :raises UserError: it is too late for that"""
        if not self.env.su:
            if forged := vals.keys() - AUDITORS_FIELDS - self._thread_fields():
                raise AccessError(
                    self.env._(
                        "A confirmation says what the books and the customer said: %s "
                        "cannot be changed by hand.",
                        ", ".join(
                            self._fields[name]._description_string(self.env)
                            for name in sorted(forged)
                            if name in self._fields
                        ),
                    )
                )
            if vals.keys() & DRAFT_FIELDS:
                self._check_step("release")
            if "conclusion" in vals:
                self._check_not_concluded()
        return super().write(vals)

    def _check_not_concluded(self):
        if done := self.filtered("concluded_on"):
            raise UserError(
                self.env._(
                    "%(letter)s was concluded on %(day)s: what was concluded stands.",
                    letter=done[0].display_name,
                    day=format_date(self.env, done[0].concluded_on),
                )
            )

    @api.model
    def _thread_fields(self):
        own = self.env["mail.thread"]._fields.keys()
        return own - {"id", "display_name"}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released(self):
        """Somebody who was asked stays asked; who is not to be asked, can be left out
        before."""
        for letter in self:
            if letter.state != "draft":
                raise UserError(
                    self.env._(
                        "%s has gone out and stays with the engagement.",
                        letter.display_name,
                    )
                )

    def _set_up(self):
        """What a new letter needs besides what SQL wrote: number and addressee.

        Statements may go to a bookkeeper outside; who confirms is the customer's own.
        """
        contacts = self.partner_id._statement_contacts()
        for letter in self:
            own = contacts[letter.partner_id].filtered(letter._is_own_contact)
            letter.write(
                {
                    "name": f"BC{letter.id:06}",
                    "contact_id": (own[:1] or letter.partner_id).id,
                }
            )

    def _check_step(self, step):
        """:raises UserError: one of them cannot take it, or its engagement is closed"""
        self.check_access("write")
        self._check_audit_open()
        for letter in self:
            if not rules.is_allowed(step, letter.state):
                raise UserError(
                    self.env._(
                        "%(letter)s is “%(state)s”: that step is not open to it.",
                        letter=letter.display_name,
                        state=letter._state_name(),
                    )
                )

    def _state_name(self):
        names = dict(self._fields["state"]._description_selection(self.env))
        return names[self.state]

    def action_open_partner(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()
