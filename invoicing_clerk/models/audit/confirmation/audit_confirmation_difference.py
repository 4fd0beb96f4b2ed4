from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ....rules.audit.confirmation import audit_confirmation as rules
from ...billing_error.billing_error import DISPUTABLE_TYPES

# These come from the reply and from our records.
REPLY_FIELDS = frozenset({"our_amount", "customer_amount", "is_proposed"})


class ClerkAuditConfirmationDifference(models.Model):
    """A difference between a customer's reply and our records, and its cause.

    Auditors assess it. For a dispute or an error of ours, a clerk opens a billing error
    from it: auditors change nothing in the books.
    """

    _name = "clerk.audit.confirmation.difference"
    _description = "Difference of a Confirmation"
    _inherit = ["clerk.guarded", "clerk.audit.part"]
    _guarded_fields = REPLY_FIELDS
    _order = "confirmation_id, id"

    confirmation_id = fields.Many2one(
        "clerk.audit.confirmation", required=True, ondelete="cascade", index=True
    )
    audit_id = fields.Many2one(
        compute="_compute_audit_id", store=True, readonly=True, precompute=True
    )
    item_id = fields.Many2one(
        "clerk.audit.confirmation.item",
        string="Our Item",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('confirmation_id', '=', confirmation_id)]",
    )
    move_id = fields.Many2one(related="item_id.move_id", string="Document")
    partner_id = fields.Many2one(related="confirmation_id.partner_id", store=True)
    name = fields.Char(string="Description", required=True)
    document_currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    our_amount = fields.Monetary(
        string="Our Records", currency_field="document_currency_id", readonly=True
    )
    customer_amount = fields.Monetary(
        string="Customer's Records",
        currency_field="document_currency_id",
        readonly=True,
    )
    amount = fields.Monetary(
        string="Difference",
        currency_field="document_currency_id",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="Customer's amount less our amount.",
    )
    amount_company = fields.Monetary(
        string="In Company Currency", compute="_compute_amount_company", store=True
    )
    cause = fields.Selection(rules.CAUSES)
    is_proposed = fields.Boolean(
        string="Proposed",
        readonly=True,
        help="The cause was proposed from our records.",
    )
    explanation = fields.Text()
    billing_error_ids = fields.One2many(
        "clerk.billing.error", "confirmation_difference_id", string="Billing Errors"
    )
    is_for_clerks = fields.Boolean(
        string="For Billing",
        compute="_compute_is_for_clerks",
        search="_search_is_for_clerks",
        help="A clerk must open a billing error.",
    )

    @api.depends("confirmation_id")
    def _compute_audit_id(self):
        for line in self:
            line.audit_id = line.confirmation_id.audit_id

    @api.depends("our_amount", "customer_amount")
    def _compute_amount(self):
        for line in self:
            line.amount = line.customer_amount - line.our_amount

    @api.depends("amount", "document_currency_id", "confirmation_id.date")
    def _compute_amount_company(self):
        for line in self:
            company = line.confirmation_id.company_id
            day = line.confirmation_id.date or fields.Date.context_today(line)
            line.amount_company = line.document_currency_id._convert(
                line.amount, company.currency_id, company, day
            )

    @api.depends("cause", "billing_error_ids")
    def _compute_is_for_clerks(self):
        for line in self:
            line.is_for_clerks = (
                line.cause in rules.FOR_CLERKS and not line.billing_error_ids
            )

    def _search_is_for_clerks(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = fields.Domain("cause", "in", rules.FOR_CLERKS) & fields.Domain(
            "billing_error_ids", "=", False
        )
        return fields.Domain.OR(wanted if yes else ~wanted for yes in set(value))

    @api.constrains("item_id")
    def _check_item(self):
        for line in self.filtered("item_id"):
            if line.item_id.confirmation_id != line.confirmation_id:
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: choose an item of %(confirmation)s.",
                        name=line.name,
                        confirmation=line.confirmation_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_resolvable()
        return lines

    def write(self, vals):
        """:raises AccessError: an amount of our records or of the reply is given
        :raises UserError: it is resolved, or would move to another request"""
        self._check_guarded(vals)
        self._check_resolvable()
        if "confirmation_id" in vals and self.confirmation_id.ids != [
            vals["confirmation_id"]
        ]:
            raise UserError(
                self.env._(
                    "“%s” belongs to its confirmation request and cannot be moved to "
                    "another.",
                    self[:1].name,
                )
            )
        if "cause" not in vals or self._passes_guard():
            return super().write(vals)
        return super(ClerkAuditConfirmationDifference, self._inside_once()).write(
            {**vals, "is_proposed": False}
        )

    @api.model
    def _guard_hint(self):
        return self.env._("It comes from our records or from the customer's reply.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_resolved(self):
        self._check_resolvable()

    def _check_resolvable(self):
        """:raises UserError: the differences are resolved, or there is no reply yet"""
        for confirmation in self.confirmation_id:
            if not confirmation._life().allows("resolve", confirmation.state):
                raise UserError(
                    self.env._(
                        "%(confirmation)s is %(state)s: differences can only be edited "
                        "between the reply and its resolution.",
                        confirmation=confirmation.display_name,
                        state=confirmation._state_label(),
                    )
                )

    # For clerks

    def action_open_billing_error(self):
        """Open the billing error about it, or create one as a clerk."""
        self.ensure_one()
        errors = self.env["clerk.billing.error"]
        if self.billing_error_ids:
            return errors._view_action(self.billing_error_ids)
        self._check_for_clerks()
        error = errors.create(
            {
                "move_ids": [Command.set(self.move_id.ids)],
                "contact_id": self.confirmation_id.contact_id.id,
                "description": self._error_description(),
                "origin": "confirmation",
            }
        )
        error._inside().confirmation_difference_id = self
        error.action_load_lines()
        return errors._view_action(error)

    def _check_for_clerks(self):
        self.env["clerk.billing.error"].check_access("create")
        if self.cause not in rules.FOR_CLERKS:
            raise UserError(
                self.env._(
                    "%s is neither a dispute nor our error: no billing error can be "
                    "opened.",
                    self.name,
                )
            )
        if self.move_id.move_type not in DISPUTABLE_TYPES:
            raise UserError(
                self.env._(
                    "%s is not one of our invoices or credit notes. Open the billing "
                    "error from the invoice concerned.",
                    self.name,
                )
            )

    def _error_description(self):
        money = self.document_currency_id.format
        summary = self.env._(
            "Confirmation %(confirmation)s as of %(day)s: customer's records "
            "%(customer)s, our records %(ours)s.",
            confirmation=self.confirmation_id.name,
            day=fields.Date.to_string(self.confirmation_id.date),
            customer=money(self.customer_amount),
            ours=money(self.our_amount),
        )
        notes = (summary, self.explanation, self.confirmation_id.answer_note)
        return "\n".join(filter(None, notes))
