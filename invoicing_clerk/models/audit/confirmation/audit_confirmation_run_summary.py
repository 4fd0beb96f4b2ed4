from odoo import api, fields, models

from ....rules.audit.confirmation import audit_confirmation as rules


class ClerkAuditConfirmationRun(models.Model):
    """Coverage of debit balances by requests, replies and evidence.

    Percentages are of the debit balances; credit balances are counted separately.
    """

    _inherit = "clerk.audit.confirmation.run"

    request_count = fields.Integer(string="Requests", compute="_compute_coverage")
    answered_count = fields.Integer(string="Replies", compute="_compute_coverage")
    open_count = fields.Integer(
        string="To Follow Up",
        compute="_compute_coverage",
        help="Unresolved differences and requests without a reply.",
    )
    requested_amount = fields.Monetary(
        string="Amount Requested", compute="_compute_coverage"
    )
    evidence_amount = fields.Monetary(
        string="Evidence Obtained", compute="_compute_coverage"
    )
    misstated_amount = fields.Monetary(
        string="Misstatements", compute="_compute_coverage"
    )
    requested_percent = fields.Float(
        string="Requested (%)", compute="_compute_coverage", digits=(5, 1)
    )
    evidence_percent = fields.Float(
        string="Evidence (%)", compute="_compute_coverage", digits=(5, 1)
    )

    @api.depends(
        "population_amount",
        "confirmation_ids.state",
        "confirmation_ids.stated_company",
        "confirmation_ids.evidence_company",
        "confirmation_ids.misstated_company",
    )
    def _compute_coverage(self):
        rows = self._coverage_groups()
        for run in self:
            run._set_coverage(rows.get(run._origin, []))

    def _coverage_groups(self):
        """Return (state, count, requested, evidence, misstated) rows per run.

        Requested amounts and evidence are of debit balances only, as credit balances
        would offset them.
        """
        totals = {}
        groups = self.env["clerk.audit.confirmation"]._read_group(
            [("run_id", "in", self.ids)],
            ["run_id", "state", "is_credit"],
            [
                "__count",
                "stated_company:sum",
                "evidence_company:sum",
                "misstated_company:sum",
            ],
        )
        for run, state, is_credit, count, requested, evidence, misstated in groups:
            row = totals.setdefault(run, {}).setdefault(state, [0, 0.0, 0.0, 0.0])
            row[0] += count
            row[3] += misstated
            if not is_credit:
                row[1] += requested
                row[2] += evidence
        return {
            run: [(state, *row) for state, row in states.items()]
            for run, states in totals.items()
        }

    def _set_coverage(self, rows):
        self.request_count = sum(row[1] for row in rows)
        self.answered_count = sum(row[1] for row in rows if row[0] in rules.ANSWERED)
        self.open_count = sum(
            row[1] for row in rows if row[0] in ("differs", "no_reply", "alternative")
        )
        self.requested_amount = sum(row[2] for row in rows)
        self.evidence_amount = sum(row[3] for row in rows)
        self.misstated_amount = sum(row[4] for row in rows)
        self.requested_percent = rules.percent(
            self.requested_amount, self.population_amount
        )
        self.evidence_percent = rules.percent(
            self.evidence_amount, self.population_amount
        )

    def _summary_rows(self):
        """Return the rows of the printed summary: one per state with requests."""
        self.ensure_one()
        confirmations = self.env["clerk.audit.confirmation"]
        names = dict(confirmations._fields["state"]._description_selection(self.env))
        rows = {row[0]: row for row in self._coverage_groups().get(self, [])}
        return [
            {
                "name": name,
                "count": rows[state][1],
                "requested": rows[state][2],
                "percent": rules.percent(rows[state][2], self.population_amount),
                "evidence": rows[state][3],
                "misstated": rows[state][4],
            }
            for state, name in names.items()
            if state in rows
        ]
