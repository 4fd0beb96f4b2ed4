from odoo import api, fields, models

from ....rules.audit.confirmation import audit_confirmation as rules


class ClerkAuditConfirmationRun(models.Model):
    """How much of what customers owe was asked, answered and proved.

    Shares are of what customers owe: balances in credit are counted apart.
    """

    _inherit = "clerk.audit.confirmation.run"

    letter_count = fields.Integer(string="Letters", compute="_compute_coverage")
    answered_count = fields.Integer(string="Answered", compute="_compute_coverage")
    open_count = fields.Integer(
        string="To Work On",
        compute="_compute_coverage",
        help="Differences to resolve and letters without a reply.",
    )
    asked_amount = fields.Monetary(string="Asked", compute="_compute_coverage")
    evidence_amount = fields.Monetary(string="Proved", compute="_compute_coverage")
    misstated_amount = fields.Monetary(
        string="Misstatements", compute="_compute_coverage"
    )
    asked_percent = fields.Float(
        string="Asked (%)", compute="_compute_coverage", digits=(5, 1)
    )
    evidence_percent = fields.Float(
        string="Proved (%)", compute="_compute_coverage", digits=(5, 1)
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
        """For each run its (state, count, asked, evidence, misstated), in one query.

        Asked and evidence are of those who owe; credits would hide them.
        """
        found = {}
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
        for run, state, is_credit, count, asked, evidence, misstated in groups:
            row = found.setdefault(run, {}).setdefault(state, [0, 0.0, 0.0, 0.0])
            row[0] += count
            row[3] += misstated
            if not is_credit:
                row[1] += asked
                row[2] += evidence
        return {
            run: [(state, *row) for state, row in states.items()]
            for run, states in found.items()
        }

    def _set_coverage(self, rows):
        self.letter_count = sum(row[1] for row in rows)
        self.answered_count = sum(row[1] for row in rows if row[0] in rules.ANSWERED)
        self.open_count = sum(
            row[1] for row in rows if row[0] in ("differs", "no_reply", "alternative")
        )
        self.asked_amount = sum(row[2] for row in rows)
        self.evidence_amount = sum(row[3] for row in rows)
        self.misstated_amount = sum(row[4] for row in rows)
        self.asked_percent = rules.percent(self.asked_amount, self.population_amount)
        self.evidence_percent = rules.percent(
            self.evidence_amount, self.population_amount
        )

    def _summary_rows(self):
        """What the printed summary shows: a row for each state that has letters."""
        self.ensure_one()
        letters = self.env["clerk.audit.confirmation"]
        names = dict(letters._fields["state"]._description_selection(self.env))
        rows = {row[0]: row for row in self._coverage_groups().get(self, [])}
        return [
            {
                "name": name,
                "count": rows[state][1],
                "asked": rows[state][2],
                "percent": rules.percent(rows[state][2], self.population_amount),
                "evidence": rows[state][3],
                "misstated": rows[state][4],
            }
            for state, name in names.items()
            if state in rows
        ]
