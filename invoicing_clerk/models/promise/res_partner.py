import operator

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.promise import promise as rules
from ..mixin.gate import only_one
from ..mixin.roles import READERS
from ..mixin.traces import By, reads

COMPARATORS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
PROMISES = By("clerk.promise", "partner_id")


class ResPartner(models.Model):
    """Promises of a customer to the companies that the reader may see."""

    _inherit = "res.partner"

    promise_kept_count = fields.Integer(
        string="Kept Promises", compute="_compute_figures", groups=READERS
    )
    promise_judged_count = fields.Integer(
        string="Judged Promises", compute="_compute_figures", groups=READERS
    )
    promise_count = fields.Integer(
        string="Promises", compute="_compute_figures", groups=READERS
    )
    promise_reliability = fields.Float(
        string="Reliability",
        compute="_compute_figures",
        search="_search_promise_reliability",
        groups=READERS,
        help="(kept + 1) / (judged + 2): 50% until a promise has been judged.",
    )

    has_unkept_promise = fields.Boolean(
        string="Promise Not Kept",
        compute="_compute_has_unkept_promise",
        search="_search_has_unkept_promise",
        groups=READERS,
        help="A promise was broken or only partially kept, was not renewed, and its "
        "instalments are still open.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_has_unkept_promise(self):
        unkept = self.env["clerk.promise"]._unkept_domain()
        own = Domain("partner_id", "in", self.commercial_partner_id.ids)
        groups = self.env["clerk.promise"]._read_group(own & unkept, ["partner_id"])
        customers = {customer for (customer,) in groups}
        for partner in self:
            partner.has_unkept_promise = partner.commercial_partner_id in customers

    @api.model
    @reads(
        ("commercial_partner_id", PROMISES, "state"),
        ("commercial_partner_id", PROMISES, "line_ids", "move_line_id", "is_unsettled"),
    )
    def _search_has_unkept_promise(self, operator, value):
        if operator != "in":
            return NotImplemented
        promises = self.env["clerk.promise"]
        query = promises._search(promises._unkept_domain())
        customer = promises._field_to_sql(query.table, "partner_id", query)
        unkept = Domain("commercial_partner_id", "in", query.subselect(customer))
        return unkept if True in value else ~unkept

    def _figure_queries(self):
        promises = self.env["clerk.promise"]
        counted = self._count_sql("promises", promises, Domain.TRUE, by="state")
        return [*super()._figure_queries(), *counted]

    def _set_figures(self, figures):
        states = self.env["clerk.promise"]._fields["state"].get_values(self.env)
        by_state = {
            state: self._customer_figure(figures, f"promises.{state}").number
            for state in states
        }
        kept = by_state["kept"]
        judged = sum(by_state[state] for state in rules.JUDGED_STATES)
        self.promise_kept_count = kept
        self.promise_judged_count = judged
        self.promise_count = sum(by_state.values())
        self.promise_reliability = rules.reliability(kept, judged)
        return super()._set_figures(figures)

    @api.model
    @reads(("commercial_partner_id", PROMISES, "state"))
    def _search_promise_reliability(self, comparison, value):
        # Core does not ask for it before it calls a search method.
        self._check_field_access(self._fields["promise_reliability"], "read")
        if comparison not in COMPARATORS:
            return NotImplemented
        # Where customers without judged promises match, the others are excluded.
        is_default_found = COMPARATORS[comparison](rules.reliability(0, 0), value)
        having = SQL("(COUNT(*) FILTER (WHERE state = 'kept') + 1.0) / (COUNT(*) + 2)")
        judged = self.env["clerk.promise"]._search(
            [("state", "in", rules.JUDGED_STATES)]
        )
        matching = SQL(
            "(SELECT partner_id FROM (%s) AS judged GROUP BY partner_id HAVING"
            " ((%s) %s %s) IS %s)",
            judged.select(SQL("partner_id"), SQL("state")),
            having,
            SQL(comparison),
            value,
            SQL("FALSE") if is_default_found else SQL("TRUE"),
        )
        customers = Domain("commercial_partner_id", "in", matching)
        return ~customers if is_default_found else customers

    def action_view_promises(self):
        """Open all promises of the customer."""
        only_one(self)
        return self.env["clerk.promise"]._view_action(
            [("partner_id", "=", self.commercial_partner_id.id)]
        )

    def action_promise(self):
        """Open the form of a promise to pay what is overdue and undisputed."""
        only_one(self)
        promises = self.env["clerk.promise"]
        return promises._new_action(
            partner_id=self.id, item_ids=promises._overdue_items(self).ids
        )
