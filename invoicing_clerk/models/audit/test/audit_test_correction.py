from odoo import api, models
from odoo.tools import SQL

from ...mixin.facts import Reason, facts
from .audit_test_source import (
    Outcome,
    exception_columns,
    figure,
)


class ClerkAuditRun(models.Model):
    """The register of corrections, for inspection."""

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "corrections": self.env._("Corrections that were applied"),
            "self_approved": self.env._("Approved by the proposer"),
            "correction_waiting": self.env._("Proposed, not yet applied"),
            "correction_refused": self.env._("Refused"),
        }

    @api.model
    def _exception_reasons(self):
        return {
            **super()._exception_reasons(),
            "corrected": Reason(
                self.env._("Corrected with Approval"),
                self.env._(
                    "%(correction)s: proposed by %(proposer)s, approved by "
                    "%(approver)s."
                ),
            ),
            "corrected_within": Reason(
                self.env._("Corrected within Limit"),
                self.env._(
                    "%(correction)s: proposed by %(proposer)s within their limit; no "
                    "approval was required."
                ),
            ),
            "self_approved": Reason(
                self.env._("Approved by Proposer"),
                self.env._("%(correction)s: proposed and approved by %(proposer)s."),
            ),
            "correction_waiting": Reason(
                self.env._("Correction Not Yet Applied"),
                self.env._(
                    "%(correction)s: proposed by %(proposer)s, not yet applied."
                ),
            ),
            "correction_refused": Reason(
                self.env._("Refused Correction"),
                self.env._(
                    "%(correction)s: proposed by %(proposer)s, refused: %(refusal)s"
                ),
            ),
        }

    def _test_correct(self, ledger):
        """List proposed corrections with the people involved and their outcome."""
        rows = self._corrections_sql(ledger)
        count, total = ledger.totals(rows)
        self._add_exceptions(
            SQL(
                "SELECT %s FROM (%s) AS row",
                exception_columns(
                    SQL("kind"),
                    res_model=SQL("'clerk.correction'"),
                    res_id=SQL("id"),
                    move_id=SQL("move_id"),
                    partner_id=SQL("partner_id"),
                    user_id=SQL("proposed_by_id"),
                    date=SQL("date"),
                    amount=SQL("amount"),
                    facts=facts(
                        correction=SQL("name"),
                        proposer=SQL("proposer"),
                        approver=SQL("approver"),
                        refusal=SQL("refusal_reason"),
                    ),
                ),
                rows,
            )
        )
        counts = dict(
            ledger.fetch(SQL("SELECT kind, COUNT(*) FROM (%s) AS row GROUP BY 1", rows))
        )
        pending = ("correction_waiting", "correction_refused")
        counts["corrections"] = count - sum(counts.get(kind, 0) for kind in pending)
        kinds = ("corrections", "self_approved", *pending)
        figures = [figure(kind, "count", counts.get(kind, 0)) for kind in kinds]
        return Outcome(count, total, figures)

    def _corrections_sql(self, ledger):
        corrections = self.env["clerk.correction"]
        query = corrections._search(
            [
                ("company_id", "in", ledger.companies.ids),
                ("state", "in", ("waiting", "approved", "refused", "applied")),
                ("date", ">=", ledger.first),
                ("date", "<=", ledger.last),
            ]
        )
        names = ("id", "name", "move_id", "partner_id", "date", "proposed_by_id")
        table = SQL("clerk_correction")
        return SQL(
            """SELECT row.*, COALESCE(proposer.name, '') AS proposer,
                      COALESCE(approver.name, '') AS approver
                 FROM (%s) AS row
                 LEFT JOIN res_users AS proposing ON proposing.id = row.proposed_by_id
                 LEFT JOIN res_partner AS proposer ON proposer.id = proposing.partner_id
                 LEFT JOIN res_users AS approving ON approving.id = row.approved_by_id
                 LEFT JOIN res_partner AS approver
                   ON approver.id = approving.partner_id""",
            query.select(
                *(SQL("%s.%s", table, SQL.identifier(name)) for name in names),
                SQL("%s.approved_by_id", table),
                SQL("%s.refusal_reason", table),
                SQL("COALESCE(%s.proposed_stake, 0) AS amount", table),
                SQL(
                    "CASE WHEN %(table)s.state = 'refused' THEN 'correction_refused'"
                    " WHEN %(table)s.state <> 'applied' THEN 'correction_waiting'"
                    " WHEN %(table)s.approved_by_id IS NULL THEN 'corrected_within'"
                    " WHEN %(table)s.approved_by_id = %(table)s.proposed_by_id"
                    " THEN 'self_approved' ELSE 'corrected' END AS kind",
                    table=table,
                ),
            ),
        )
