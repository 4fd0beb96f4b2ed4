from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..mixin.amount import amount_text
from .customer_page import PROMISE_FIELDS

# What a page shows of calls, read together with their search.
PLAN_FIELDS = ["partner_id", "company_id", "state", "date", "planned_on", "next_date"]
PLAN_FIELDS += ["next_action", "outcome_id"]


class ClerkReceivable(models.Model):
    """The customer page: balance, open items, contacts and what to do next."""

    _name = "clerk.receivable"
    # The page extends the items, which balances have already: so these come last.
    _inherit = [
        "clerk.receivable",
        "clerk.call.starter",
        "clerk.customer.page",
        "clerk.open.items",
    ]

    clerk_alert = fields.Char(related="partner_id.clerk_alert")
    clerk_legal_hold = fields.Boolean(related="partner_id.clerk_legal_hold")
    clerk_do_not_call = fields.Boolean(related="partner_id.clerk_do_not_call")
    comment = fields.Html(related="partner_id.comment", string="Notes")
    # Not sudo: counts only what the user may read.
    call_count = fields.Integer(related="partner_id.call_count", related_sudo=False)
    promise_count = fields.Integer(
        related="partner_id.promise_count", related_sudo=False
    )
    statement_count = fields.Integer(
        related="partner_id.statement_count", related_sudo=False
    )
    last_contact = fields.Datetime(
        compute="_compute_contacts", help="The latest call that took place."
    )
    last_outcome = fields.Char(compute="_compute_contacts")
    next_action = fields.Char(
        compute="_compute_contacts",
        help="The next planned call, remaining work of a call or open promise.",
    )
    next_action_date = fields.Date(compute="_compute_contacts")

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids", "tz")
    def _compute_contacts(self):
        """Take contacts and plans of all customers together: one query each."""
        domain = [
            ("partner_id", "in", self.partner_id.ids),
            ("company_id", "in", self.company_id.ids),
        ]
        calls = self._latest_and_planned(domain)
        last = {
            (call.partner_id, call.company_id): call
            for call in calls.sorted("date")
            if call.state == "done"
        }
        # The page of one customer shows its promises as well: they are read once.
        promises = self.page_promise_ids if len(self) == 1 else None
        plans = self._plans(domain, calls, promises)
        for row in self:
            key = row.partner_id, row.company_id
            call = last.get(key, self.env["clerk.call"])
            row.last_contact = call.date
            row.last_outcome = call.outcome_id.name
            row.next_action_date, row.next_action = min(
                plans.get(key, []), default=(False, False)
            )

    @api.model
    def _latest_and_planned(self, domain):
        """Return calls that are planned or have remaining work, and the latest one with
        each customer that took place."""
        calls = self.env["clerk.call"]
        plans = Domain("state", "=", "planned") | Domain("next_date", "!=", False)
        done = calls._search([*domain, ("state", "=", "done")])
        latest = SQL(
            "(SELECT (ARRAY_AGG(id ORDER BY date DESC, id DESC))[1] FROM (%s) AS done"
            " GROUP BY partner_id, company_id)",
            done.select(
                *(
                    calls._field_to_sql(done.table, name, done)
                    for name in ("id", "date", "partner_id", "company_id")
                )
            ),
        )
        return calls.search_fetch(
            Domain(domain) & (plans | Domain("id", "in", latest)), PLAN_FIELDS
        )

    @api.model
    def _plans(self, domain, calls=None, promises=None):
        """Map (customer, company) to (date, words) of what is to come.

        :param calls: those of the domain, if they were read before
        :param promises: likewise, among others those that are open
        """
        plans = {}
        if calls is None:
            calls = self._latest_and_planned(domain)
        for call in calls:
            planned = call.state == "planned"
            date = (
                fields.Date.context_today(self, call.planned_on)
                if planned and call.planned_on
                else call.next_date
            )
            words = self.env._("Call") if planned else call.next_action
            if date and (planned or date >= fields.Date.context_today(self)):
                key = call.partner_id, call.company_id
                plans.setdefault(key, []).append((date, words or ""))
        if promises is None:
            promises = self.env["clerk.promise"].search_fetch(
                [*domain, ("state", "=", "open")], PROMISE_FIELDS
            )
        for promise in promises.filtered(lambda each: each.state == "open"):
            key = promise.partner_id, promise.company_id
            words = self.env._(
                "Promised: %s", amount_text(promise.currency_id, promise.amount)
            )
            plans.setdefault(key, []).append((promise.date, words))
        return plans

    def _call_values(self):
        row = self[:1]
        return {**self._values_with(row.partner_id), "company_id": row.company_id.id}

    def _page_limit(self):
        return self.credit_limit

    def _page_path(self):
        return f"/odoo/customer-balances/{self.id}"

    # Steps on the ticked items

    def action_new_call(self):
        """Log a call about the ticked items, or about none."""
        if len(self) == 1 and (items := self._ticked()):
            return items.action_items_call()
        return super().action_new_call()

    def action_promise(self):
        """Open a new promise for the ticked items, or for everything that is overdue
        and undisputed."""
        self.ensure_one()
        if items := self._ticked():
            return items.action_items_promise()
        promises = self.env["clerk.promise"].with_company(self.company_id)
        items = promises._overdue_items(self.partner_id)
        return promises._new_action(partner_id=self.partner_id.id, item_ids=items.ids)

    def action_dispute(self):
        """Open a new billing error on the ticked documents."""
        return self._ticked_or_refused().action_items_dispute()

    def action_copies(self):
        """Open the dialog of Odoo that sends the ticked documents."""
        return self._ticked_or_refused().action_items_copies()

    def _ticked_or_refused(self):
        self.ensure_one()
        if items := self._ticked():
            return items
        raise UserError(self.env._("Select the open items concerned first."))

    def _match(self, customer, company, items=None):
        """Propose for the ticked items only, where some are ticked."""
        if items is None and self:
            items = self._ticked() or None
        return super()._match(customer, company, items)

    def action_statement(self):
        """Create a statement as of today, to review and send."""
        self.ensure_one()
        return self.partner_id.with_company(self.company_id).action_new_statement()

    def action_view_calls(self):
        self.ensure_one()
        return self.partner_id.action_view_calls()

    def action_view_promises(self):
        self.ensure_one()
        return self.partner_id.action_view_promises()

    def action_view_statements(self):
        self.ensure_one()
        return self.partner_id.action_view_statements()
