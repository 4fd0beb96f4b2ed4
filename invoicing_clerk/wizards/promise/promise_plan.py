from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...models.mixin.amount import amount_text
from ...rules.promise.promise import equal_parts

MAX_PARTS = 60


class ClerkPromisePlan(models.TransientModel):
    """Dialog for a payment plan: how much a customer will pay, and when."""

    _name = "clerk.promise.plan"
    _description = "Payment Plan"
    _inherit = "clerk.checked"

    item_ids = fields.Many2many(
        "account.move.line", string="Instalments", required=True, readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", compute="_compute_from_items"
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_from_items")
    open_amount = fields.Monetary(compute="_compute_from_items")
    amount = fields.Monetary(
        compute="_compute_amount", store=True, readonly=False, required=True
    )
    number = fields.Integer(string="Number of Payments", default=3, required=True)
    every = fields.Integer(default=1, required=True)
    unit = fields.Selection(
        [("days", "Days"), ("weeks", "Weeks"), ("months", "Months")],
        default="months",
        required=True,
    )
    first_date = fields.Date(
        string="First Payment",
        required=True,
        default=lambda self: fields.Date.context_today(self) + relativedelta(weeks=1),
    )
    line_ids = fields.One2many(
        "clerk.promise.plan.line",
        "plan_id",
        string="Payments",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    difference = fields.Monetary(compute="_compute_difference")
    contact_id = fields.Many2one("res.partner", string="Promised By")
    source = fields.Selection(
        lambda self: self.env["clerk.promise"]._fields["source"].selection,
        required=True,
        default="call",
    )
    note = fields.Text()

    @api.depends("item_ids")
    def _compute_from_items(self):
        promises = self.env["clerk.promise"]
        for plan in self:
            items = plan.item_ids._origin
            plan.partner_id = items[:1].partner_id.commercial_partner_id
            plan.currency_id = items[:1].currency_id
            plan.open_amount = promises._open_amount(items)

    @api.depends("open_amount")
    def _compute_amount(self):
        for plan in self:
            plan.amount = plan.open_amount

    @api.depends("amount", "number", "every", "unit", "first_date")
    def _compute_line_ids(self):
        """Propose equal payments that add up exactly; each can be changed."""
        for plan in self:
            plan.line_ids = [
                Command.clear(),
                *(
                    Command.create({"date": date, "amount": float(amount)})
                    for date, amount in plan._equal_parts()
                ),
            ]

    def _equal_parts(self):
        if not (self.first_date and self.currency_id and self.amount > 0):
            return []
        unit = Decimal(str(self.currency_id.rounding))
        number = min(max(self.number, 1), MAX_PARTS)
        try:
            amounts = equal_parts(Decimal(str(self.amount)), number, unit)
        except ValueError:
            return []
        step = relativedelta(**{self.unit: max(self.every, 1)})
        return [
            (self.first_date + step * index, amount)
            for index, amount in enumerate(amounts)
        ]

    @api.depends("amount", "line_ids.amount")
    def _compute_difference(self):
        for plan in self:
            planned = sum(plan.line_ids.mapped("amount"))
            plan.difference = plan.amount - planned

    def action_apply(self):
        """Record the promises, all or none."""
        self.ensure_one()
        if not self.currency_id.is_zero(self.difference):
            raise UserError(
                self.env._(
                    "The payments add up to %(parts)s instead of %(amount)s. Change a "
                    "payment by %(difference)s.",
                    parts=amount_text(self.currency_id, self.amount - self.difference),
                    amount=amount_text(self.currency_id, self.amount),
                    difference=amount_text(self.currency_id, self.difference),
                )
            )
        promises = self.env["clerk.promise"]._create_plan(
            self.item_ids,
            [(line.date, line.amount) for line in self.line_ids.sorted("date")],
            contact_id=self.contact_id.id,
            source=self.source,
            note=self.note,
        )
        return promises._view_action([("id", "in", promises.ids)])


class ClerkPromisePlanLine(models.TransientModel):
    """A payment of a payment plan."""

    _name = "clerk.promise.plan.line"
    _inherit = "clerk.checked"
    _description = "Payment of a Plan"
    _order = "date, id"

    plan_id = fields.Many2one("clerk.promise.plan", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    date = fields.Date(required=True)
    amount = fields.Monetary(required=True)
