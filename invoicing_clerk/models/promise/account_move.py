from odoo import api, fields, models
from odoo.fields import Domain

from ...rules.promise.promise import STATES
from ..mixin.gate import only_one
from ..mixin.roles import READERS
from ..mixin.traces import By, reads

PROMISE_LINES = By("clerk.promise.line", "move_id")


class AccountMove(models.Model):
    """Promises to pay an invoice.

    Nothing is stored on the invoice, so that saving and posting it costs no more.
    """

    _inherit = "account.move"

    promise_count = fields.Integer(
        string="Promises", compute="_compute_promises", groups=READERS
    )
    promise_id = fields.Many2one(
        "clerk.promise",
        compute="_compute_promises",
        groups=READERS,
        help="The latest promise to pay this document, unless it was withdrawn.",
    )
    promise_state = fields.Selection(
        STATES, string="Promise Status", compute="_compute_promises", groups=READERS
    )
    promise_date = fields.Date(
        string="Promised For", compute="_compute_promises", groups=READERS
    )
    promise_summary = fields.Char(compute="_compute_promise_summary", groups=READERS)
    is_promised = fields.Boolean(
        string="Promised",
        compute="_compute_promises",
        search="_search_is_promised",
        groups=READERS,
        help="There is an open promise to pay this document.",
    )
    is_promise_broken = fields.Boolean(
        string="Promise Broken",
        compute="_compute_promises",
        search="_search_is_promise_broken",
        groups=READERS,
        help="The latest promise to pay this document was broken or partially kept.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_promises(self):
        groups = self.env["clerk.promise.line"]._read_group(
            [("move_id", "in", self._origin.ids)],
            ["move_id"],
            ["promise_id:array_agg"],
        )
        ids_by_move = {move.id: ids for move, ids in groups}
        all_promises = self.env["clerk.promise"].browse(
            {promise for ids in ids_by_move.values() for promise in ids}
        )
        for move in self:
            promises = all_promises.browse(ids_by_move.get(move._origin.id))
            promises = promises.with_prefetch(all_promises.ids)
            latest = promises._latest().with_prefetch(all_promises.ids)
            move.promise_count = len(promises)
            move.promise_id = latest
            move.promise_state = latest.state
            move.promise_date = latest.date
            move.is_promised = latest.state == "open"
            move.is_promise_broken = latest._is_unkept()

    @api.depends("promise_id")
    @api.depends_context("lang")
    def _compute_promise_summary(self):
        for move in self:
            promise = move.promise_id
            summary = f"{promise.display_name}. {promise.why}"
            move.promise_summary = bool(promise) and summary

    @api.model
    @reads((PROMISE_LINES, "is_active"))
    def _search_is_promised(self, operator, value):
        return self._search_promises(operator, value, [("is_active", "=", True)])

    @api.model
    @reads(
        (PROMISE_LINES, "promise_id", "state"),
        (PROMISE_LINES, "promise_id", "line_ids", "move_line_id", "is_unsettled"),
    )
    def _search_is_promise_broken(self, operator, value):
        unkept = self.env["clerk.promise"]._unkept_domain()
        return self._search_promises(operator, value, [("promise_id", "any", unkept)])

    @api.model
    def _search_promises(self, operator, value, lines):
        if operator != "in":
            return NotImplemented
        model = self.env["clerk.promise.line"]
        query = model._search(lines)
        move = model._field_to_sql(query.table, "move_id", query)
        promised = Domain("id", "in", query.subselect(move))
        return promised if True in value else ~promised

    def _debt_key(self):
        """Return what invoices of one promise have in common."""
        return (self.commercial_partner_id, self.company_id, self.currency_id)

    def action_promise(self):
        """Open the form of a promise to pay these invoices."""
        promises = self.env["clerk.promise"]
        promises.check_access("create")
        promises._check_items(promises._receivable_items(self))
        return promises._new_action(self)

    def action_promise_plan(self):
        """Open the dialog of a payment plan for these invoices."""
        promises = self.env["clerk.promise"]
        promises.check_access("create")
        items = promises._receivable_items(self)
        promises._check_items(items)
        return promises._plan_action(items)

    def action_view_promises(self):
        only_one(self)
        return self.env["clerk.promise"]._view_action(
            [("line_ids.move_id", "=", self.id)]
        )
