from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...rules.receipt import bounce as rules
from ..mixin.amount import amount_text
from ..mixin.lock_date import entry_date_obstacle


class ClerkBounce(models.Model):
    """A customer's payment that the bank has returned.

    The entry of the payment is reversed, never cancelled: both entries stay in the
    books, and what was paid is open again. Rejecting a payment in Odoo would leave its
    invoices paid, and cancelling it would delete its number.

    Entries are made in `bounce_book`, the payment is presented again in
    `bounce_present`.
    """

    _name = "clerk.bounce"
    _description = "Bounced Payment"
    _inherit = ["clerk.drafted", "clerk.thread"]
    _lifecycle = rules.LIFECYCLE
    _number_prefix = "BNC"
    _number_fields = ("payment_id",)
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "payment_id", "partner_id"]
    # What is booked.
    _content_fields = frozenset({"charge", "date", "fee", "reason_id"})
    _deletable_states = ("draft", "cancelled")
    _final_fields = frozenset({"payment_id"})
    _guarded_fields = frozenset(
        {
            *("charge_move_id", "fee_move_id", "presented_payment_id"),
            *("reopened_item_ids", "reversal_id", "entered_by_id"),
        }
    )

    state = fields.Selection(
        rules.STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    payment_id = fields.Many2one(
        "account.payment",
        required=True,
        check_company=True,
        ondelete="restrict",
        index=True,
        copy=False,
        domain="[('payment_type', '=', 'inbound'), ('partner_type', '=', 'customer'), "
        "('state', 'in', ('in_process', 'paid'))]",
    )
    company_id = fields.Many2one(
        related="payment_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(
        related="payment_id.partner_id.commercial_partner_id",
        string="Customer",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    currency_id = fields.Many2one(related="payment_id.currency_id")
    amount = fields.Monetary(related="payment_id.amount")
    date = fields.Date(
        string="Returned On",
        required=True,
        default=fields.Date.context_today,
        help="The date on which the bank took the money back.",
    )
    reason_id = fields.Many2one("clerk.bounce.reason", ondelete="restrict")
    fee = fields.Monetary(
        string="Bank Fee",
        help="The fee that the bank charges, in the currency of the payment.",
    )
    charge = fields.Monetary(
        string="Charged to Customer",
        help="An invoice for this amount is posted, without taxes.",
    )
    entered_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    reversal_id = fields.Many2one(
        "account.move",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    fee_move_id = fields.Many2one(
        "account.move",
        string="Entry of the Fee",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    charge_move_id = fields.Many2one(
        "account.move",
        string="Invoice for the Fee",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    reopened_item_ids = fields.Many2many(
        "account.move.line",
        "clerk_bounce_reopened_item_rel",
        string="Items Open Again",
        readonly=True,
        copy=False,
        help="The items to which the payment was applied.",
    )
    presented_payment_id = fields.Many2one(
        "account.payment",
        string="New Payment",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )

    _one_bounce = models.UniqueIndex(
        "(payment_id) WHERE state != 'cancelled'",
        "This payment is already entered as bounced. Open it from the payment.",
    )

    # Guards

    @api.model
    def _entry_values(self):
        return {"entered_by_id": self.env.uid}

    @api.constrains("fee", "charge")
    def _check_amounts(self):
        for bounce in self:
            if min(bounce.fee, bounce.charge) < 0:
                raise ValidationError(
                    self.env._("Fees and charges must not be negative.")
                )

    @api.constrains("payment_id")
    def _check_payment(self):
        for bounce in self:
            payment = bounce.payment_id
            if (payment.payment_type, payment.partner_type) != ("inbound", "customer"):
                raise ValidationError(
                    self.env._(
                        "%s is not a payment from a customer. Select another payment.",
                        payment.display_name,
                    )
                )

    # Steps

    def action_cancel(self):
        """Cancel a bounced payment that was not booked."""
        self._take_step("cancel")

    def _obstacle(self, step, vals):
        if step == "book":
            return self._book_obstacle()
        return super()._obstacle(step, vals)

    def _book_obstacle(self):
        """Return what stands in the way of booking, as a sentence."""
        if not self.reason_id:
            return self.env._("Select the reason that the bank has given.")
        return (
            self.payment_id._bounce_obstacle()
            or self._date_obstacle()
            or entry_date_obstacle(
                self.company_id, self.date, self.payment_id.journal_id
            )
            or self._fee_obstacle()
        )

    def _date_obstacle(self):
        payment = self.payment_id
        return self.date < payment.date and self.env._(
            "%(payment)s is dated %(received)s, after the return on %(returned)s. "
            "Correct the date.",
            payment=payment.display_name,
            received=format_date(self.env, payment.date),
            returned=format_date(self.env, self.date),
        )

    def _fee_obstacle(self):
        if self.charge and not self.partner_id:
            return self.env._(
                "%s has no customer who could be charged. Assign the payment to a "
                "customer first, or charge nothing.",
                self.payment_id.display_name,
            )
        if (self.fee or self.charge) and not self._fee_account():
            return self.env._(
                "No account for bank fees is set for %s. Ask an administrator to set "
                "it under Settings, or leave fee and charge empty.",
                self.company_id.display_name,
            )
        return None

    def _fee_account(self):
        # sudo: the account of the company that the user works in, of which the entry
        # shows the name anyway.
        return self.company_id.sudo().clerk_bounce_account_id.sudo(False)

    # For other screens

    @api.model
    def _remembered(self):
        """Return the domain of bounces that still mark their customer."""
        today = fields.Date.context_today(self)
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date", ">=", rules.first_day(today, months))
            # sudo: a number of months, from which only dates are derived.
            for company, months in (
                (each, each.sudo().clerk_bounce_months) for each in self.env.companies
            )
        ) & Domain("state", "in", rules.IN_BOOKS)

    def _mark_text(self):
        """Return date, amount and reason of the last bounce, in words."""
        self.ensure_one()
        return self.env._(
            "%(payment)s of %(amount)s bounced on %(date)s: %(reason)s",
            payment=self.payment_id.display_name,
            amount=amount_text(self.currency_id, self.amount),
            date=format_date(self.env, self.date),
            reason=self.reason_id.name,
        )
