from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime, formatLang


class ClerkAuditRequest(models.Model):
    """What a delivered query found then, and what the same question finds now."""

    _inherit = "clerk.audit.request"

    query_id = fields.Many2one(
        "clerk.audit.query",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('audit_id', '=', audit_id)]",
        copy=False,
        help="The answer as a question to the books, which the auditors can ask again.",
    )
    snapshot_ids = fields.One2many(
        "clerk.audit.snapshot", "request_id", string="Answers", readonly=True
    )
    snapshot_id = fields.Many2one(
        "clerk.audit.snapshot",
        string="Delivered Answer",
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
    drift_ids = fields.One2many(related="comparison_id.drift_ids", string="Drift")
    drift_state = fields.Selection(
        [("unknown", "Not Compared"), ("same", "Unchanged"), ("drifted", "Changed")],
        string="Since Delivery",
        compute="_compute_drift_state",
        store=True,
        help="What the last comparison of the delivered query found.",
    )
    delivered_text = fields.Text(
        string="Delivered Figures", compute="_compute_drift_text"
    )
    drift_text = fields.Text(compute="_compute_drift_text")
    current_text = fields.Text(
        compute="_compute_current_text",
        compute_sudo=False,
        help="What the question finds now, where it is not what was delivered.",
    )

    @api.depends("snapshot_id", "comparison_id.digest", "snapshot_id.digest")
    def _compute_drift_state(self):
        for request in self:
            now = request.comparison_id
            if not request.snapshot_id:
                request.drift_state = False
            elif not now:
                request.drift_state = "unknown"
            else:
                same = now.digest == request.snapshot_id.digest
                request.drift_state = "same" if same else "drifted"

    @api.depends("snapshot_id", "comparison_id")
    @api.depends_context("lang", "tz")
    def _compute_drift_text(self):
        for request in self:
            snapshot, comparison = request.snapshot_id, request.comparison_id
            request.delivered_text = snapshot and self.env._(
                "%(user)s delivered %(figures)s on %(day)s.",
                user=snapshot.user_id.name,
                day=format_datetime(self.env, snapshot.taken_on),
                figures=self._figures(snapshot.record_count, snapshot.control_total),
            )
            request.drift_text = comparison and self.env._(
                "Compared on %(day)s by %(user)s: %(drift)s",
                day=format_datetime(self.env, comparison.taken_on),
                user=comparison.user_id.name,
                drift=comparison._drift(),
            )

    def _figures(self, count, total):
        amount = formatLang(self.env, total, currency_obj=self[:1].currency_id)
        return self.env._("%(count)s records, %(amount)s", count=count, amount=amount)

    @api.depends("snapshot_id")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_current_text(self):
        for request in self:
            request.current_text = request._current_text()

    def _current_text(self):
        """One sum tells most changes at once, before anybody compares records."""
        snapshot = self.snapshot_id
        if not snapshot:
            return False
        try:
            count, total = snapshot._question()._totals()
        except UserError as error:
            return str(error)
        differs = self.currency_id.compare_amounts(total, snapshot.control_total)
        if count == snapshot.record_count and not differs:
            return False
        return self.env._("Now it is %s.", self._figures(count, total))

    # Steps

    def _deliver_query(self):
        """Keep what the query of a request finds at this moment."""
        self.ensure_one()
        snapshots = self.env["clerk.audit.snapshot"]
        if self.query_id:
            snapshots = snapshots._take(self, self.query_id, "delivery")
        # sudo: what was delivered is written by delivering alone.
        self.sudo().write({"snapshot_id": snapshots.id, "comparison_id": False})

    def action_compare(self):
        """Ask the delivered question again, and keep what is different.

        :raises UserError: nothing was delivered that could be compared
        """
        for request in self:
            request.check_access("read")
            if not request.snapshot_id:
                raise UserError(
                    self.env._(
                        "%s: no query was delivered, so there is nothing to compare.",
                        request.display_name,
                    )
                )
            now = self.env["clerk.audit.snapshot"]._take(
                request, request.snapshot_id._question(), "comparison"
            )
            now._compare(request.snapshot_id)
            # sudo: what a comparison found is written by comparing alone.
            request.sudo().comparison_id = now

    def action_open_query(self):
        """What the query finds now, as a list."""
        self.ensure_one()
        question = self.query_id or self.snapshot_id._question()
        return question.action_open()
