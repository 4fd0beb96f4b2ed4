from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.billing_check import billing_check as rules


class ClerkBillingCheck(models.Model):
    """The board of checks: what became of their findings, and how precise they are."""

    _inherit = "clerk.billing.check"

    open_count = fields.Integer(string="Open", compute="_compute_outcome")
    case_count = fields.Integer(string="Confirmed", compute="_compute_outcome")
    accepted_count = fields.Integer(string="Accepted", compute="_compute_outcome")
    precision = fields.Float(
        compute="_compute_outcome",
        help="Share of findings of the last 90 days that were errors, of those that "
        "were decided.",
    )
    is_poor = fields.Boolean(
        string="Many False Alarms",
        compute="_compute_outcome",
        help="Fewer than 30% of the decided findings were errors.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_outcome(self):
        counts = {row[0]: row[1:] for row in self._outcome_rows()}
        for check in self:
            row = counts.get(check.id, (0, 0, 0))
            check.open_count, check.case_count, check.accepted_count = row
            share = rules.precision(check.case_count, check.accepted_count)
            check.precision = share or 0.0
            check.is_poor = rules.is_poor(share)

    def _outcome_rows(self):
        """Return the findings of each check: open, confirmed and dismissed.

        A billing error that was rejected or cancelled shows a false alarm.
        """
        findings = self.env["clerk.billing.finding"]
        if not findings.has_access("read"):
            return []
        since = fields.Datetime.now() - timedelta(days=rules.PRECISION_DAYS)
        findings.flush_model()
        self.env["clerk.billing.error"].flush_model(["state"])
        readable = findings._search([("check_id", "in", self.ids)])
        return self.env.execute_query(
            SQL(
                """SELECT finding.check_id,
                        COUNT(*) FILTER (WHERE finding.state = 'open'),
                        COUNT(*) FILTER (WHERE finding.state = 'case' AND recent
                            AND NOT dismissed),
                        COUNT(*) FILTER (WHERE recent
                            AND (finding.state = 'accepted' OR dismissed))
                     FROM clerk_billing_finding AS finding
                     LEFT JOIN clerk_billing_error AS error
                       ON error.id = finding.billing_error_id
                    CROSS JOIN LATERAL (SELECT finding.found_on >= %(since)s AS recent,
                        finding.state = 'case' AND COALESCE(error.state IN
                            ('rejected', 'cancelled'), FALSE) AS dismissed) AS judged
                    WHERE finding.id IN %(readable)s
                    GROUP BY finding.check_id""",
                since=since,
                readable=readable.subselect(),
            )
        )
