from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.receipt import remittance as rules
from ...rules.receivable.match_item import Part
from ..mixin.amount import amount_text, exact
from ..mixin.gate import at_least_one, only_one
from ..mixin.lock_date import distant_date_obstacle


class ClerkRemittance(models.Model):
    """A remittance advice: what a payer says that a payment is for.

    Its lines add up to its total before it is confirmed. A payment of this amount is
    then applied as it says; what the payer kept back becomes billing errors.
    """

    _name = "clerk.remittance"
    _description = "Remittance Advice"
    _inherit = ["clerk.lifecycle", "clerk.work.item.link"]
    _lifecycle = rules.LIFECYCLE
    _writable_fields = frozenset(
        {"name", "partner_id", "company_id", "currency_id", "date", "total", "line_ids"}
    )
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Reference", required=True, help="The payer's reference of the payment."
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    date = fields.Date(
        string="Payment Date", required=True, default=fields.Date.context_today
    )
    total = fields.Monetary(required=True, help="The amount of the payment.")
    line_ids = fields.One2many("clerk.remittance.line", "remittance_id")
    difference = fields.Monetary(
        compute="_compute_difference",
        help="The total less the amounts of the lines. It must be zero.",
    )
    deducted = fields.Monetary(
        string="Deductions",
        compute="_compute_difference",
        help="Amount that the payer keeps back.",
    )
    source = fields.Selection(
        rules.SOURCES, required=True, readonly=True, default="typed"
    )
    match_id = fields.Many2one(
        "clerk.receipt.match",
        string="Payment",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    match_ids = fields.One2many(
        "clerk.receipt.match",
        "remittance_id",
        string="Proposals",
        help="Payments that the advice is about, proposed, applied or undone.",
    )
    state = fields.Selection(
        rules.STATES, string="Status", required=True, readonly=True, default="draft"
    )

    _waiting = models.Index("(company_id, partner_id) WHERE state = 'confirmed'")

    @api.depends("total", "line_ids.amount", "line_ids.deduction")
    def _compute_difference(self):
        for advice in self:
            paid = sum(advice.line_ids.mapped("amount"))
            currency = advice.currency_id or advice.company_id.currency_id
            advice.difference = currency.round(advice.total - paid)
            advice.deducted = currency.round(sum(advice.line_ids.mapped("deduction")))

    def write(self, vals):
        """:raises UserError: a confirmed advice is changed"""
        self._check_guarded(vals)
        if self._declared("_writable_fields") & vals.keys() and not self._is_inside():
            self._check_draft()
        return super().write(vals)

    def _check_draft(self):
        """:raises UserError: one is confirmed, or was cancelled"""
        if fixed := self.filtered(lambda advice: advice.state != "draft"):
            raise UserError(
                self.env._(
                    "%(advice)s is %(state)s. Set it to draft to change it.",
                    advice=fixed[0].name,
                    state=fixed[0]._state_label(),
                )
            )

    # Steps

    def action_confirm(self):
        """Accept advices whose lines add up, and open the payment of a single one."""
        at_least_one(self)._take_step("confirm")
        self._propose_payments()
        found = self.match_ids.filtered(lambda match: match.state == "proposed")
        return self.action_view_match() if len(self) == 1 and found else True

    def action_edit(self):
        """Take an advice back to change it: its payment is no longer applied by it."""
        self._take_step("edit")
        self._propose_payments()

    def action_cancel(self):
        """Discard advices, and propose for their payments without them."""
        at_least_one(self)._take_step("cancel")
        self._propose_payments()

    def action_view_match(self):
        """Open the payment that the advice is about, applied or not."""
        return self.env["clerk.receipt.match"]._view_action(only_one(self).match_ids)

    def _obstacle(self, step, vals):
        if step == "confirm":
            return (
                distant_date_obstacle(self.env, self.date)
                or self._difference_sentence()
                or self._unknown_sentence()
            )
        return super()._obstacle(step, vals)

    def _difference_sentence(self):
        currency = self.currency_id
        if not self.line_ids or currency.compare_amounts(self.total, 0.0) <= 0:
            return self.env._("Enter the total and a line for each document.")
        if currency.is_zero(self.difference):
            return None
        return self.env._(
            "The lines add up to %(lines)s, the total is %(total)s: %(difference)s is "
            "the difference.",
            lines=amount_text(currency, self.total - self.difference),
            total=amount_text(currency, self.total),
            difference=amount_text(currency, self.difference),
        )

    def _unknown_sentence(self):
        """Find the documents of the lines; return which are not open."""
        self.line_ids._find_items()
        unknown = self.line_ids.filtered(lambda line: not line.item_id)
        if not unknown:
            return None
        return self.env._(
            "%(customer)s has no open documents with these numbers: %(numbers)s.",
            customer=self.partner_id.display_name,
            numbers=", ".join(unknown[:5].mapped("number")),
        )

    # Payments

    def _propose_payments(self):
        """Propose again for the unapplied payments that these advices may be about."""
        matches = self.env["clerk.receipt.match"]
        advised = matches.search(
            Domain("remittance_id", "in", self.ids) & Domain("state", "=", "proposed")
        )
        customers = self.partner_id.commercial_partner_id
        matches._propose(
            self._payment_items().filtered(
                lambda item: (
                    not item.partner_id
                    or item.partner_id.commercial_partner_id in customers
                )
            )
            | advised.item_id
        )

    def _parts(self):
        """Return what the lines apply, as the rules of matching see it."""
        amounts = {}
        for line in self.line_ids:
            before = amounts.get(line.item_id.id, Decimal(0))
            amount = exact(self.currency_id, line.amount)
            amounts[line.item_id.id] = before + amount
        return [Part(item, amount) for item, amount in amounts.items()]


class ClerkRemittanceLine(models.Model):
    """Amount that a payer pays of a document, and what they keep back."""

    _name = "clerk.remittance.line"
    _description = "Remittance Advice Line"
    _inherit = ["clerk.drafted.row"]
    _row_of = "remittance_id"
    _writable_fields = frozenset(
        {"remittance_id", "number", "amount", "deduction", "reason", "sequence"}
    )
    _order = "sequence, id"

    remittance_id = fields.Many2one(
        "clerk.remittance", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="remittance_id.company_id", store=True)
    currency_id = fields.Many2one(related="remittance_id.currency_id")
    sequence = fields.Integer(default=10)
    number = fields.Char(string="Document", required=True)
    amount = fields.Monetary(string="Paid", required=True)
    deduction = fields.Monetary(help="Amount that the payer keeps back of it.")
    reason = fields.Char(string="Reason for Deduction")
    item_id = fields.Many2one(
        "account.move.line",
        string="Open Item",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    def _find_items(self):
        """Find the open items of the documents that lines name."""
        for advice, lines in self.grouped("remittance_id").items():
            items = advice._open_items()
            for line in lines - lines._selected_among(items):
                line._inside().item_id = items._named_by(line.number, line.amount)

    def _selected_among(self, items):
        """Return the lines whose items the customer has selected, and which are open.

        Of an invoice in instalments, the number alone would find another item.
        """
        return self.filtered(
            lambda line: (
                line.remittance_id.source == "portal"
                and line.item_id in items
                and line.item_id.move_id.name == line.number
            )
        )
