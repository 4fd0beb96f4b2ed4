from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ....rules.plural import plural
from ...mixin.amount import amount_text


class ClerkAuditRequest(models.Model):
    """Comparison of a delivered query result with its current result."""

    _inherit = "clerk.audit.request"

    query_id = fields.Many2one(
        "clerk.audit.query",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('audit_id', '=', audit_id)]",
        copy=False,
        help="A query that answers the request, and that the auditors can run again.",
    )
    snapshot_ids = fields.One2many(
        "clerk.audit.snapshot", "request_id", string="Snapshots", readonly=True
    )
    snapshot_id = fields.Many2one(
        "clerk.audit.snapshot",
        string="Delivered Snapshot",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    comparison_id = fields.Many2one(
        "clerk.audit.snapshot",
        string="Last Comparison",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    change_ids = fields.One2many(
        related="comparison_id.change_ids", string="Changes Since Delivery"
    )
    change_state = fields.Selection(
        [("unknown", "Not Compared"), ("same", "Unchanged"), ("changed", "Changed")],
        string="Since Delivery",
        compute="_compute_change_state",
        store=True,
        help="The result of the last comparison with the delivered query result.",
    )
    delivered_text = fields.Text(
        string="Delivered Result", compute="_compute_change_text"
    )
    change_text = fields.Text(
        string="Comparison Result", compute="_compute_change_text"
    )
    current_text = fields.Text(
        string="Current Result",
        compute="_compute_current_text",
        compute_sudo=False,
        help="The current result of the query, if it differs from the delivered one.",
    )

    @api.depends("snapshot_id", "comparison_id.digest", "snapshot_id.digest")
    def _compute_change_state(self):
        for request in self:
            comparison = request.comparison_id
            if not request.snapshot_id:
                request.change_state = False
            elif not comparison:
                request.change_state = "unknown"
            else:
                same = comparison.digest == request.snapshot_id.digest
                request.change_state = "same" if same else "changed"

    @api.depends("snapshot_id", "comparison_id")
    @api.depends_context("lang", "tz")
    def _compute_change_text(self):
        for request in self:
            snapshot, comparison = request.snapshot_id, request.comparison_id
            request.delivered_text = bool(snapshot) and self.env._(
                "%(user)s delivered %(figures)s on %(day)s.",
                user=snapshot.user_id.name,
                day=format_datetime(self.env, snapshot.taken_on),
                figures=self._figures(snapshot.record_count, snapshot.control_total),
            )
            request.change_text = bool(comparison) and self.env._(
                "Compared on %(day)s by %(user)s: %(changes)s",
                day=format_datetime(self.env, comparison.taken_on),
                user=comparison.user_id.name,
                changes=comparison._change_summary(),
            )

    def _figures(self, count, total):
        amount = amount_text(self[:1].currency_id, total)
        return plural(
            count,
            self.env._("%(count)s record, %(amount)s", count=count, amount=amount),
            self.env._("%(count)s records, %(amount)s", count=count, amount=amount),
        )

    @api.depends("snapshot_id")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_current_text(self):
        for request in self:
            request.current_text = request._current_text()

    def _current_text(self):
        """Return the current totals if they differ: a quick check without comparing."""
        snapshot = self.snapshot_id
        if not snapshot:
            return False
        try:
            count, total = snapshot._query()._totals()
        except UserError as error:
            return str(error)
        differs = self.currency_id.compare_amounts(total, snapshot.control_total)
        if count == snapshot.record_count and not differs:
            return False
        return self.env._("The current result is %s.", self._figures(count, total))

    # Steps

    def _deliver_query(self):
        """Keep a snapshot of the current result of the query."""
        self.ensure_one()
        snapshots = self.env["clerk.audit.snapshot"]
        if self.query_id:
            snapshots = snapshots._capture(self, self.query_id, "delivery")
        # sudo: only deliveries write this field.
        self.sudo().write({"snapshot_id": snapshots.id, "comparison_id": False})

    def action_compare(self):
        """Run the delivered query again, and keep the differences.

        :raises UserError: no query was delivered
        """
        for request in self:
            request.check_access("read")
            if not request.snapshot_id:
                raise UserError(
                    self.env._(
                        "%s: no query was delivered that could be compared.",
                        request.display_name,
                    )
                )
            comparison = self.env["clerk.audit.snapshot"]._capture(
                request, request.snapshot_id._query(), "comparison"
            )
            comparison._compare(request.snapshot_id)
            # sudo: only comparisons write this field.
            request.sudo().comparison_id = comparison

    def action_open_query(self):
        """Open the current result of the query as a list."""
        self.ensure_one()
        query = self.query_id or self.snapshot_id._query()
        return query.action_open()
