from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...rules.promise import promise as rules
from ..mixin.amount import amount_text
from ..mixin.traces import reads


class ClerkPromise(models.Model):
    """A customer's promise to pay an amount of some invoices by a day.

    Its terms never change: a new promise replaces the old one. Payments decide whether
    it was kept, not people. Checks, creation, plans, judgement and actions each have a
    file of their own.
    """

    _name = "clerk.promise"
    _description = "Promise to Pay"
    _inherit = [
        "clerk.lifecycle",
        "clerk.customer.contact",
        "clerk.due",
        "clerk.work.item.link",
        "clerk.thread",
        "mail.activity.mixin",
    ]
    _lifecycle = rules.LIFECYCLE
    _due_field = "date"
    _import_template = "promises.csv"
    _order = "date, id"
    _rec_names_search = ["partner_id", "line_ids.move_id.name"]

    partner_id = fields.Many2one(
        required=True,
        help="The company or person that owes the invoiced amounts.",
    )
    contact_id = fields.Many2one(string="Promised By", index="btree_not_null")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    line_ids = fields.One2many(
        "clerk.promise.line", "promise_id", string="Lines", readonly=True
    )
    item_ids = fields.Many2many(
        "account.move.line",
        string="Instalments",
        compute="_compute_item_ids",
        readonly=False,
        help="Individual instalments of an invoice with payment terms can be promised.",
    )
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_move_ids",
        search="_search_move_ids",
        readonly=False,
        help="Choosing an invoice adds all its open instalments.",
    )
    move_count = fields.Integer(
        string="Number of Invoices", compute="_compute_move_ids"
    )
    open_amount = fields.Monetary(
        compute="_compute_open_amount",
        help="The current open amount of the instalments.",
    )
    amount = fields.Monetary(required=True)
    date_made = fields.Date(
        string="Promised On",
        required=True,
        default=fields.Date.context_today,
        help="Payments dated on or after this day count towards the promise.",
    )
    date = fields.Date(string="Promised For", required=True, index=True)
    grace_days = fields.Integer(
        string="Grace Period (Days)",
        readonly=True,
        help="Days by which a payment may be late, as set when the promise was "
        "recorded.",
    )
    deadline = fields.Date(
        compute="_compute_deadline",
        store=True,
        index=True,
        help="The last day on which a payment keeps the promise.",
    )
    tolerance = fields.Monetary(
        readonly=True,
        help="Shortfall up to which the promise still counts as kept, as set when it "
        "was recorded.",
    )
    source = fields.Selection(
        [
            ("call", "Call"),
            ("email", "Email"),
            ("meeting", "Meeting"),
            ("letter", "Letter"),
            ("other", "Other"),
        ],
        required=True,
        default="call",
    )
    # Not sudo: counts only what the user may read.
    reliability = fields.Float(
        related="partner_id.promise_reliability", related_sudo=False
    )
    note = fields.Text(help="The promise in the customer's own words.")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self._default_user_id(),
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index=True,
        tracking=True,
        help="The user who receives an activity when the promise is broken.",
    )
    level = fields.Integer(
        string="Previous Promises",
        readonly=True,
        copy=False,
        aggregator="max",
        help="Number of earlier promises for the same instalments.",
    )
    part = fields.Integer(string="Payment No.", default=1, readonly=True, copy=False)
    part_count = fields.Integer(
        string="Number of Payments",
        default=1,
        readonly=True,
        copy=False,
        aggregator=None,
    )
    plan_id = fields.Many2one(
        "clerk.promise",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The first promise of the payment plan.",
    )
    next_id = fields.Many2one(
        "clerk.promise",
        string="Replaced By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The later promise for the same instalments.",
    )

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "The promised amount must be above zero."
    )
    _date_after_made = models.Constraint(
        "CHECK (date >= date_made)",
        "The promised date cannot be earlier than the date of the promise.",
    )
    # For what was touched since a moment.
    _written = models.Index("(write_date)")
    _of_customer = models.Index("(partner_id, company_id, state)")

    def _default_user_id(self):
        user = self.env.user
        is_clerk = user.has_group("invoicing_clerk.group_clerk")
        return user if is_clerk and not user._is_superuser() else user.browse()

    @api.depends("line_ids.move_line_id")
    def _compute_item_ids(self):
        for promise in self:
            promise.item_ids = promise.line_ids.move_line_id

    @api.depends("item_ids")
    def _compute_move_ids(self):
        for promise in self:
            promise.move_ids = promise.item_ids.move_id
            promise.move_count = len(promise.move_ids)

    @api.model
    @reads("line_ids.move_id")
    def _search_move_ids(self, operator, value):
        return Domain("line_ids.move_id", operator, value)

    @api.depends("item_ids")
    def _compute_open_amount(self):
        for promise in self:
            promise.open_amount = self._open_amount(promise.item_ids)

    @api.depends("date", "grace_days")
    def _compute_deadline(self):
        for promise in self:
            promise.deadline = promise.date and promise.date + timedelta(
                days=promise.grace_days
            )

    @api.depends("partner_id", "amount", "currency_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for promise in self:
            if not promise.partner_id or not promise.date:
                promise.display_name = self.env._("New")
                continue
            promise.display_name = self.env._(
                "%(customer)s · %(amount)s by %(date)s",
                customer=promise.partner_id.display_name,
                amount=amount_text(promise.currency_id, promise.amount),
                date=format_date(self.env, promise.date),
            )

    # The form of a new promise

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        result = super()._onchange_partner_id()
        customer = self.partner_id
        others_items = self.item_ids.filtered(
            lambda item: item.partner_id.commercial_partner_id != customer
        )
        if customer and others_items:
            self.item_ids -= others_items
        return result

    @api.onchange("move_ids")
    def _onchange_move_ids(self):
        """Add open instalments of added invoices, drop those of removed ones."""
        moves = self.move_ids._origin
        kept = self.item_ids._origin.filtered(lambda item: item.move_id in moves)
        self.item_ids = kept | self._receivable_items(moves - kept.move_id)

    @api.onchange("item_ids")
    def _onchange_item_ids(self):
        if items := self.item_ids._origin:
            self.update(self._debtor_values(items[:1]))
            self.amount = self._open_amount(items)

    @api.model
    def _receivable_items(self, moves):
        """Return the unpaid instalments of some documents.

        All instalments of a document with nothing open: the refusal names them.
        """
        items = moves.line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )
        unpaid = items.filtered("is_unsettled")
        return unpaid | items.filtered(lambda item: item.move_id not in unpaid.move_id)

    @api.model
    def _overdue_items(self, partner):
        """Return overdue, undisputed instalments of a customer, in one currency: the
        one with the largest amount."""
        items = self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", partner.commercial_partner_id.id),
                ("company_id", "=", self.env.company.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("is_unsettled", "=", True),
                ("balance", ">", 0),
                ("date_maturity", "<", fields.Date.context_today(self)),
                ("move_id.has_open_billing_error", "=", False),
            ]
        )
        by_currency = items.grouped("currency_id").values()
        return max(
            by_currency,
            key=lambda group: sum(group.mapped("unsettled_company")),
            default=items,
        )

    @api.model
    def _debtor_values(self, item):
        return {
            "partner_id": item.partner_id.commercial_partner_id.id,
            "company_id": item.company_id.id,
            "currency_id": item.currency_id.id,
        }

    # Latest and broken promises

    def _latest(self):
        """Return the latest promise: its first open part, else its last part."""
        counted = self.filtered(
            lambda each: each.state not in ("withdrawn", "replaced")
        ).sorted(lambda each: (each.level, each.part))
        last = counted.filtered(lambda each: each.level == counted[-1:].level)
        return last.filtered(lambda each: each.state == "open")[:1] or last[-1:]

    def _is_unkept(self):
        """Tell for one promise, or none, what `_unkept_domain` searches for."""
        return (
            self.state in rules.UNKEPT_STATES
            and not self.next_id
            and any(
                item.is_unsettled and item.parent_state == "posted"
                for item in self.line_ids.move_line_id
            )
        )

    @api.model
    def _unkept_domain(self):
        """Return a domain: not kept, not renewed, and with open instalments."""
        still_open = Domain("move_line_id.is_unsettled", "=", True) & Domain(
            "move_line_id.parent_state", "=", "posted"
        )
        return (
            Domain("state", "in", rules.UNKEPT_STATES)
            & Domain("next_id", "=", False)
            & Domain("line_ids", "any", still_open)
        )
