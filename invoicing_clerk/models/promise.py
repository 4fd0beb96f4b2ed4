from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import formatLang

from ..rules.promise import UNKEPT_STATES
from .promise_check import KEPT_BY_US, SAID


class ClerkPromise(models.Model):
    """A customer's word to pay an amount of some invoices by a day.

    What was said is never changed: a new word is a new promise, and the old one is
    replaced. Whether it was kept is judged from payments, not by hand.
    """

    _name = "clerk.promise"
    _description = "Promise to Pay"
    _inherit = [
        "clerk.promise.check",
        "clerk.promise.planning",
        "clerk.promise.judging",
        "clerk.work.item.link",
        "clerk.call.promise",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date, id"
    _rec_names_search = ["partner_id", "line_ids.move_id.name"]

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        help="The company or person that owes the invoices.",
    )
    contact_id = fields.Many2one(
        "res.partner", string="Promised By", index="btree_not_null"
    )
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
        help="Of an invoice with payment terms, single instalments can be promised.",
    )
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_move_ids",
        search="_search_move_ids",
        readonly=False,
        help="Choosing an invoice takes all that is open of it.",
    )
    move_count = fields.Integer(compute="_compute_move_ids")
    open_amount = fields.Monetary(
        string="Open Now",
        compute="_compute_open_amount",
        help="What is unpaid of the instalments at this moment.",
    )
    amount = fields.Monetary(required=True)
    date_made = fields.Date(
        string="Given On",
        required=True,
        default=fields.Date.context_today,
        help="Payments of this day and later count for the promise.",
    )
    date = fields.Date(string="Promised For", required=True, index=True)
    grace_days = fields.Integer(
        string="Days of Grace",
        readonly=True,
        help="How many days late is still kept; as it was when it was written down.",
    )
    deadline = fields.Date(
        compute="_compute_deadline",
        store=True,
        index=True,
        help="The last day whose payments keep the promise.",
    )
    tolerance = fields.Monetary(
        readonly=True,
        help="How much less is still kept; as it was when it was written down.",
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
    reliability = fields.Float(related="partner_id.promise_reliability")
    note = fields.Text(help="What the customer said, in the customer's words.")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self._default_user_id(),
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index=True,
        tracking=True,
        help="Who gets the activity when the promise is broken.",
    )
    level = fields.Integer(
        string="Promised Before",
        readonly=True,
        copy=False,
        aggregator="max",
        help="How often the same instalments had been promised before.",
    )
    part = fields.Integer(default=1, readonly=True, copy=False)
    part_count = fields.Integer(
        string="Parts", default=1, readonly=True, copy=False, aggregator=None
    )
    plan_id = fields.Many2one(
        "clerk.promise",
        string="Plan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The first of the promises that were given in one go.",
    )
    next_id = fields.Many2one(
        "clerk.promise",
        string="Replaced By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The later promise on the same instalments.",
    )

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "A promise must be of more than nothing."
    )
    _date_after_made = models.Constraint(
        "CHECK (date >= date_made)",
        "A promise cannot be for a day before it was given.",
    )
    _of_customer = models.Index("(partner_id, company_id, state)")

    def _default_user_id(self):
        user = self.env.user
        works_here = user.has_group("invoicing_clerk.group_clerk")
        return user if works_here and not user._is_superuser() else user.browse()

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
            promise.display_name = self.env._(
                "%(customer)s · %(amount)s by %(date)s",
                customer=promise.partner_id.display_name or "",
                amount=promise._format_amount(promise.amount),
                date=promise.date or "",
            )

    def _format_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    # The form of a new promise

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        customer = self.partner_id.commercial_partner_id
        if self.partner_id != customer:
            self.contact_id = self.partner_id
            self.partner_id = customer
        elif self.contact_id.commercial_partner_id != customer:
            self.contact_id = False
        self.item_ids = self.item_ids.filtered(
            lambda item: item.partner_id.commercial_partner_id == customer
        )

    @api.onchange("move_ids")
    def _onchange_move_ids(self):
        """An invoice brings all that is open of it, or takes it away."""
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
        """What can be promised of some documents: their unpaid instalments.

        Of a document of which nothing is open, all of them: they are named when they
        are refused.
        """
        items = moves.line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )
        unpaid = items.filtered(lambda item: not item.reconciled)
        return unpaid | items.filtered(lambda item: item.move_id not in unpaid.move_id)

    @api.model
    def _overdue_items(self, partner):
        """What a customer has not paid in time and does not dispute, in the currency
        in which most of it is."""
        items = self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", partner.commercial_partner_id.id),
                ("company_id", "=", self.env.company.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", ">", 0),
                ("date_maturity", "<", fields.Date.context_today(self)),
                ("move_id.has_open_billing_error", "=", False),
            ]
        )
        by_currency = items.grouped("currency_id").values()
        return max(
            by_currency,
            key=lambda group: sum(group.mapped("amount_residual")),
            default=items,
        )

    @api.model
    def _debtor_values(self, item):
        return {
            "partner_id": item.partner_id.commercial_partner_id.id,
            "company_id": item.company_id.id,
            "currency_id": item.currency_id.id,
        }

    # Writing down

    @api.model_create_multi
    def create(self, vals_list):
        """Write promises down. ``item_ids`` or ``move_ids`` say what is promised.

        :raises ValidationError: what is promised cannot be (see the checks)
        """
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_unguarded(vals, KEPT_BY_US)
        items_list = [self._taken_items(vals) for vals in vals_list]
        for vals, items in zip(vals_list, items_list, strict=True):
            self._complete(vals, items)
        promises = super(ClerkPromise, self._without_forged_defaults()).create(
            vals_list
        )
        promises._bind(items_list)
        return promises.with_env(self.env)

    def write(self, vals):
        self._check_unguarded(vals, KEPT_BY_US | SAID)
        return super().write(vals)

    def _without_forged_defaults(self):
        """Defaults of the context would pass the guard of values."""
        forged = {f"default_{name}" for name in KEPT_BY_US | {"line_ids"}}
        context = {k: v for k, v in self.env.context.items() if k not in forged}
        return self.with_context(context)  # pylint: disable=context-overridden

    @api.model
    def _taken_items(self, vals):
        """Take the promised instalments out of values, or out of the defaults."""
        given = {
            **self.default_get(["item_ids", "move_ids"]),
            **vals,
        }
        vals.pop("item_ids", None)
        vals.pop("move_ids", None)
        items = self.env["account.move.line"].browse(_linked(given.get("item_ids")))
        if not items:
            moves = self.env["account.move"].browse(_linked(given.get("move_ids")))
            moves.check_access("read")
            items = self._receivable_items(moves)
        items.check_access("read")
        return items

    @api.model
    def _complete(self, vals, items):
        """Fill in what follows from the instalments, and check the whole."""
        self._check_items(items)
        debtor = self._debtor_values(items[:1])
        self._split_contact(vals)
        vals.update({name: vals.get(name) or debtor[name] for name in debtor})
        self._check_fits(items, vals)
        company = self.env["res.company"].browse(vals["company_id"])
        vals.setdefault("amount", self._open_amount(items))
        vals.setdefault("date_made", fields.Date.context_today(self))
        vals.setdefault("grace_days", company.clerk_promise_grace_days)
        vals.setdefault("tolerance", self._tolerance(company, items.currency_id))
        if vals.get("part_count", 1) == 1:
            self._check_amount(vals["amount"], items)
        if not self.env.su:
            self._check_dates(
                fields.Date.to_date(vals.get("date")),
                fields.Date.to_date(vals["date_made"]),
            )

    @api.model
    def _split_contact(self, vals):
        """Whoever gives the promise, the customer is who owes the invoices."""
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        customer = partner.commercial_partner_id
        if partner != customer:
            vals.setdefault("contact_id", partner.id)
            vals["partner_id"] = customer.id

    @api.model
    def _tolerance(self, company, currency):
        """What a company lets pass, in the currency of the promise."""
        return company.currency_id._convert(
            company.clerk_promise_tolerance,
            currency,
            company,
            fields.Date.context_today(self),
        )

    def _bind(self, items_list):
        """Take the instalments. What ran on them before is replaced.

        What they are matched with already is no answer to the promise.
        """
        # sudo: these records are of the same instalments, which the caller may read.
        lines = self.env["clerk.promise.line"].sudo()
        items = self.env["account.move.line"].union(*items_list)
        earlier = lines.search(
            [("move_line_id", "in", items.ids), ("promise_id", "not in", self.ids)]
        )
        matched = self.env["account.partial.reconcile"].sudo()
        last_match = matched.search([], order="id desc", limit=1).id
        for promise, own in zip(self.sudo(), items_list, strict=True):
            before = earlier.filtered(
                lambda line, own=own: line.move_line_id.id in own.ids
            ).promise_id
            promise.write(
                {
                    "level": before._next_level(),
                    "amount_due": promise.amount,
                    "matched_up_to": last_match,
                }
            )
            before.filtered(lambda each: not each.next_id)._replace(promise)
        lines.create(
            [
                {"promise_id": promise.id, "move_line_id": item.id}
                for promise, own in zip(self, items_list, strict=True)
                for item in own
            ]
        )
        self.invalidate_recordset(["item_ids", "move_ids", "move_count"])

    def _next_level(self):
        """How often was promised what these promises are about."""
        counted = self.filtered(lambda each: each.state != "withdrawn")
        return max(counted.mapped("level"), default=-1) + 1

    # What others ask

    def _latest(self):
        """The last word: the first part that runs of it, else its last part."""
        counted = self.filtered(
            lambda each: each.state not in ("withdrawn", "replaced")
        ).sorted(lambda each: (each.level, each.part))
        last = counted.filtered(lambda each: each.level == counted[-1:].level)
        return last.filtered(lambda each: each.state == "open")[:1] or last[-1:]

    def _is_unkept(self):
        return self.state in UNKEPT_STATES and not self.next_id

    @api.model
    def _unkept_domain(self):
        """Broken or kept in part, and no newer word was given."""
        return Domain("state", "in", UNKEPT_STATES) & Domain("next_id", "=", False)

    # Ways here

    @api.model
    def _new_action(self, moves=None, **defaults):
        """Open the form of a new promise, filled in with values by field name."""
        self.check_access("create")
        if moves:
            defaults["move_ids"] = moves.ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Promise to Pay"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }

    @api.model
    def _plan_action(self, items, **defaults):
        """Open the dialog of a plan for some instalments."""
        self.check_access("create")
        defaults["item_ids"] = items.ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Promise in Parts"),
            "res_model": "clerk.promise.plan",
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }

    def action_new_promise(self):
        """A new word of the customer on what is still open; it replaces this one."""
        self.ensure_one()
        open_items = self.item_ids.filtered(lambda item: not item.reconciled)
        self._check_items(open_items)
        return self._new_action(
            item_ids=open_items.ids, contact_id=self.contact_id.id, source=self.source
        )

    def action_plan(self):
        """A plan instead: the customer will pay in parts."""
        self.ensure_one()
        open_items = self.item_ids.filtered(lambda item: not item.reconciled)
        self._check_items(open_items)
        return self._plan_action(
            open_items,
            contact_id=self.contact_id.id,
            source=self.source,
            note=self.note,
        )

    @api.model
    def _view_action(self, domain):
        """The way to some promises: the one, or the list."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_promise_action"
        )
        found = self.search(domain, limit=2)
        if len(found) == 1:
            return {**action, "views": [(False, "form")], "res_id": found.id}
        return {**action, "domain": list(domain), "context": {}}

    def action_view_moves(self):
        """The promised invoices: the one, or the list."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        if len(self.move_ids) == 1:
            return self.move_ids.get_formview_action()
        return {**action, "domain": [("id", "in", self.move_ids.ids)], "context": {}}


def _linked(commands):
    """The ids that values of a many2many add up to."""
    ids = []
    for command in commands or []:
        match command:
            case int():
                ids.append(command)
            case [Command.LINK, id_, *_]:
                ids.append(id_)
            case [Command.SET, _, new]:
                ids = list(new)
            case [Command.UNLINK | Command.DELETE, id_, *_] if id_ in ids:
                ids.remove(id_)
            case [Command.CLEAR, *_]:
                ids = []
    return ids
