from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ....rules.audit.confirmation import audit_confirmation as rules
from ...billing_error.billing_error import DISPUTABLE_TYPES
from ...mixin.context_defaults import without_defaults

# What the two books say, as the answer has it.
STATED = {"ours", "theirs", "is_proposed"}


class ClerkAuditConfirmationDifference(models.Model):
    """Why a part of a customer's answer is not what our books say.

    Auditors judge it. A dispute or an error of ours is taken up by a clerk, who opens
    a billing error from it: an auditor changes nothing in the books.
    """

    _name = "clerk.audit.confirmation.difference"
    _description = "Difference of a Confirmation"
    _inherit = ["clerk.audit.part"]
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
    name = fields.Char(string="What", required=True)
    document_currency_id = fields.Many2one(
        "res.currency",
        string="Currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    ours = fields.Monetary(
        string="Our Books", currency_field="document_currency_id", readonly=True
    )
    theirs = fields.Monetary(
        string="Customer's Books", currency_field="document_currency_id", readonly=True
    )
    amount = fields.Monetary(
        string="Difference",
        currency_field="document_currency_id",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="What the customer has less what we have.",
    )
    amount_company = fields.Monetary(
        string="In Company Currency", compute="_compute_amount_company", store=True
    )
    cause = fields.Selection(rules.CAUSES)
    is_proposed = fields.Boolean(
        string="Proposed", readonly=True, help="The cause is what our books hint at."
    )
    explanation = fields.Text()
    billing_error_ids = fields.One2many(
        "clerk.billing.error", "confirmation_difference_id", string="Billing Errors"
    )
    is_for_clerks = fields.Boolean(
        compute="_compute_is_for_clerks", search="_search_is_for_clerks"
    )

    @api.depends("confirmation_id")
    def _compute_audit_id(self):
        for line in self:
            line.audit_id = line.confirmation_id.audit_id

    @api.depends("ours", "theirs")
    def _compute_amount(self):
        for line in self:
            line.amount = line.theirs - line.ours

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
                        "“%(name)s”: choose an item of %(letter)s.",
                        name=line.name,
                        letter=line.confirmation_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_stated(vals)
        lines = super(
            ClerkAuditConfirmationDifference, without_defaults(self, STATED)
        ).create(vals_list)
        lines._check_open_to_work()
        return lines

    def write(self, vals):
        """:raises AccessError: what one of the two books says would be changed
        :raises UserError: it is too late, or it would go to another letter"""
        self._check_not_stated(vals)
        self._check_open_to_work()
        if "confirmation_id" in vals and self.confirmation_id.ids != [
            vals["confirmation_id"]
        ]:
            raise UserError(
                self.env._(
                    "“%s” belongs to its letter and cannot be moved to another.",
                    self[:1].name,
                )
            )
        if "cause" in vals and not self.env.su:
            vals = {**vals, "is_proposed": False}
        return super().write(vals)

    @api.model
    def _check_not_stated(self, vals):
        if vals.keys() & STATED and not self.env.su:
            raise AccessError(
                self.env._(
                    "What the customer's books and ours say of a difference comes from "
                    "the answer, not by hand."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_resolved(self):
        self._check_open_to_work()

    def _check_open_to_work(self):
        """:raises UserError: the difference was resolved, or nothing was answered"""
        for letter in self.confirmation_id:
            if not rules.is_allowed("resolve", letter.state):
                raise UserError(
                    self.env._(
                        "%(letter)s is “%(state)s”: differences are explained between "
                        "the answer and its resolution.",
                        letter=letter.display_name,
                        state=letter._state_name(),
                    )
                )

    # For clerks

    def action_open_billing_error(self):
        """The billing error about it: the one there is, or a new one as a clerk."""
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
                "confirmation_difference_id": self.id,
            }
        )
        error.action_load_lines()
        return errors._view_action(error)

    def _check_for_clerks(self):
        self.env["clerk.billing.error"].check_access("create")
        if self.cause not in rules.FOR_CLERKS:
            raise UserError(
                self.env._(
                    "%s is neither a dispute nor an error of ours: there is no billing "
                    "error to open.",
                    self.name,
                )
            )
        if self.move_id.move_type not in DISPUTABLE_TYPES:
            raise UserError(
                self.env._(
                    "%s is no invoice or credit note of ours. Open the billing error "
                    "from the invoice that it is about.",
                    self.name,
                )
            )

    def _error_description(self):
        money = self.document_currency_id.format
        words = self.env._(
            "Confirmation %(letter)s as of %(day)s: the customer has %(theirs)s, we "
            "have %(ours)s.",
            letter=self.confirmation_id.name,
            day=fields.Date.to_string(self.confirmation_id.date),
            theirs=money(self.theirs),
            ours=money(self.ours),
        )
        said = filter(None, (words, self.explanation, self.confirmation_id.answer_note))
        return "\n".join(said)
